import type { CaseRow } from '#contract'
import type { MouseEvent, ReactNode } from 'react'
import { Link, useNavigate } from 'react-router'
import { casePath } from '../places.ts'

export interface Column {
  readonly key: string
  readonly term: string
  readonly width?: string
  readonly show: (row: CaseRow) => ReactNode
}

export interface Band {
  readonly term: string
  readonly tone?: 'late'
  readonly rows: readonly CaseRow[]
}

interface Props {
  readonly caption: string
  readonly columns: readonly Column[]
  /** One band without a term is a plain table. */
  readonly bands: readonly Band[]
  readonly end?: (row: CaseRow) => ReactNode
}

/** Dense rows of cases. The first cell is a real link; a click anywhere in the row follows it. */
export const CaseTable = ({ caption, columns, bands, end }: Props) => {
  const navigate = useNavigate()
  const open = (e: MouseEvent, row: CaseRow): void => {
    if ((e.target as HTMLElement).closest('a,button,input,label') || getSelection()?.toString()) return
    if (e.ctrlKey || e.metaKey) window.open(casePath(row))
    else void navigate(casePath(row))
  }
  return (
    <table className="cases">
      <caption className="unseen">{caption}</caption>
      <thead>
        <tr>
          {columns.map((c) => (
            <th key={c.key} scope="col" style={c.width ? { width: c.width } : undefined}>
              {c.term}
            </th>
          ))}
          {end && (
            <th scope="col">
              <span className="unseen">操作</span>
            </th>
          )}
        </tr>
      </thead>
      {bands.map((band) => (
        <tbody key={band.term} className={band.tone}>
          {band.term !== '' && (
            <tr>
              <th scope="rowgroup" colSpan={columns.length + (end ? 1 : 0)}>
                {band.term} <span className="muted">{band.rows.length}</span>
              </th>
            </tr>
          )}
          {band.rows.map((row) => (
            <tr key={row.id} onClick={(e) => open(e, row)}>
              {columns.map((c, i) => (
                <td key={c.key}>
                  {i === 0 ? (
                    <Link to={casePath(row)} data-row>
                      {c.show(row)}
                    </Link>
                  ) : (
                    c.show(row)
                  )}
                </td>
              ))}
              {end && <td className="end">{end(row)}</td>}
            </tr>
          ))}
        </tbody>
      ))}
    </table>
  )
}
