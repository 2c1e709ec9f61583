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
const missing = (r: Registrar): boolean => r.required && !r.name

export const Registrars = () => {
  const [params, setParams] = useSearchParams()
  const missingOnly = params.has('missing')
  const list = useQuery({
    queryKey: ['public', 'registrars'],
    queryFn: ({ signal }) => get<Registrar[]>('/public/registrars', undefined, signal),
  })
  // places that need no registrar and have none say nothing
  const all = (list.data ?? []).filter((r) => r.name || r.required).sort((a, b) => (a.division < b.division ? -1 : 1))
  const provinces = [...new Set(all.map((r) => provinceOf(r.division)))]
  return (
    <Page
      title="登记机构名录"
      lead="承担公共数据资源登记的组织或机构，按行政区划排列。应当设立而尚未公布的，也如实列出。"
    >
      {list.isError && <Trouble error={list.error} again={() => void list.refetch()} />}
      {list.isPending && <Waiting rows={10} />}
      {list.data && (
        <div className="p-found p-registrars">
          <p className="sub grow">
            已公布 <b>{all.filter((r) => r.name).length}</b> 个，应设而尚未公布 <b>{all.filter(missing).length}</b> 个
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
        const here = all.filter((r) => provinceOf(r.division) === code)
        const rows = here.filter((r) => !missingOnly || missing(r))
        return rows.length > 0 ? <Province key={code} here={here} rows={rows} /> : null
      })}
    </Page>
  )
}

const Province = ({ here, rows }: { here: readonly Registrar[]; rows: readonly Registrar[] }) => (
  <div className="p-tablebox">
    <table className="p-table p-stack">
      <caption>
        {here[0]?.divisionName}
        <span className="muted small">
          已公布 {here.filter((r) => r.name).length} / {here.length}
        </span>
      </caption>
      <thead>
        <tr>
          <th scope="col" style={{ width: '17%' }}>
            行政区划
          </th>
          <th scope="col" style={{ width: '25%' }}>
            登记机构
          </th>
          <th scope="col" style={{ width: '17%' }}>
            设立或指定文件
          </th>
          <th scope="col" style={{ width: '19%' }}>
            联系方式
          </th>
          <th scope="col">设立依据</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((r) => (
          <tr key={r.division}>
            <th scope="row" className={`d${depth[r.level]}`}>
              {r.divisionName} <span className="muted small">{levels[r.level]}</span>
            </th>
            {r.name ? (
              <>
                <td data-term="登记机构">
                  <b>{r.name}</b>
                  <div className="small sub">
                    信用代码 <Uscc value={r.uscc} />
                  </div>
                </td>
                <td data-term="设立或指定文件">{r.appointment || <span className="muted">未载</span>}</td>
                <td data-term="联系方式" className="p-lines">
                  {r.contact || <span className="muted">未载</span>}
                </td>
              </>
            ) : (
              <td colSpan={3} data-term="登记机构">
                <span className="chip warn">尚未公布</span>
              </td>
            )}
            <td className="small muted" data-term="设立依据">
              {r.basis}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
)
