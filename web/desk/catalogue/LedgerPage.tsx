import type { Ledger, TallyView } from '#contract'
import { useQuery } from '@tanstack/react-query'
import { Button, Skeleton } from 'antd'
import type { EChartsCoreOption } from 'echarts/core'
import { useMemo } from 'react'
import { Link, useNavigate, useSearchParams } from 'react-router'
import { get, withParams } from '../../api.ts'
import { Empty } from '../../ui/Empty.tsx'
import { Trouble } from '../../ui/Trouble.tsx'
import { useTitle } from '../../ui/title.ts'
import { Chart, Figure, tones } from './Chart.tsx'
import './catalogue.css'

const share = (n: number, of: number): number => (of === 0 ? 0 : Math.round((n * 100) / of))
const to = (params: Readonly<Record<string, string | undefined>>): string => withParams('/desk/catalogue', params)

/** 目录总览: the catalogue in numbers, and from each number to the entries behind it. */
export const LedgerPage = () => {
  useTitle('目录总览')
  const [params] = useSearchParams()
  const division = params.get('division') ?? undefined
  const { data, error, refetch } = useQuery({
    queryKey: ['catalogue', 'ledger', division],
    queryFn: ({ signal }) => get<Ledger>('/catalogue/ledger', { division }, signal),
    placeholderData: (before) => before,
  })
  return (
    <div className="ledger">
      <header className="page-head">
        <h1>目录总览</h1>
        {data && (
          <span className="muted">
            {data.divisionName} · {data.units.length} 个单位 · 截至 {data.day}
          </span>
        )}
        <div className="grow" />
        {division && <Link to="/desk/catalogue/overview">返回全部</Link>}
        <Link to="/desk/catalogue">目录列表</Link>
        <Button onClick={() => print()}>打印</Button>
      </header>
      {error ? (
        <Trouble error={error} again={() => void refetch()} />
      ) : !data ? (
        <Skeleton active title={false} paragraph={{ rows: 8 }} />
      ) : data.total.entries === 0 ? (
        <div className="card">
          <Empty title="目录里还没有内容" says="目录项审定编入目录后，这里按地区、单位和类别汇总。" />
        </div>
      ) : (
        <Sheets data={data} division={division} />
      )}
    </div>
  )
}

const Sheets = ({ data, division }: { data: Ledger; division: string | undefined }) => {
  const where = { division }
  return (
    <div className="stack">
      <Numbers t={data.total} where={where} />
      <div className="ledger-grid">
        <div className="stack">
          <Units data={data} division={division} />
          <Quality data={data} division={division} />
        </div>
        <div className="stack">
          <Classes title="共享属性" field="sharing" cells={data.sharing} division={division} />
          <Classes title="开放属性" field="opening" cells={data.opening} division={division} />
          <Territories data={data} />
          <Holders data={data} />
        </div>
      </div>
    </div>
  )
}

const Numbers = ({ t, where }: { t: TallyView; where: Readonly<Record<string, string | undefined>> }) => {
  const cells: readonly (readonly [term: string, value: string, note: string, href: string, tone?: string])[] = [
    ['目录项', String(t.entries), `完整度 ${t.complete}%`, to({ ...where, object: 'resource' })],
    ['已归集', String(t.collected), `${share(t.collected, t.entries)}%`, to({ ...where, collected: 'yes' })],
    ['待归集', String(t.pending), '不报超期', to({ ...where, collected: 'no' }), t.pending > 0 ? 'amber' : ''],
    [
      '超期未更新',
      String(t.overdue),
      `监测 ${t.watched} 项`,
      to({ ...where, fresh: 'overdue', sort: 'due' }),
      t.overdue > 0 ? 'red' : '',
    ],
    ['已公布', String(t.published), `${share(t.published, t.entries)}%`, to({ ...where, published: '1' })],
    ['已登记', String(t.registered), `${share(t.registered, t.entries)}%`, to({ ...where, registered: '1' })],
    ['已备案', String(t.filed), `${share(t.filed, t.entries)}%`, to({ ...where, filed: '1' })],
    ['已分级', String(t.graded), `${share(t.graded, t.entries)}%`, to({ ...where, object: 'resource' })],
    ['授权运营', String(t.batched), `${share(t.batched, t.entries)}%`, to({ ...where, view: 'operation' })],
  ]
  return (
    <ul className="card numbers" aria-label="总数">
      {cells.map(([term, value, note, href, tone]) => (
        <li key={term} className={tone}>
          <Link to={href}>
            <b>{value}</b>
            <span>{term}</span>
            <small>{note}</small>
          </Link>
        </li>
      ))}
    </ul>
  )
}

const axis = { axisLine: { show: false }, axisTick: { show: false }, axisLabel: { color: tones.ink2 } }
const shown = 25

const Units = ({ data, division }: { data: Ledger; division: string | undefined }) => {
  const navigate = useNavigate()
  const rows = data.units.slice(0, shown)
  const option = useMemo<EChartsCoreOption>(
    () => ({
      grid: { left: 8, right: 40, top: 28, bottom: 4, containLabel: true },
      legend: { top: 0, left: 0, itemWidth: 10, itemHeight: 10, textStyle: { color: tones.ink2 } },
      tooltip: { trigger: 'axis', axisPointer: { type: 'shadow' } },
      xAxis: { type: 'value', minInterval: 1, splitLine: { lineStyle: { color: tones.line } }, ...axis },
      yAxis: {
        type: 'category',
        inverse: true,
        data: rows.map((u) => u.name),
        ...axis,
        axisLabel: { color: tones.ink2, width: 168, overflow: 'truncate' },
      },
      series: [
        {
          name: '已归集',
          type: 'bar',
          stack: 'all',
          barMaxWidth: 14,
          color: tones.blue,
          data: rows.map((u) => u.collected),
        },
        {
          name: '待归集',
          type: 'bar',
          stack: 'all',
          barMaxWidth: 14,
          color: '#e2b14e',
          data: rows.map((u) => u.pending),
        },
        {
          name: '未登记归集情况',
          type: 'bar',
          stack: 'all',
          barMaxWidth: 14,
          color: tones.grey,
          data: rows.map((u) => u.entries - u.collected - u.pending),
        },
      ],
    }),
    [data],
  )
  const collected = ['yes', 'no', 'unknown']
  return (
    <Figure
      title="各单位目录项"
      note={data.units.length > shown ? `前 ${shown} 个单位，全部见数据表` : undefined}
      chart={
        <Chart
          option={option}
          height={Math.max(12, rows.length * 1.75 + 3)}
          pick={(i, s) =>
            void navigate(
              to({ unit: rows[i]?.unit, collected: collected[s], division: rows[i]?.unit ? undefined : division }),
            )
          }
        />
      }
      table={
        <table className="cases plain">
          <caption className="unseen">各单位目录项</caption>
          <thead>
            <tr>
              <th scope="col">单位</th>
              <th scope="col">类别</th>
              <th scope="col" className="n">
                目录项
              </th>
              <th scope="col" className="n">
                已归集
              </th>
              <th scope="col" className="n">
                待归集
              </th>
              <th scope="col" className="n">
                超期
              </th>
              <th scope="col" className="n">
                完整度
              </th>
            </tr>
          </thead>
          <tbody>
            {data.units.map((u) => (
              <tr key={u.unit || u.name}>
                <td>
                  <Link to={to({ unit: u.unit })}>{u.name}</Link>
                </td>
                <td className="sub">
                  {u.kindTerm}
                  {u.presumed && <span className="muted small">（推定）</span>}
                </td>
                <td className="n">{u.entries}</td>
                <td className="n">
                  <Link to={to({ unit: u.unit, collected: 'yes' })}>{u.collected}</Link>
                </td>
                <td className="n">
                  <Link to={to({ unit: u.unit, collected: 'no' })}>{u.pending}</Link>
                </td>
                <td className="n">
                  <Link to={to({ unit: u.unit, fresh: 'overdue' })}>{u.overdue}</Link>
                </td>
                <td className="n">{u.complete}%</td>
              </tr>
            ))}
          </tbody>
        </table>
      }
    />
  )
}

const wheel = [tones.blue, '#6f93cf', '#a9bfe3', '#8792a2', tones.grey]

const Classes = ({
  title,
  field,
  cells,
  division,
}: {
  title: string
  field: 'sharing' | 'opening'
  cells: Ledger['sharing']
  division: string | undefined
}) => {
  const navigate = useNavigate()
  const total = cells.reduce((n, c) => n + c.count, 0)
  const colour = (i: number, value: string): string => (value === 'unsaid' ? tones.grey : (wheel[i % 4] ?? tones.blue))
  const option = useMemo<EChartsCoreOption>(
    () => ({
      tooltip: { trigger: 'item' },
      series: [
        {
          type: 'pie',
          radius: ['58%', '86%'],
          label: { show: false },
          itemStyle: { borderColor: '#fff', borderWidth: 2 },
          data: cells.map((c, i) => ({ name: c.term, value: c.count, itemStyle: { color: colour(i, c.value) } })),
        },
      ],
    }),
    [cells],
  )
  const href = (value: string): string => to({ [field]: value, division, object: 'resource' })
  return (
    <figure className="card figure">
      <figcaption>
        <h2>{title}</h2>
      </figcaption>
      <div className="donut">
        <Chart option={option} height={9.5} pick={(i) => void navigate(href(cells[i]?.value ?? ''))} />
        <table>
          <caption className="unseen">{title}</caption>
          <tbody>
            {cells.map((c, i) => (
              <tr key={c.value}>
                <th scope="row">
                  <i style={{ background: colour(i, c.value) }} />
                  <Link to={href(c.value)}>{c.term}</Link>
                </th>
                <td className="n">{c.count}</td>
                <td className="n muted">{share(c.count, total)}%</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </figure>
  )
}

/** Completeness and freshness by unit, the worst first: what asks for attention stands at the top. */
const Quality = ({ data, division }: { data: Ledger; division: string | undefined }) => {
  const navigate = useNavigate()
  const rows = useMemo(
    () =>
      data.units
        .map((u) => ({ ...u, fresh: u.watched === 0 ? undefined : share(u.watched - u.overdue, u.watched) }))
        .sort((a, b) => (a.fresh ?? 101) - (b.fresh ?? 101) || a.complete - b.complete),
    [data],
  )
  const top = rows.slice(0, shown)
  const option = useMemo<EChartsCoreOption>(
    () => ({
      grid: { left: 8, right: 44, top: 28, bottom: 4, containLabel: true },
      legend: { top: 0, left: 0, itemWidth: 10, itemHeight: 10, textStyle: { color: tones.ink2 } },
      tooltip: {
        trigger: 'axis',
        axisPointer: { type: 'shadow' },
        valueFormatter: (v: unknown) => (v === undefined || v === '-' ? '不监测' : `${String(v)}%`),
      },
      xAxis: { type: 'value', max: 100, splitLine: { lineStyle: { color: tones.line } }, ...axis },
      yAxis: {
        type: 'category',
        inverse: true,
        data: top.map((u) => u.name),
        ...axis,
        axisLabel: { color: tones.ink2, width: 168, overflow: 'truncate' },
      },
      series: [
        {
          name: '按期更新率',
          type: 'bar',
          barMaxWidth: 8,
          label: { show: true, position: 'right', color: tones.ink2, fontSize: 11, formatter: '{c}%' },
          color: tones.green,
          data: top.map((u) =>
            u.fresh === undefined
              ? '-'
              : {
                  value: u.fresh,
                  itemStyle: { color: u.fresh < 60 ? tones.red : u.fresh < 100 ? tones.amber : tones.green },
                },
          ),
        },
        { name: '内容完整度', type: 'bar', barMaxWidth: 8, color: '#a9bfe3', data: top.map((u) => u.complete) },
      ],
    }),
    [top],
  )
  return (
    <Figure
      title="各单位更新与完整度"
      note="超期多的在前，%"
      chart={
        <Chart
          option={option}
          height={Math.max(12, top.length * 2 + 3)}
          pick={(i, s) =>
            void navigate(
              to(
                s === 0
                  ? { unit: top[i]?.unit, fresh: 'overdue', division }
                  : { unit: top[i]?.unit, sort: 'complete', division },
              ),
            )
          }
        />
      }
      table={
        <table className="cases plain">
          <caption className="unseen">各单位更新与完整度</caption>
          <thead>
            <tr>
              <th scope="col">单位</th>
              <th scope="col" className="n">
                监测项
              </th>
              <th scope="col" className="n">
                超期
              </th>
              <th scope="col" className="n">
                按期更新率
              </th>
              <th scope="col" className="n">
                内容完整度
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((u) => (
              <tr key={u.unit || u.name}>
                <td>
                  <Link to={to({ unit: u.unit, sort: 'complete' })}>{u.name}</Link>
                </td>
                <td className="n">{u.watched}</td>
                <td className="n">
                  <Link to={to({ unit: u.unit, fresh: 'overdue' })}>{u.overdue}</Link>
                </td>
                <td className="n">{u.fresh === undefined ? '—' : `${u.fresh}%`}</td>
                <td className="n">{u.complete}%</td>
              </tr>
            ))}
          </tbody>
        </table>
      }
    />
  )
}

const Bar = ({ share: n, tone = '' }: { share: number; tone?: string }) => (
  <span className={`meter ${tone}`} aria-hidden="true">
    <i style={{ width: `${n}%` }} />
  </span>
)

/** 一本账: what lies one step below, each with all that is in it. */
const Territories = ({ data }: { data: Ledger }) => (
  <section className="card wide-table">
    <div className="card-head">
      <h2>各地区</h2>
    </div>
    <table className="cases plain">
      <caption className="unseen">各地区目录</caption>
      <thead>
        <tr>
          <th scope="col">地区</th>
          <th scope="col" className="n">
            单位
          </th>
          <th scope="col" className="n">
            目录项
          </th>
          <th scope="col">归集</th>
          <th scope="col">按期更新</th>
          <th scope="col" className="n">
            完整度
          </th>
        </tr>
      </thead>
      <tbody>
        {data.divisions.map((d) => (
          <tr key={d.division}>
            <td>{d.below ? <Link to={`/desk/catalogue/overview?division=${d.division}`}>{d.name}</Link> : d.name}</td>
            <td className="n">{d.units}</td>
            <td className="n">
              <Link to={to({ division: d.division })}>{d.entries}</Link>
            </td>
            <td className="nowrap">
              <Bar share={share(d.collected, d.entries)} /> {share(d.collected, d.entries)}%
            </td>
            <td className="nowrap">
              {d.watched === 0 ? (
                '—'
              ) : (
                <>
                  <Bar share={share(d.watched - d.overdue, d.watched)} tone={d.overdue > 0 ? 'amber' : 'green'} />{' '}
                  {share(d.watched - d.overdue, d.watched)}%
                </>
              )}
            </td>
            <td className="n">{d.complete}%</td>
          </tr>
        ))}
      </tbody>
    </table>
  </section>
)

const dataTerms: Readonly<Record<string, string>> = {
  public: '公共数据',
  reference: '参照公共数据',
  nonPublic: '不属公共数据',
}
const Holders = ({ data }: { data: Ledger }) => (
  <section className="card wide-table">
    <div className="card-head">
      <h2>持有单位类别</h2>
      <span className="muted small">
        {data.units.some((u) => u.presumed) ? '尚未确定类别的单位按主体性质推定' : ''}
      </span>
    </div>
    <table className="cases plain">
      <caption className="unseen">持有单位类别</caption>
      <thead>
        <tr>
          <th scope="col">类别</th>
          <th scope="col">数据</th>
          <th scope="col" className="n">
            单位
          </th>
          <th scope="col" className="n">
            目录项
          </th>
          <th scope="col" className="n">
            待归集
          </th>
        </tr>
      </thead>
      <tbody>
        {data.kinds.map((k) => (
          <tr key={k.kind}>
            <td>{k.term}</td>
            <td className="sub nowrap">{dataTerms[k.data] ?? ''}</td>
            <td className="n">{k.units}</td>
            <td className="n">{k.entries}</td>
            <td className="n">{k.pending}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </section>
)
