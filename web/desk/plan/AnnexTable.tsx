import type { AnnexEntry } from '#contract'
import { Button } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'

const few = 12

/** The catalogue of a plan: who holds what, at which grade, and what stands in the way. */
export const AnnexTable = ({ rows, remove }: { rows: readonly AnnexEntry[]; remove?: (id: string) => void }) => {
  const [all, setAll] = useState(false)
  const shown = all || remove || rows.length <= few + 3 ? rows : rows.slice(0, few)
  const bad = rows.filter((r) => r.secret || r.withdrawn).length
  const ungraded = rows.filter((r) => r.ungraded && !r.secret).length
  return (
    <>
      <p className="annex-sum muted small">
        共 {rows.length} 项{bad > 0 && <b className="bad-text"> · {bad} 项不能列入</b>}
        {ungraded > 0 && <span className="warn-text"> · {ungraded} 项未定级</span>}
      </p>
      <div className="wide-table">
        <table className="cases plain annex-table">
          <thead>
            <tr>
              <th scope="col" className="n">
                序号
              </th>
              <th scope="col">目录名称</th>
              <th scope="col">数源单位</th>
              <th scope="col">更新频率</th>
              <th scope="col">级别</th>
              <th scope="col">须注意</th>
              {remove && (
                <th scope="col">
                  <span className="unseen">移出</span>
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {shown.map((r, i) => (
              <tr key={r.id}>
                <td className="n muted">{i + 1}</td>
                <td>{r.hidden || remove ? r.name : <Link to={`/desk/items/${r.id}`}>{r.name}</Link>}</td>
                <td className="sub">{r.units.join('、')}</td>
                <td className="sub">{r.frequency}</td>
                <td>{r.grade === '' ? '' : `${r.grade} 级`}</td>
                <td>
                  {r.secret && <span className="chip bad">涉密，不得列入</span>}
                  {r.withdrawn && <span className="chip bad">已停用</span>}
                  {r.ungraded && !r.secret && <span className="chip warn">未定级</span>}
                  {r.applies !== '' && (
                    <span className="chip" title={r.holderKind}>
                      {r.applies}
                    </span>
                  )}
                  {r.hidden && <span className="muted small">您无权查看其详情</span>}
                </td>
                {remove && (
                  <td>
                    <Button type="link" size="small" onClick={() => remove(r.id)} aria-label={`移出 ${r.name}`}>
                      移出
                    </Button>
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {shown.length < rows.length && (
        <button className="textual annex-more" onClick={() => setAll(true)}>
          展开全部 {rows.length} 项
        </button>
      )}
    </>
  )
}
