import type { Json } from '#contract'
import { Button } from 'antd'
import type { ClipboardEvent, ReactNode } from 'react'
import { Control } from './Control.tsx'
import { idAt, useForm } from './context.ts'
import type { FieldSchema, Path, Value } from './schema.ts'
import { fieldsOf, groupOf, isAsked, termOf, textOf } from './schema.ts'

const short = ['text', 'choice', 'number', 'code', 'day', 'yes', 'uscc', 'party', 'item']

/** Rows a person can add, fill, reorder by retyping and remove. Short fields make a table into which a block of a spreadsheet can be pasted. */
export const ListField = ({
  id,
  path,
  field,
  value,
  draw,
}: {
  id: string
  path: Path
  field: FieldSchema
  value: readonly Json[]
  /** Draws one field of a row, with its label. */
  draw: (path: string, field: FieldSchema, value: Json | undefined) => ReactNode
}) => {
  const { set } = useForm()
  // a list that must not be empty offers its first row
  const rows = value.length === 0 && field['x-required'] ? [{}] : value.map(groupOf)
  // rows that the server has listed are said of something: what that is cannot be changed, and its number tells a person nothing
  const listed = rows.length > 0 && rows.every((r) => textOf(r['ref']) !== '')
  const columns = fieldsOf(field.items ?? {}).filter(([key]) => !(listed && key === 'ref'))
  const full = rows.length >= (field.maxItems ?? 200)
  const table = columns.length <= 6 && columns.every(([, f]) => short.includes(f['x-type'] ?? '') && !f['x-when'])
  const add = (): void => {
    set(path, [...rows, {}] as Json)
    // the new row is drawn before the next frame
    requestAnimationFrame(() => document.getElementById(idAt(id, [rows.length, columns[0]?.[0] ?? '']))?.focus())
  }
  const remove = (i: number): void => set(path, rows.filter((_, at) => at !== i) as Json)
  const foot = listed ? null : (
    <Button id={rows.length === 0 ? id : undefined} onClick={add} disabled={full} size="small">
      添加{rows.length > 0 ? '一项' : termOf(field)}
    </Button>
  )
  if (!table)
    return (
      <div className="cards">
        {rows.map((row, i) => (
          <div className="entry-row" key={i} role="group" aria-label={`${termOf(field)} 第 ${i + 1} 项`}>
            <div className="entry-no">
              <span className="muted">{i + 1}</span>
              <Button size="small" type="link" onClick={() => remove(i)} aria-label={`删除第 ${i + 1} 项`}>
                删除
              </Button>
            </div>
            <div className="grow">
              {columns.map(([key, f]) => (isAsked(f, row) ? draw([...path, i, key].join('.'), f, row[key]) : null))}
            </div>
          </div>
        ))}
        {foot}
      </div>
    )
  const paste = (e: ClipboardEvent, row: number, column: number): void => {
    const text = e.clipboardData.getData('text/plain').replace(/\r/g, '').replace(/\n+$/, '')
    if (!/[\t\n]/.test(text)) return
    e.preventDefault()
    const block = text.split('\n').map((line) => line.split('\t'))
    const next = [...rows]
    block.forEach((cells, r) => {
      if (row + r >= (field.maxItems ?? 200)) return
      const filled: Record<string, Json | undefined> = { ...next[row + r] }
      cells.forEach((cell, c) => {
        const at = columns[column + c]
        if (at) filled[at[0]] = readCell(at[1], cell.trim())
      })
      next[row + r] = filled
    })
    set(path, next as Value[] as Json)
  }
  return (
    <div className="rows">
      {rows.length > 0 && (
        <table>
          <thead>
            <tr>
              <th scope="col" className="no">
                <span className="unseen">序号</span>
              </th>
              {columns.map(([key, f]) => (
                <th scope="col" key={key} className={f['x-type']}>
                  {termOf(f)}
                  {f['x-required'] && (
                    <span className="must" aria-hidden>
                      *
                    </span>
                  )}
                  {f.description && <span className="hint"> {f.description}</span>}
                </th>
              ))}
              <th scope="col">
                <span className="unseen">操作</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row, i) => (
              <tr key={i}>
                <td className="no muted">{i + 1}</td>
                {columns.map(([key, f], c) => (
                  <td key={key} className={f['x-type']} onPaste={(e) => paste(e, i, c)}>
                    {listed && key === 'name' ? (
                      <span className="given">{textOf(row[key]) || textOf(row['ref'])}</span>
                    ) : (
                      <Cell path={[...path, i, key]} field={f} value={row[key]} id={idAt(id, [i, key])} />
                    )}
                  </td>
                ))}
                <td className="end">
                  <Button
                    size="small"
                    type="link"
                    onClick={() => remove(i)}
                    aria-label={`${listed ? '本次不办' : '删除'}第 ${i + 1} 行`}
                  >
                    {listed ? '本次不办' : '删除'}
                  </Button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <div className="line">
        {foot}
        <span className="muted small">
          {rows.length > 0 ? `共 ${rows.length} 项${listed ? '' : '，可从表格软件整块粘贴'}` : ''}
        </span>
      </div>
    </div>
  )
}

const Cell = ({ id, path, field, value }: { id: string; path: Path; field: FieldSchema; value: Json | undefined }) => {
  const { errors } = useForm()
  const error = errors[path.join('.')]
  return (
    <div {...(error ? { 'data-error': true } : {})}>
      <Control id={id} path={path} field={field} value={value} error={error} cell />
      {error && (
        <p className="error" role="alert" id={`${id}-error`}>
          {error}
        </p>
      )}
    </div>
  )
}

const readCell = (field: FieldSchema, cell: string): Json | undefined => {
  switch (field['x-type']) {
    case 'number': {
      const n = Number(cell.replace(/[,，\s]/g, ''))
      return cell !== '' && Number.isSafeInteger(n) ? n : undefined
    }
    case 'yes':
      return ['是', '√', 'true', 'TRUE', '1', 'Y', 'y'].includes(cell)
    case 'choice':
      return field['x-options']?.find((o) => o.term === cell || o.value === cell)?.value
    case 'day': {
      const m = /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$/.exec(cell)
      return m ? `${m[1]}-${m[2]!.padStart(2, '0')}-${m[3]!.padStart(2, '0')}` : undefined
    }
    case 'party':
    case 'item':
      return undefined
    default:
      return cell
  }
}
