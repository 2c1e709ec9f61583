import type { AgreementPanelView, CaseView } from '#contract'
import { Alert, Button, Modal } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { FileLink } from '../../ui/files.tsx'
import { ShownFields, ShownValue } from './Shown.tsx'
import './agreement.css'

type Signature = AgreementPanelView['signatures'][number]
type Seal = Signature['seals'][number]

const verdicts: Readonly<Record<Seal['result'], readonly [tone: string, term: string]>> = {
  verified: ['ok', '电子签章有效'],
  broken: ['bad', '电子签章无效'],
  extended: ['bad', '签章后有改动'],
  unknown: ['warn', '电子签章无法核验'],
  none: ['', '纸质签章'],
}
const trusts = { yes: '颁发机构在信任清单内', no: '颁发机构不在信任清单内', open: '颁发机构的可信性未核验' }

/** An agreement beside its text: is every clause there, who has signed what, which reports are due, what went wrong. */
export const AgreementPanel = ({ view, panel }: { view: CaseView; panel: AgreementPanelView }) => (
  <>
    <Closed view={view} />
    {panel.gaps.length > 0 && <Gaps gaps={panel.gaps} />}
    {panel.signatures.length > 0 && <Signatures view={view} panel={panel} />}
    {panel.clauses.length > 0 && <Clauses panel={panel} legacy={view.kind === 'legacy'} />}
    {panel.reports.length > 0 && <Reports reports={panel.reports} />}
    {panel.breaches.length > 0 && <Breaches breaches={panel.breaches} />}
  </>
)

/** That access is closed, and where what is to be done about it stands: the first thing to read on an agreement that does not run. */
const Closed = ({ view }: { view: CaseView }) => {
  const over = ['handover', 'exited'].includes(view.state)
  if (!over && view.state !== 'suspended') return null
  const cases = view.links.filter((l) => l.process === (over ? 'exit' : 'suspension'))
  return (
    <Alert
      type="warning"
      showIcon
      title={over ? '协议已经终止，运营机构的使用权限已经关闭' : '协议已经暂停，运营机构的使用权限已经关闭'}
      description={cases.map((l) => (
        <div key={l.id}>
          <Link to={`/desk/${over ? 'exits' : 'suspensions'}/${l.id}`}>{l.title}</Link> {l.stateTerm}
        </div>
      ))}
    />
  )
}

const Clauses = ({ panel, legacy }: { panel: AgreementPanelView; legacy: boolean }) => {
  const missing = panel.clauses.filter((c) => c.required && !c.there)
  const { limit, exceeds, excepted } = panel.term
  return (
    <section className="card" aria-labelledby="clauses">
      <header className="card-head">
        <h2 id="clauses">应有内容</h2>
        <span className="grow" />
        {missing.length === 0 ? (
          <span className="chip ok">齐全</span>
        ) : (
          <span className="chip warn">还缺 {missing.length} 项</span>
        )}
      </header>
      <ol className="clauses">
        {panel.clauses.map((c) => (
          <li key={c.key} className={c.there ? '' : c.required ? 'lacks' : 'none'}>
            <span className="no">{c.no}</span>
            <span className="grow">
              {c.term}
              {c.key === 'period' && limit !== '' && (
                <span className="muted small">
                  {' '}
                  {exceeds ? `超过原则上限 ${limit}，${excepted ? '已经同意' : '须另经同意'}` : `原则上不晚于 ${limit}`}
                </span>
              )}
            </span>
            <span className="state">{c.there ? '有' : c.required ? (legacy ? '没有约定' : '缺') : '未填'}</span>
          </li>
        ))}
      </ol>
    </section>
  )
}

const Signatures = ({ view, panel }: { view: CaseView; panel: AgreementPanelView }) => {
  const [file, setFile] = useState<string>()
  const signed = panel.signatures.filter((s) => s.signedOn !== '').length
  return (
    <section className="card" aria-labelledby="signatures">
      <header className="card-head">
        <h2 id="signatures">签订</h2>
        <span className="grow" />
        <span className="muted small">
          {panel.signatures.length} 方，已签订 {signed} 方
        </span>
      </header>
      <ul className="signatures">
        {panel.signatures.map((s) => (
          <li key={s.seat + s.party}>
            <div className="who">
              <b>{s.party}</b>
              <span className="muted small">{s.seat}</span>
            </div>
            {s.signedOn === '' ? (
              <div className="grow muted">尚未签订</div>
            ) : (
              <div className="grow">
                <div>
                  {s.signedOn} {s.manner === 'electronic' ? '电子签章' : '纸质签章'}
                </div>
                {s.files.map((id) => (
                  <div key={id} className="paper">
                    <FileLink file={view.files[id]} inCase={view.id} />
                    {view.files[id] && (
                      <Button size="small" onClick={() => setFile(id)}>
                        对照文本
                      </Button>
                    )}
                    <Found seal={s.seals.find((x) => x.file === id)} />
                  </div>
                ))}
              </div>
            )}
          </li>
        ))}
      </ul>
      {panel.text.sha256 !== '' && (
        <p className="text-digest muted small">
          提请审议的文本：SM3 <code title={panel.text.sm3}>{panel.text.sm3.slice(0, 16)}</code> · SHA-256{' '}
          <code title={panel.text.sha256}>{panel.text.sha256.slice(0, 16)}</code>
          。此后文本不能改动，各方签订的记录都带有这一摘要。
        </p>
      )}
      {file !== undefined && <Compare view={view} file={file} close={() => setFile(undefined)} />}
    </section>
  )
}

/** What was found of the seals in a file, whose certificates they are, and what was not looked at. */
const Found = ({ seal }: { seal: Seal | undefined }) => {
  if (!seal) return null
  const [tone, term] = verdicts[seal.result]
  return (
    <div className="seal">
      <span className={`chip ${tone}`}>{term}</span>
      {seal.problem !== '' && <span className="small">{seal.problem}</span>}
      {seal.signatures.map((x, i) => (
        <div key={i} className="small sub">
          {x.subject || x.organisation || '证书主体不明'}
          {x.claimed && `，${x.claimed} 签章`}
          {x.validTo && `，证书有效期至 ${x.validTo}`}
          {x.issuer && `，由${x.issuer}颁发`}（{x.algorithm}；{trusts[x.trust]}）
        </div>
      ))}
    </div>
  )
}

/** The text that was deliberated and the document that was signed, side by side. */
const Compare = ({ view, file, close }: { view: CaseView; file: string; close: () => void }) => {
  const f = view.files[file]
  const url = `/api/files/${file}?case=${view.id}&look=1`
  const cx = { files: view.files, inCase: view.id, whole: true }
  return (
    <Modal
      open
      onCancel={close}
      footer={null}
      width="96vw"
      centered
      title={`对照：审议的文本与签订的文件`}
      className="compare"
    >
      <div className="compare-body">
        <div className="compare-text" tabIndex={0} role="region" aria-label="审议的文本">
          {view.materials.map((m) => (
            <section key={m.key}>
              <h3>{m.term}</h3>
              {m.fields ? <ShownFields fields={m.fields} {...cx} /> : <ShownValue field={m} {...cx} />}
            </section>
          ))}
        </div>
        {f?.mime.startsWith('image/') ? (
          <img src={url} alt={f.name} />
        ) : f?.mime === 'application/pdf' ? (
          <iframe src={url} title={f.name} />
        ) : (
          <p className="muted">这一文件不能在此显示，请下载查看。</p>
        )}
      </div>
    </Modal>
  )
}

const Reports = ({ reports }: { reports: AgreementPanelView['reports'] }) => {
  const [all, setAll] = useState(false)
  const open = reports.findIndex((r) => r.received === '')
  const from = Math.max(0, open - 2)
  const shown = all || reports.length <= 6 ? reports : reports.slice(from, from + 5)
  return (
    <section className="card" aria-labelledby="reports">
      <header className="card-head">
        <h2 id="reports">应报送的报告</h2>
        <span className="grow" />
        <span className="muted small">
          已收到 {reports.filter((r) => r.received !== '').length} / {reports.length}
        </span>
      </header>
      <table className="materials">
        <thead>
          <tr>
            <th scope="col">报告</th>
            <th scope="col">报送期限</th>
            <th scope="col">收到</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((r) => (
            <tr key={r.report}>
              <td>{r.report}</td>
              <td>{r.due}</td>
              <td>
                {r.received || <span className="muted">—</span>}
                {r.late && <span className="chip warn">{r.received ? '逾期收到' : '逾期'}</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {shown.length < reports.length && (
        <p className="loose">
          <button className="textual" onClick={() => setAll(true)}>
            展开全部 {reports.length} 份
          </button>
        </p>
      )}
    </section>
  )
}

const Breaches = ({ breaches }: { breaches: AgreementPanelView['breaches'] }) => (
  <section className="card" aria-labelledby="breaches">
    <header className="card-head">
      <h2 id="breaches">违约记录</h2>
      <span className="grow" />
      <span className="muted small">证明材料见“办理经过”</span>
    </header>
    <ul className="breaches">
      {breaches.map((b, i) => (
        <li key={i}>
          <b>{b.foundOn}</b> {b.what}
          <div className="sub small">
            违反：{b.clause}；处理要求：{b.measure}
          </div>
        </li>
      ))}
    </ul>
  </section>
)

const Gaps = ({ gaps }: { gaps: AgreementPanelView['gaps'] }) => {
  const open = gaps.filter((g) => g.closed === '').length
  return (
    <section className="card" aria-labelledby="gaps">
      <header className="card-head">
        <h2 id="gaps">待补齐事项</h2>
        <span className="chip warn">过渡</span>
        <span className="grow" />
        <span className="muted small">{open === 0 ? '已全部补齐' : `还有 ${open} 项`}</span>
      </header>
      <ul className="clauses">
        {gaps.map((g) => (
          <li key={g.term} className={g.closed ? '' : 'lacks'}>
            <span className="grow">{g.term}</span>
            <span className="state">{g.closed || '待补齐'}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}
