import type { CaseView } from '#contract'
import { Link } from 'react-router'
import { collectionOf } from '#contract'

/** Advice before acting. */
export const Remarks = ({ remarks }: { remarks: CaseView['remarks'] }) => (
  <ul className="remarks" aria-label="系统提示">
    {remarks.map((r) => (
      <li key={r.says} className={r.kind}>
        {r.kind === 'warn' && <b>请注意：</b>}
        {r.says}
        {r.basis && <span className="muted small"> 依据 {r.basis}</span>}
      </li>
    ))}
  </ul>
)

const seen = [
  'publicised',
  'objected',
  'coding',
  'finishing',
  'settled',
  'valid',
  'renewing',
  'lapsed',
  'verifying',
  'deregistered',
  'revoked',
]

/** What the public reads, or will read, word for word. */
export const Face = ({ face, state }: { face: CaseView['face']; state: string }) => (
  <section className="card side" aria-labelledby="face">
    <h2 id="face">{seen.includes(state) ? '公开内容' : '公示预览'}</h2>
    <dl className="face">
      {face.map((p) => (
        <div key={p.term}>
          <dt>{p.term}</dt>
          <dd>{p.value === '' ? <span className="muted">未填写</span> : p.value}</dd>
        </div>
      ))}
    </dl>
  </section>
)

export const Links = ({ view }: { view: CaseView }) => (
  <section className="card side" aria-labelledby="links">
    <h2 id="links">关联事项</h2>
    <ul className="links">
      {view.links.map((l) => (
        <li key={`${l.name} ${l.id}`}>
          <span className="muted">{l.name}</span>
          <Link to={`/desk/${collectionOf[l.process] ?? l.process}/${l.id}`}>{l.title || '（未命名）'}</Link>
          <span className="muted small">{l.stateTerm}</span>
        </li>
      ))}
    </ul>
  </section>
)

export const Seats = ({ view }: { view: CaseView }) => (
  <details className="card side fold">
    <summary>
      <h2>各方</h2>
    </summary>
    <dl className="face">
      {view.seats.map((s) => (
        <div key={s.seat}>
          <dt>{s.term}</dt>
          <dd>
            {s.name}
            {s.mine && <span className="mark">本方</span>}
          </dd>
        </div>
      ))}
    </dl>
  </details>
)

/** Under which rules the case runs, pinned when it was opened. */
export const Rulebook = ({ rules }: { rules: CaseView['rules'] }) => (
  <details className="card side fold" open={rules.layers.some((l) => l.empty)}>
    <summary>
      <h2>适用规则</h2>
    </summary>
    <ol className="layers">
      {rules.layers.map((l) => (
        <li key={l.name}>
          {l.title}
          {l.empty && <span className="chip warn">{l.empty}</span>}
        </li>
      ))}
    </ol>
    <p className="muted small">
      立案时固定，规则摘要 <code title={rules.hash}>{rules.hash.slice(0, 12)}</code> ·{' '}
      <Link to={`/policies?division=${rules.division}`}>逐条查看与依据</Link>
    </p>
  </details>
)

/** As anyone may download it: with the evidence that proves it, offline, by itself. */
const certificateOf = (view: CaseView): string =>
  `/api/public/records/${encodeURIComponent(view.facts.find((f) => f.term === '登记码')?.value ?? '')}/certificate.pdf`

export const Certificate = ({ view }: { view: CaseView }) => (
  <section className="card certificate" aria-labelledby="certificate">
    <h2 id="certificate">登记证</h2>
    <a href={certificateOf(view)}>下载登记证（PDF，附登记证据）</a>
    <dl className="face digests">
      <div>
        <dt>SHA-256</dt>
        <dd>
          <code>{view.certificate?.sha256}</code>
        </dd>
      </div>
      <div>
        <dt>SM3</dt>
        <dd>
          <code>{view.certificate?.sm3}</code>
        </dd>
      </div>
    </dl>
  </section>
)
