import type { Registrar } from '#contract'
import { useQuery } from '@tanstack/react-query'
import { useSearchParams } from 'react-router'
import { get } from '../api.ts'
import { Trouble } from '../ui/Trouble.tsx'
import { Page, Uscc, Waiting } from './parts.tsx'

const levels = { nation: '国家', province: '省级', city: '市级', county: '县级' } as const
const depth = { nation: 0, province: 0, city: 1, county: 2 } as const

/** GB/T 2260 codes carry the tree: the first two digits are the province. */
const provinceOf = (division: string): string => `${division.slice(0, 2)}0000`

export const Registrars = () => {
  const [params, setParams] = useSearchParams()
  const missingOnly = params.has('missing')
  const list = useQuery({
    queryKey: ['public', 'registrars'],
    queryFn: ({ signal }) => get<Registrar[]>('/public/registrars', undefined, signal),
  })
  const all = [...(list.data ?? [])].sort((a, b) => (a.division < b.division ? -1 : 1))
  const missing = (r: Registrar): boolean => r.required && !r.name
  const provinces = [...new Set(all.map((r) => provinceOf(r.division)))]
  return (
    <Page
      title="登记机构名录"
      lead="承担公共数据资源登记的组织或机构，按行政区划排列。应当设立而尚未公布的，如实列出。"
    >
      {list.isError && <Trouble error={list.error} again={() => void list.refetch()} />}
      {list.isPending && <Waiting rows={10} />}
      {list.data && (
        <div className="p-found">
          <p className="sub grow">
            已公布 {all.filter((r) => r.name).length} 个，应设而尚未公布 {all.filter(missing).length} 个
          </p>
          <label className="p-check">
            <input
              type="checkbox"
              checked={missingOnly}
              onChange={(e) => setParams(e.target.checked ? { missing: '1' } : {}, { preventScrollReset: true })}
            />
            只看尚未公布
          </label>
        </div>
      )}
      {provinces.map((code) => {
        const rows = all.filter((r) => provinceOf(r.division) === code && (!missingOnly || missing(r)))
        if (rows.length === 0) return null
        const head = rows.find((r) => r.division === code)
        return (
          <div className="p-tablebox" key={code}>
            <table className="p-table p-stack">
              <caption>
                {head?.divisionName ?? rows[0]?.divisionName}
                <span className="muted small">
                  {' '}
                  已公布 {rows.filter((r) => r.name).length} / {rows.length}
                </span>
              </caption>
              <thead>
                <tr>
                  <th scope="col" style={{ width: '20%' }}>
                    行政区划
                  </th>
                  <th scope="col" style={{ width: '28%' }}>
                    登记机构
                  </th>
                  <th scope="col" style={{ width: '22%' }}>
                    设立或指定文件
                  </th>
                  <th scope="col">联系方式</th>
                </tr>
              </thead>
              <tbody>
                {rows.map((r) => (
                  <tr key={r.division}>
                    <th scope="row" className={`d${depth[r.level]}`}>
                      {r.divisionName} <span className="muted small">{levels[r.level]}</span>
                    </th>
                    <td data-term="登记机构">
                      {r.name ? (
                        <>
                          <b>{r.name}</b>
                          <div className="small sub">
                            统一社会信用代码 <Uscc value={r.uscc} />
                          </div>
                        </>
                      ) : r.required ? (
                        <span className="chip warn">尚未公布</span>
                      ) : (
                        <span className="muted">未设（不是必设）</span>
                      )}
                      <div className="small muted">{r.basis}</div>
                    </td>
                    <td data-term="设立或指定文件">{r.appointment || <span className="muted">—</span>}</td>
                    <td data-term="联系方式" className="p-lines">
                      {r.contact || <span className="muted">—</span>}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )
      })}
    </Page>
  )
}
