import type { Check, Report } from '#evidence'
import type { ReactNode } from 'react'
import { useRef } from 'react'
import { momentOf } from '../ui/day.ts'
import { grouped } from './words.ts'

const verdicts = {
  valid: { term: '真实完整', tone: 'ok' },
  invalid: { term: '不可采信', tone: 'bad' },
  unjudged: { term: '无法下结论', tone: 'grey' },
} as const satisfies Record<Report['verdict'], unknown>
const marks = {
  ok: { sign: '✓', term: '通过' },
  failed: { sign: '✗', term: '不通过' },
  unjudged: { sign: '？', term: '不能确认' },
} as const satisfies Record<Check['state'], unknown>

const moment = (text: string): string =>
  /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(text) ? momentOf(text) : text.replace(/\d{4}-\d{2}-\d{2}T[\d:.]+Z/g, momentOf)

/** What the check on this machine found: the verdict, what is proven, each single check, each record. */
export const ProofPanel = ({
  report: r,
  name,
  keys,
  bring,
}: {
  report: Report
  name: string
  keys: File | undefined
  bring: (keys: File) => void
}) => {
  const v = verdicts[r.verdict]
  return (
    <section className={`p-proof ${v.tone}`} aria-labelledby="proof">
      <header>
        <div className="grow">
          <p className="muted small">本机核验 · {name}</p>
          <h2 id="proof">{v.term}</h2>
          <p>{r.says}。</p>
        </div>
        <button className="p-print" onClick={() => print()}>
          打印核验结果
        </button>
      </header>
      {r.facts.length > 0 && (
        <dl className="p-facts">
          {r.facts.map((f) => (
            <div key={f.term}>
              <dt>{f.term}</dt>
              <dd>{moment(f.value)}</dd>
            </div>
          ))}
        </dl>
      )}
      <ol className="p-checks">
        {r.checks.map((c, i) => (
          <li key={i} className={c.state}>
            <span className="sign" role="img" aria-label={marks[c.state].term}>
              {marks[c.state].sign}
            </span>
            <div>
              {c.says}
              {c.detail?.slice(0, 20).map((d) => (
                <span key={d} className="p-digest">
                  {/^[0-9a-f]{64}$/.test(d) ? grouped(d) : d}
                </span>
              ))}
            </div>
          </li>
        ))}
      </ol>
      {r.kind === 'certificate' && r.verdict !== 'invalid' && (
        <p className="p-note">以上证明登记和发证属实。此后是否变更、注销或者撤销，以登记簿现在的记载为准。</p>
      )}
      {r.steps.length > 0 && r.kind !== 'certificate' && <Steps report={r} />}
      <footer className="p-screen">
        <Keys keys={keys} bring={bring} />
      </footer>
    </section>
  )
}

const Steps = ({ report: r }: { report: Report }) => (
  <details className="p-steplist" open={r.steps.length <= 40}>
    <summary>{r.steps.length} 条记录</summary>
    <table className="p-table">
      <thead>
        <tr>
          <th>时间</th>
          <th>办理</th>
          <th>在日志中的位置</th>
          <th>披露</th>
          <th>核对</th>
        </tr>
      </thead>
      <tbody>
        {r.steps.map((s) => (
          <tr key={`${s.log} ${s.index}`}>
            <td className="p-nowrap">{moment(s.at)}</td>
            <td>{s.term || s.type}</td>
            <td className="p-nowrap">{s.place}</td>
            <td className="p-nowrap">{Object.keys(s.disclosed).length} 项</td>
            <td className={s.ok ? 'ok' : 'failed'}>{s.ok ? '✓' : '✗'}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </details>
)

/** With whose keys it was checked, and how to bring one's own. */
const Keys = ({ keys, bring }: { keys: File | undefined; bring: (keys: File) => void }): ReactNode => {
  const input = useRef<HTMLInputElement>(null)
  return (
    <p className="muted small">
      {keys ? `按您选择的公钥文件“${keys.name}”核对。` : '按本平台现在公布的日志公钥核对；'}
      <button className="p-link" onClick={() => input.current?.click()}>
        {keys ? '换一个公钥文件' : '改用自己保存的公钥'}
      </button>
      <input
        ref={input}
        type="file"
        className="unseen"
        tabIndex={-1}
        aria-label="公钥文件"
        onChange={(e) => {
          const file = e.target.files?.[0]
          if (file) bring(file)
          e.target.value = ''
        }}
      />
      。也可以完全离线核验：下载<a href="/gongshu-verify.mjs">核验程序</a>，用 Node.js 运行。
    </p>
  )
}
