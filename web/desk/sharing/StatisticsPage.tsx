import './sharing.css'
import type { shareFigureTerms, ShareFigureRow, SharingCases, SharingStatistics } from '#contract'
import { useQuery } from '@tanstack/react-query'
import { Button, Input, Segmented, Skeleton } from 'antd'
import { useEffect, useRef } from 'react'
import { get, useClock, withParams } from '../../api.ts'
import { Empty } from '../../ui/Empty.tsx'
import { Trouble } from '../../ui/Trouble.tsx'
import { DayText, DueChip, StateChip } from '../../ui/chips.tsx'
import { useTitle } from '../../ui/title.ts'
import { useFilters } from '../filters.ts'
import { CaseTable } from '../list/CaseTable.tsx'

type Measure = keyof typeof shareFigureTerms
interface Group {
  readonly term: string
  readonly columns: readonly { readonly key: Measure; readonly term: string; readonly tone?: 'bad' | 'warn' }[]
  /** A median of working days at the end of the group. */
  readonly days?: 'answerDays' | 'provideDays'
}
const groups: readonly Group[] = [
  {
    term: '申请',
    columns: [
      { key: 'asked', term: '合计' },
      { key: 'unconditional', term: '无条件' },
      { key: 'conditional', term: '有条件' },
      { key: 'none', term: '不予共享' },
    ],
  },
  {
    term: '答复',
    columns: [
      { key: 'inTime', term: '按期' },
      { key: 'late', term: '逾期', tone: 'bad' },
    ],
    days: 'answerDays',
  },
  {
    term: '结论',
    columns: [
      { key: 'agreed', term: '同意' },
      { key: 'refused', term: '不同意' },
      { key: 'withoutBasis', term: '无依据', tone: 'bad' },
    ],
  },
  {
    term: '提供',
    columns: [
      { key: 'provided', term: '已提供' },
      { key: 'providedLate', term: '逾期', tone: 'bad' },
    ],
    days: 'provideDays',
  },
  { term: '核实比对', columns: [{ key: 'compared', term: '件' }] },
  {
    term: '争议',
    columns: [
      { key: 'disputed', term: '提出' },
      { key: 'decidedShare', term: '应共享' },
      { key: 'decidedKeep', term: '不共享' },
    ],
  },
  {
    term: '使用',
    columns: [
      { key: 'used', term: '已投入' },
      { key: 'unused', term: '给而未用', tone: 'warn' },
    ],
  },
]
const share = (part: number, whole: number): string => (whole === 0 ? '—' : `${Math.round((part * 100) / whole)}%`)
const count = new Intl.NumberFormat('zh-CN')
const days = (n: number | null): string => (n === null ? '—' : String(n))

/** 共享统计: how requests were met, by unit, with the cases behind every figure; what an audit of responsibility looks at. */
export const StatisticsPage = () => {
  useTitle('共享统计')
  const today = useClock()?.day
  const { filters, set } = useFilters('sharing.statistics')
  const by = filters['by'] === 'requester' ? 'requester' : 'holder'
  const asked = { by, from: filters['from'] || undefined, to: filters['to'] || undefined }
  const measure = filters['measure'] as Measure | undefined
  const unit = filters['unit'] || undefined
  const { data, error, refetch } = useQuery({
    queryKey: ['sharing', 'statistics', asked],
    queryFn: ({ signal }) => get<SharingStatistics>('/sharing/statistics', asked, signal),
    placeholderData: (before) => before,
  })
  return (
    <>
      <header className="page-head">
        <h1>共享统计</h1>
        {data && (
          <span className="muted">
            {data.from} 至 {data.to} 提出的事项
          </span>
        )}
        <div className="grow" />
        <Button href={withParams('/api/sharing/statistics.xlsx', asked)} download>
          导出 Excel
        </Button>
        <Button onClick={() => print()}>打印</Button>
      </header>
      <div className="filters">
        <Segmented
          aria-label="按哪一方统计"
          options={[
            { value: 'holder', label: '按数源单位' },
            { value: 'requester', label: '按需求单位' },
          ]}
          value={by}
          onChange={(v) => set({ by: v, unit: '', measure: '' })}
        />
        <span className="span">
          <Input
            type="date"
            aria-label="自哪一天"
            value={asked.from ?? ''}
            onChange={(e) => set({ from: e.target.value })}
          />
          至
          <Input
            type="date"
            aria-label="至哪一天"
            value={asked.to ?? ''}
            onChange={(e) => set({ to: e.target.value })}
          />
        </span>
      </div>
      {error ? (
        <Trouble error={error} again={() => void refetch()} />
      ) : !data ? (
        <Skeleton active title={false} />
      ) : data.rows.length === 0 ? (
        <div className="card">
          <Empty title="这段时间没有共享事项" says="各单位的申请、答复、提供、核实比对、争议和使用情况会统计在这里。" />
        </div>
      ) : (
        <div className="stack share-statistics">
          <Heads total={data.total} />
          <section className="card wide-table" tabIndex={0} aria-labelledby="duties">
            <div className="card-head">
              <h2 id="duties">责任履行</h2>
              <span className="muted small">点数字看事项；天数为工作日的中位数；逾期含至今未办的</span>
            </div>
            <table className="cases plain figures">
              <thead>
                <tr>
                  <th scope="col" rowSpan={2}>
                    {by === 'holder' ? '数源单位' : '需求单位'}
                  </th>
                  {groups.map((g) => (
                    <th scope="colgroup" key={g.term} colSpan={g.columns.length + (g.days ? 1 : 0)}>
                      {g.term}
                    </th>
                  ))}
                </tr>
                <tr>
                  {groups.map((g) => [
                    ...g.columns.map((c, i) => (
                      <th scope="col" key={c.key} className={i === 0 ? 'first' : undefined}>
                        {c.term}
                      </th>
                    )),
                    ...(g.days
                      ? [
                          <th scope="col" key={g.days}>
                            天数
                          </th>,
                        ]
                      : []),
                  ])}
                </tr>
              </thead>
              <tbody>
                {data.rows.map((r) => (
                  <FigureRow key={r.unit} row={r} chosen={r.unit === unit ? measure : undefined} set={set} />
                ))}
                <FigureRow row={data.total} chosen={unit === undefined ? measure : undefined} set={set} total />
              </tbody>
            </table>
          </section>
          {measure && (
            <Cases key={`${measure} ${unit}`} asked={{ ...asked, unit, measure }} data={data} today={today} />
          )}
          <div className="keeping-two">
            <Effects data={data} />
            <Channels data={data} />
          </div>
          <p className="muted small">
            {data.basis.join('；')}。不同意共享须写明法律、行政法规或者政策依据，系统不受理没有依据的答复。
          </p>
        </div>
      )}
    </>
  )
}

const Heads = ({ total }: { total: ShareFigureRow }) => {
  const answered = total.inTime + total.late
  const heads = [
    { term: '共享申请', value: count.format(total.asked), note: `另有主动共享 ${total.offered} 件` },
    { term: '按期答复', value: share(total.inTime, answered), note: `${total.inTime} / ${answered} 件` },
    { term: '答复用时', value: days(total.answerDays), note: '工作日，中位数' },
    {
      term: '按期提供',
      value: share(total.provided - total.providedLate, total.provided),
      note: `已提供 ${total.provided} 件`,
    },
    { term: '投入使用', value: share(total.used, total.provided), note: `给而未用 ${total.unused} 件` },
  ]
  return (
    <dl className="heads">
      {heads.map((h) => (
        <div key={h.term} className="card">
          <dt>{h.term}</dt>
          <dd>{h.value}</dd>
          <dd className="muted small">{h.note}</dd>
        </div>
      ))}
    </dl>
  )
}

const FigureRow = ({
  row,
  chosen,
  set,
  total,
}: {
  row: ShareFigureRow
  chosen: Measure | undefined
  set: (more: Readonly<Record<string, string>>) => void
  total?: boolean
}) => (
  <tr className={total ? 'total' : undefined}>
    <th scope="row">{row.unitName}</th>
    {groups.map((g) => [
      ...g.columns.map((c, i) => (
        <td key={c.key} className={i === 0 ? 'first' : undefined}>
          {row[c.key] === 0 ? (
            <span className="muted">0</span>
          ) : (
            <button
              className={['textual', c.tone ?? '', c.key === chosen ? 'on' : ''].join(' ')}
              aria-pressed={c.key === chosen}
              aria-label={`${row.unitName}，${g.term}${c.term} ${row[c.key]} 件`}
              onClick={() => set(c.key === chosen ? { unit: '', measure: '' } : { unit: row.unit, measure: c.key })}
            >
              {count.format(row[c.key])}
            </button>
          )}
        </td>
      )),
      ...(g.days ? [<td key={g.days}>{days(row[g.days])}</td>] : []),
    ])}
  </tr>
)

const Cases = ({
  asked,
  data,
  today,
}: {
  asked: { by: string; from: string | undefined; to: string | undefined; unit: string | undefined; measure: Measure }
  data: SharingStatistics
  today: string | undefined
}) => {
  const found = useQuery({
    queryKey: ['sharing', 'cases', asked],
    queryFn: ({ signal }) => get<SharingCases>('/sharing/statistics/cases', asked, signal),
  })
  const head = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    // newer browsers answer with a promise, which is no way to clean up
    head.current?.scrollIntoView({ block: 'nearest' })
  }, [found.data])
  const group = groups.find((g) => g.columns.some((c) => c.key === asked.measure))
  const column = group?.columns.find((c) => c.key === asked.measure)
  const unit = data.rows.find((r) => r.unit === asked.unit)?.unitName ?? '全部单位'
  const term = `${unit} · ${group?.term ?? ''}${column?.term ?? ''}`
  return (
    <section className="card wide-table" aria-labelledby="behind">
      <div className="card-head">
        <h2 id="behind" ref={head}>
          {term}
        </h2>
      </div>
      {found.error ? (
        <Trouble error={found.error} again={() => void found.refetch()} />
      ) : !found.data ? (
        <Skeleton active title={false} />
      ) : (
        <CaseTable
          caption={term}
          bands={[{ term: '', rows: found.data.rows }]}
          columns={[
            { key: 'title', term: '目录项', show: (r) => r.title },
            { key: 'state', term: '状态', show: (r) => <StateChip state={r.state} term={r.stateTerm} /> },
            {
              key: 'due',
              term: '期限',
              show: (r) => (r.due && !r.final ? <DueChip due={r.due} today={today} /> : ''),
            },
            { key: 'kind', term: '类型', show: (r) => r.kindTerm },
            { key: 'requester', term: '需求单位', show: (r) => r.parties['requester'] ?? '' },
            { key: 'holder', term: '数源单位', show: (r) => r.parties['holder'] ?? '' },
            { key: 'opened', term: '提出', show: (r) => <DayText day={r.opened} today={today} /> },
          ]}
        />
      )}
    </section>
  )
}

/** 成效评价: what those who use the data say of it. */
const Effects = ({ data }: { data: SharingStatistics }) => (
  <section className="card wide-table" aria-labelledby="effects" tabIndex={0}>
    <div className="card-head">
      <h2 id="effects">成效评价</h2>
      <span className="muted small">依需求单位的使用情况反馈</span>
    </div>
    <table className="cases plain">
      <thead>
        <tr>
          <th scope="col">{data.by === 'holder' ? '数源单位' : '需求单位'}</th>
          <th scope="col" className="end">
            使用次数
          </th>
          <th scope="col" className="end">
            支撑事项
          </th>
          <th scope="col" className="end">
            核实比对
          </th>
          <th scope="col">满足需要</th>
        </tr>
      </thead>
      <tbody>
        {[...data.rows, data.total].map((r) => (
          <tr key={r.unit} className={r.unit === '' ? 'total' : undefined}>
            <th scope="row">{r.unitName}</th>
            <td className="end">{count.format(r.times)}</td>
            <td className="end">{count.format(r.matters)}</td>
            <td className="end">{count.format(r.questions)} 项</td>
            <td>
              {r.rated === 0 ? (
                <span className="muted">未评价</span>
              ) : (
                <span className="met">
                  <span className="bar-track" aria-hidden>
                    <span style={{ width: `${Math.round((r.good * 100) / r.rated)}%` }} />
                  </span>
                  {r.good} / {r.rated}
                </span>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </section>
)

const Channels = ({ data }: { data: SharingStatistics }) => (
  <section className="card wide-table" aria-labelledby="channels">
    <div className="card-head">
      <h2 id="channels">存量平台与共享通道</h2>
    </div>
    {data.channels.length === 0 ? (
      <p className="sub padded">没有登记的存量平台和“点对点”通道。</p>
    ) : (
      <table className="cases plain">
        <thead>
          <tr>
            <th scope="col">类型</th>
            <th scope="col">状态</th>
            <th scope="col" className="end">
              数量
            </th>
            <th scope="col" className="end">
              超过计划日期
            </th>
          </tr>
        </thead>
        <tbody>
          {data.channels.map((c) => (
            <tr key={`${c.kind} ${c.state}`}>
              <td>{c.kindTerm}</td>
              <td>
                <StateChip state={c.state} term={c.stateTerm} />
              </td>
              <td className="end">{c.n}</td>
              <td className={c.late > 0 ? 'end bad-text' : 'end muted'}>{c.late}</td>
            </tr>
          ))}
        </tbody>
      </table>
    )}
  </section>
)
