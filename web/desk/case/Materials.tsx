import type { CaseView, Json, ShownField } from '#contract'
import { Checkbox, Input } from 'antd'
import type { ReactNode } from 'react'
import { useState } from 'react'
import { FindingButtons, findingOf, withFinding } from '../../form/Checklist.tsx'
import type { FieldSchema } from '../../form/schema.ts'
import { ShownFields, ShownValue, saysNothing } from './Shown.tsx'
import type { PastFinding } from './review.ts'
import { groupsOf, pastFindings } from './review.ts'

/** What is being worked through: findings by group and how to change them. */
export interface Review {
  readonly field: FieldSchema
  readonly findings: readonly Json[]
  readonly change: (findings: readonly Json[]) => void
  /** Mark groups without a finding: the person tried to go on. */
  readonly pressed: boolean
}

const hasChange = (f: ShownField): boolean =>
  f.changed === true || (f.fields?.some(hasChange) ?? false) || (f.rows?.some((r) => r.some(hasChange)) ?? false)
const onlyChanged = (f: ShownField): ShownField => (f.fields ? { ...f, fields: f.fields.filter(hasChange) } : f)

const toneOfResult = (term: string): string => (term === '符合' ? 'ok' : term === '有意见' ? 'warn' : '')

/** The materials, group by group, with what changed since the last submission; beside them the findings, to make or to read. */
export const Materials = ({
  view,
  review,
  foot,
}: {
  view: CaseView
  review?: Review | undefined
  foot?: ReactNode
}) => {
  const [changedOnly, setChangedOnly] = useState(false)
  const groups = view.materials.filter((m) => m.fields !== undefined || m.rows !== undefined)
  const loose = view.materials.filter((m) => m.fields === undefined && m.rows === undefined)
  const changed = view.materials.filter(hasChange).length
  const past = pastFindings(view)
  const shows = review !== undefined || Object.keys(past).length > 0
  const cx = { files: view.files, inCase: view.id }
  const names = groupsOf(view)
  const done = review ? names.filter((g) => findingOf(review.findings, g).result !== '').length : 0
  const remarks = review ? names.filter((g) => findingOf(review.findings, g).result === 'remark').length : 0
  return (
    <section className="card" aria-labelledby="materials">
      <header className="card-head">
        <h2 id="materials">{review ? '核查清单' : view.process === 'application' ? '申请材料' : '内容'}</h2>
        {changed > 0 && (
          <Checkbox checked={changedOnly} onChange={(e) => setChangedOnly(e.target.checked)}>
            只看与上次不同（{changed}）
          </Checkbox>
        )}
        <div className="grow" />
        {review ? (
          <span className="muted small" aria-live="polite">
            {names.length} 类材料 · 已核 {done}
            {remarks > 0 && <b className="warn-text"> · 有意见 {remarks}</b>}
          </span>
        ) : (
          groups.length > 1 && <span className="muted small">{groups.length} 类材料</span>
        )}
      </header>
      {loose.length > 0 && (
        <div className="loose">
          <ShownFields fields={changedOnly ? loose.filter(hasChange) : loose} {...cx} />
        </div>
      )}
      {groups.length > 0 && (
        <table className="materials">
          <thead>
            <tr>
              <th scope="col" className="no">
                <span className="unseen">序号</span>
              </th>
              <th scope="col" className="name">
                材料
              </th>
              <th scope="col">
                填报内容{view.submissions > 1 && <span className="muted">（与上次的差异已标出）</span>}
              </th>
              {shows && (
                <th scope="col" className="check">
                  核查
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {groups.map((g, i) => {
              if (changedOnly && !hasChange(g)) return null
              const { result, remark } = review ? findingOf(review.findings, g.term) : { result: '', remark: '' }
              const before = past[g.term]
              const unmarked =
                review?.pressed === true && (result === '' || (result === 'remark' && remark.trim() === ''))
              const amber = review ? result === 'remark' : before?.result === '有意见'
              return (
                <tr
                  key={g.key}
                  className={amber ? 'amber' : undefined}
                  id={`material-${i}`}
                  {...(unmarked ? { 'data-unmarked': true } : {})}
                >
                  <td className="no muted">{i + 1}</td>
                  <th scope="row" className="name">
                    {g.term}
                  </th>
                  <td>
                    {saysNothing(g) ? (
                      <span className="muted">未填写</span>
                    ) : g.fields ? (
                      <ShownFields fields={(changedOnly ? onlyChanged(g) : g).fields ?? []} {...cx} />
                    ) : (
                      <ShownValue field={g} {...cx} />
                    )}
                    {review && result === 'remark' && (
                      <Input.TextArea
                        className="opinion"
                        aria-label={`${g.term} 的意见`}
                        placeholder="写明缺什么、依据哪一条、怎样补正"
                        autoFocus={remark === ''}
                        autoSize={{ minRows: 2, maxRows: 8 }}
                        maxLength={1000}
                        {...(unmarked ? { status: 'error' as const } : {})}
                        value={remark}
                        onChange={(e) =>
                          review.change(withFinding(review.findings, g.term, { remark: e.target.value }))
                        }
                      />
                    )}
                    {!review && before?.remark && <blockquote className="opinion">{before.remark}</blockquote>}
                  </td>
                  {shows && (
                    <td className="check">
                      {review ? (
                        <>
                          <FindingButtons
                            name={`finding-${i}`}
                            label={g.term}
                            field={review.field}
                            result={result}
                            choose={(r) => review.change(withFinding(review.findings, g.term, { result: r }))}
                          />
                          {before && <Past finding={before} />}
                          {unmarked && (
                            <p className="error" role="alert">
                              {result === '' ? '请核查' : '请填写意见'}
                            </p>
                          )}
                        </>
                      ) : (
                        before && <span className={`chip ${toneOfResult(before.result)}`}>{before.result}</span>
                      )}
                    </td>
                  )}
                </tr>
              )
            })}
          </tbody>
        </table>
      )}
      {foot}
    </section>
  )
}

const Past = ({ finding }: { finding: PastFinding }) => (
  <p className="muted small" title={finding.remark}>
    上次：{finding.result}
  </p>
)
