import type { CaseView } from '#contract'
import { useState } from 'react'
import { clockOf, shortDay } from '../../ui/day.ts'
import { collectionOf } from '#contract'
import { ShownFields } from './Shown.tsx'

const first = 8

/** Where a step stands in the register's log, with the receipt that proves it. */
const Entry = ({ view, seq, entry }: { view: CaseView; seq: number; entry: number | null }) =>
  entry === null ? (
    <>正在写入登记日志</>
  ) : (
    <>
      登记日志第 {entry} 条 ·{' '}
      <a
        href={`/api/${collectionOf[view.process]}/${view.id}/receipts/${seq}`}
        download={`存证回执-登记日志第${entry}条.json`}
        title="日志正文、您可见的内容及其盐值、签名检查点与包含证明：不依赖本系统即可验证"
      >
        存证回执
      </a>
    </>
  )

/** Everything that happened, newest first; what was said at each step unfolds. */
export const Timeline = ({ view, today }: { view: CaseView; today: string | undefined }) => {
  const [all, setAll] = useState(false)
  const entries = [...view.timeline].reverse()
  const shown = all ? entries : entries.slice(0, first)
  return (
    <section className="card side" aria-labelledby="timeline">
      <header className="line">
        <h2 id="timeline" className="grow">
          办理经过
        </h2>
        <a
          className="small"
          href={`/api/${collectionOf[view.process]}/${view.id}/evidence`}
          download
          title="全部办理记录、您可见的内容和所附文件，连同签名与证明：不依赖本系统即可核验，可打印盖章"
        >
          导出证据包（zip）
        </a>
      </header>
      <ol className="timeline">
        {shown.map((e) => (
          <li key={e.seq}>
            <details>
              <summary>
                <time dateTime={e.at}>
                  {shortDay(e.day, today)} {clockOf(e.at)}
                </time>{' '}
                <b>{e.term}</b> {e.by}
                {e.org !== '' && e.org !== e.by && <span className="muted"> {e.org}</span>}
              </summary>
              {e.detail.length > 0 && <ShownFields fields={e.detail} files={view.files} inCase={view.id} />}
              <p className="muted">
                办理后：{e.toTerm}
                {e.basis !== '' && ` · 依据 ${e.basis}`}
                <br />
                <Entry view={view} seq={e.seq} entry={e.entry} />
              </p>
            </details>
          </li>
        ))}
      </ol>
      {shown.length < entries.length && (
        <button className="textual" onClick={() => setAll(true)}>
          展开全部 {entries.length} 条
        </button>
      )}
    </section>
  )
}
