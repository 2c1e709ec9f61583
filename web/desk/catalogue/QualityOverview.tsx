import './quality.css'
import type { QualityOverview } from '#contract'
import { useQuery } from '@tanstack/react-query'
import { Button, Skeleton } from 'antd'
import { Link } from 'react-router'
import { get, withParams } from '../../api.ts'
import { Empty } from '../../ui/Empty.tsx'
import { Trouble } from '../../ui/Trouble.tsx'
import { useTitle } from '../../ui/title.ts'
import { useFilters } from '../filters.ts'
import { Bar, count } from './figures.tsx'

const tones: Readonly<Record<string, string>> = { pass: 'ok', warn: 'warn', blocked: 'bad' }

/** 数据质量总览: how good the data of all entries is that one may see, by unit, region and dimension, down to the entry. */
export const QualityPage = () => {
  useTitle('数据质量')
  const { filters, set } = useFilters('quality')
  const asked = Object.fromEntries(['unit', 'division', 'dimension'].map((k) => [k, filters[k] || undefined]))
  const { data, error, refetch } = useQuery({
    queryKey: ['quality', 'overview', asked],
    queryFn: ({ signal }) => get<QualityOverview>('/quality', asked, signal),
    placeholderData: (before) => before,
  })
  if (error && !data) return <Trouble error={error} again={() => void refetch()} />
  if (!data) return <Skeleton active title={false} paragraph={{ rows: 8 }} />
  const chosen = [
    { key: 'unit', term: data.units.find((u) => u.id === filters['unit'])?.name },
    {
      key: 'division',
      term: data.regions.find((r) => r.division === filters['division'])?.name ?? filters['division'],
    },
    { key: 'dimension', term: data.dimensions.find((d) => d.value === filters['dimension'])?.term },
  ].filter((c) => filters[c.key])
  const t = data.total
  return (
    <div className="quality-page">
      <header className="page-head">
        <h1>数据质量</h1>
        <span className="muted">截至 {data.day}</span>
        {chosen.map((c) => (
          <button key={c.key} className="chip blue" onClick={() => set({ [c.key]: '' })} title="去掉这一筛选">
            {c.term ?? '所选'} ×
          </button>
        ))}
        <div className="grow" />
        <Button href={withParams('/api/quality.xlsx', asked)} download>
          导出 Excel
        </Button>
      </header>
      <dl className="card figures" aria-label="总计">
        <Figure term="目录项" value={count(t.items)} />
        <Figure
          term="已检查"
          value={`${count(t.assessed)}`}
          note={t.items > 0 ? `${Math.floor((t.assessed * 100) / t.items)}%` : ''}
        />
        <Figure term="平均分" value={t.score === null ? '—' : String(t.score)} />
        <Figure term="有提示" value={count(t.warned)} />
        <Figure term="阻断" value={count(t.blocked)} bad={t.blocked > 0} />
      </dl>
      {t.assessed === 0 && data.units.every((u) => u.answered + u.tickets === 0) ? (
        <div className="card" style={{ marginTop: '1rem' }}>
          <Empty title="还没有检查过数据质量" says="在目录项页面上传数据文件做质量检查，得分会汇总到这里。">
            <Link to="/desk/items">资源与产品目录</Link>
          </Empty>
        </div>
      ) : (
        <>
          <div className="quality-top" style={{ marginTop: '1rem' }}>
            <Bars
              title="按维度"
              rows={data.dimensions.map((d) => ({ key: d.value, term: d.term, score: d.score }))}
              choose={(dimension) => set({ dimension })}
            />
            <Bars
              title="按地区"
              rows={data.regions.map((r) => ({ key: r.division, term: r.name, score: r.score }))}
              choose={(division) => set({ division })}
            />
          </div>
          <section className="card wide-table" aria-labelledby="units">
            <header className="card-head">
              <h2 id="units">按单位</h2>
              <span className="muted">及时率：受理、溯源、整改按期的比例</span>
            </header>
            <table className="cases plain">
              <thead>
                <tr>
                  <th scope="col">单位</th>
                  {['目录项', '已检查', '平均分', '阻断', '在办工单', '逾期', '已处理', '及时率'].map((h) => (
                    <th scope="col" className="n" key={h}>
                      {h}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {data.units.map((u) => (
                  <tr key={u.id}>
                    <td>
                      <button className="textual" onClick={() => set({ unit: u.id })}>
                        {u.name || '（未登记单位）'}
                      </button>
                    </td>
                    <td className="n">{count(u.items)}</td>
                    <td className="n">{count(u.assessed)}</td>
                    <td className="n">
                      <b>{u.score ?? ''}</b>
                    </td>
                    <td className={`n ${u.blocked > 0 ? 'bad-text' : ''}`}>{count(u.blocked)}</td>
                    <td className="n">{count(u.tickets)}</td>
                    <td className={`n ${u.overdue > 0 ? 'bad-text' : ''}`}>{count(u.overdue)}</td>
                    <td className="n">{count(u.answered)}</td>
                    <td className="n">{u.timely === null ? '' : `${u.timely}%`}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
          <section className="card wide-table" aria-labelledby="worst">
            <header className="card-head">
              <h2 id="worst">得分最低的目录项</h2>
            </header>
            <table className="cases plain">
              <thead>
                <tr>
                  <th scope="col">目录项</th>
                  <th scope="col">单位</th>
                  <th scope="col" className="n">
                    得分
                  </th>
                  <th scope="col">结论</th>
                  <th scope="col">检查日</th>
                  <th scope="col" className="n">
                    在办工单
                  </th>
                </tr>
              </thead>
              <tbody>
                {data.worst.map((w) => (
                  <tr key={w.id}>
                    <td>
                      <Link to={`/desk/items/${w.id}`}>{w.name}</Link>
                    </td>
                    <td className="sub">{w.unit}</td>
                    <td className="n">
                      <b>{w.score ?? ''}</b>
                    </td>
                    <td>
                      <span className={`chip ${tones[w.verdict] ?? ''}`}>{w.verdictTerm}</span>
                    </td>
                    <td>{w.assessed}</td>
                    <td className="n">{count(w.tickets)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        </>
      )}
    </div>
  )
}

const Figure = ({ term, value, note, bad }: { term: string; value: string; note?: string; bad?: boolean }) => (
  <div>
    <dt>{term}</dt>
    <dd className={bad ? 'bad-text' : ''}>
      {value} {note && <span className="muted small">{note}</span>}
    </dd>
  </div>
)

const Bars = ({
  title,
  rows,
  choose,
}: {
  title: string
  rows: readonly { readonly key: string; readonly term: string; readonly score: number | null }[]
  choose: (key: string) => void
}) => (
  <section className="card" aria-label={title}>
    <header className="card-head">
      <h2>{title}</h2>
    </header>
    <ul className="bars">
      {rows.map((r) => (
        <li className="bar-row" key={r.key}>
          <button className="textual" onClick={() => choose(r.key)}>
            {r.term}
          </button>
          {r.score === null ? <span className="muted small">没有检查过</span> : <Bar score={r.score * 100} />}
          <span className="n">{r.score ?? ''}</span>
        </li>
      ))}
    </ul>
  </section>
)
