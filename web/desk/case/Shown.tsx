import type { CaseView, ShownField } from '#contract'
import { useState } from 'react'
import { momentOf } from '../../ui/day.ts'
import { FileLink } from '../../ui/files.tsx'

type Files = CaseView['files']
interface In {
  readonly files: Files
  readonly inCase: string
  /** Everything at once: on paper nothing can be unfolded. */
  readonly whole?: boolean
}

const isBlank = (f: ShownField): boolean =>
  !f.erased &&
  !f.restricted &&
  !f.text &&
  !(f.files && f.files.length > 0) &&
  !(f.rows && f.rows.length > 0) &&
  !(f.fields && f.fields.some((x) => !isBlank(x)))

/** Whether a group says nothing at all. */
export const saysNothing = isBlank

/** Fields of one group, terms aligned; tables take the whole width. */
export const ShownFields = ({ fields, ...cx }: { fields: readonly ShownField[] } & In) => (
  <dl className="shown">
    {fields.map((f) => (
      <div key={f.key} className={f.rows && f.rows.length > 0 ? 'rows' : undefined}>
        <dt>
          {f.term}
          {f.personal && <span className="mark">个人信息</span>}
          {f.rows && f.changed && <span className="changed"> 有修改</span>}
        </dt>
        <dd>
          <ShownValue field={f} {...cx} />
        </dd>
      </div>
    ))}
  </dl>
)

// a moment stands in the register as an ISO instant
const instant = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/

export const ShownValue = ({ field: f, ...cx }: { field: ShownField } & In) => {
  if (f.erased) return <span className="muted">已依法删除</span>
  if (f.restricted) return <span className="muted">已限制查阅</span>
  const was = f.changed && f.was !== undefined && <s className="was"> {f.was === '' ? '（空）' : f.was}</s>
  if (f.rows)
    return f.rows.length === 0 ? (
      <>
        <span className="muted">未填写</span>
        {was}
      </>
    ) : (
      <>
        <ShownRows rows={f.rows} {...cx} />
        {was}
      </>
    )
  if (f.fields) return <ShownFields fields={f.fields} {...cx} />
  if (f.files && f.files.length > 0)
    return (
      <>
        <span className={f.changed ? 'changed' : undefined}>
          {f.files.map((id, i) => (
            <span key={id}>
              {i > 0 && '、'}
              <FileLink file={cx.files[id]} inCase={cx.inCase} />
            </span>
          ))}
        </span>
        {was}
      </>
    )
  return (
    <>
      {f.text ? (
        <span className={f.changed ? 'changed text' : 'text'}>{instant.test(f.text) ? momentOf(f.text) : f.text}</span>
      ) : (
        <span className={f.changed ? 'changed muted' : 'muted'}>未填写</span>
      )}
      {was}
    </>
  )
}

const few = 5

const ShownRows = ({ rows, ...cx }: { rows: readonly (readonly ShownField[])[] } & In) => {
  const [all, setAll] = useState(false)
  const columns = new Map(rows.flatMap((r) => r.map((f) => [f.key, f.term] as const)))
  const shown = all || cx.whole || rows.length <= few + 2 ? rows : rows.slice(0, few)
  return (
    <>
      <table className="inner">
        <thead>
          <tr>
            {[...columns].map(([key, term]) => (
              <th key={key} scope="col">
                {term}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((r, i) => (
            <tr key={i}>
              {[...columns.keys()].map((key) => {
                const f = r.find((x) => x.key === key)
                return <td key={key}>{f ? <ShownValue field={f} {...cx} /> : ''}</td>
              })}
            </tr>
          ))}
        </tbody>
      </table>
      {shown.length < rows.length && (
        <button className="textual" onClick={() => setAll(true)}>
          展开全部 {rows.length} 项
        </button>
      )}
    </>
  )
}
