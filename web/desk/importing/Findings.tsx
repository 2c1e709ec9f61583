import type { ImportResultView } from '#contract'
import { Button, Input } from 'antd'
import { useState } from 'react'

const levels = [
  { level: '', term: '全部' },
  { level: 'error', term: '错误' },
  { level: 'warning', term: '提醒' },
] as const

/** What was found, by line, as far as it fits a screen; all of it stands in the sheet that can be downloaded. */
export const Findings = ({
  findings,
  sheets,
}: {
  findings: ImportResultView['findings']
  /** How many the file has: with several, each line says in which. */
  sheets: number
}) => {
  const [level, setLevel] = useState<(typeof levels)[number]['level']>('')
  const [text, setText] = useState('')
  const [most, setMost] = useState(100)
  const of = (l: string): number => findings.filter((f) => l === '' || f.level === l).length
  const shown = findings.filter(
    (f) =>
      (level === '' || f.level === level) &&
      (text === '' || `${f.line} ${f.says} ${f.column ?? ''} ${f.text ?? ''}`.includes(text)),
  )
  return (
    <section className="card" aria-label="逐行问题">
      <header className="card-head">
        <h2>逐行问题</h2>
        <div className="tabs slim" role="group" aria-label="按级别筛选">
          {levels.map((l) => (
            <button
              key={l.level}
              className={l.level === level ? 'on' : ''}
              aria-pressed={l.level === level}
              onClick={() => setLevel(l.level)}
            >
              {l.term} <span>{of(l.level)}</span>
            </button>
          ))}
        </div>
        <div className="grow" />
        <Input
          allowClear
          aria-label="在问题中查找"
          placeholder="行号、栏目、内容"
          style={{ width: '14rem' }}
          value={text}
          onChange={(e) => {
            setText(e.target.value.trim())
            setMost(100)
          }}
        />
      </header>
      <div className="wide-table">
        <table className="cases plain tight">
          <caption className="unseen">逐行问题</caption>
          <thead>
            <tr>
              <th scope="col" style={{ width: sheets > 1 ? '10rem' : '5rem' }}>
                行
              </th>
              <th scope="col" style={{ width: '5rem' }}>
                级别
              </th>
              <th scope="col">问题与办法</th>
            </tr>
          </thead>
          <tbody>
            {shown.slice(0, most).map((f, i) => (
              <tr key={i}>
                <td className="line-at">
                  {sheets > 1 && f.sheet !== '' && <span className="muted">{f.sheet} </span>}
                  {f.line === 0 ? '整张表' : f.line}
                </td>
                <td>
                  <span className={`chip ${f.level === 'error' ? 'bad' : 'warn'}`}>
                    {f.level === 'error' ? '错误' : '提醒'}
                  </span>
                </td>
                <td>{f.says}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {shown.length === 0 && <p className="loose muted">没有符合筛选的问题。</p>}
      {shown.length > most && (
        <div className="more">
          <Button onClick={() => setMost(most + 300)}>
            显示更多（已显示 {most}，共 {shown.length}）
          </Button>
        </div>
      )}
      {findings.length >= 2000 && <p className="loose muted">这里列出前 2000 条，其余见标出问题的原表。</p>}
    </section>
  )
}
