import type { CaseRow, EndingDocument } from '#contract'
import { useQuery } from '@tanstack/react-query'
import { Alert, Button, Input, Skeleton } from 'antd'
import { useEffect } from 'react'
import { Link } from 'react-router'
import { get, useClock, useMe } from '../api.ts'
import { Empty } from '../ui/Empty.tsx'
import { Trouble } from '../ui/Trouble.tsx'
import { DayText, DueChip } from '../ui/chips.tsx'
import { plusDays, weekdayOf } from '../ui/day.ts'
import { useRowKeys } from '../ui/keys.ts'
import { useTitle } from '../ui/title.ts'
import { useFilters } from './filters.ts'
import { CaseTable } from './list/CaseTable.tsx'
import type { Column } from './list/CaseTable.tsx'
import type { Hats } from './places.ts'
import { hatsOf } from './places.ts'
import { useTasks } from './queries.ts'

const bands = ['逾期', '今天', '本周', '以后', '没有法定期限'] as const
type Band = (typeof bands)[number]

/** Which pile a task lies on. A wait is never late: it only tells when the system will act. */
const bandOf = (row: CaseRow, today: string): Band => {
  if (!row.due) return '没有法定期限'
  if (row.due.kind === 'limit' && row.due.left < 0) return '逾期'
  if (row.due.day <= today || (row.due.kind === 'limit' && row.due.left === 0)) return '今天'
  return row.due.day <= plusDays(today, 6 - weekdayOf(today)) ? '本周' : '以后'
}

const says = (hats: Hats): string => {
  if (hats.registrar)
    return '申请单位提交或补正后、审核到您这一环节时、公示期间收到异议时，会出现在这里，并从当天起算期限。'
  if (hats.bureau) return '逾期未登记、需要您处理的撤销核实与单位事项会出现在这里。'
  if (hats.self) return '您提出的更正申请和异议轮到您补充材料时，会出现在这里。'
  if (hats.applicant) return '被退回补正、待您提交的申请，以及数据已经提供、应当登记的义务会出现在这里。'
  return '轮到您办理的事项会出现在这里。'
}

/** Rules that run out: who works under them loads their successors in time. */
const Ending = () => {
  const { data } = useQuery({
    queryKey: ['policies', 'ending'],
    queryFn: ({ signal }) => get<EndingDocument[]>('/policies/ending', undefined, signal),
    staleTime: 3_600_000,
  })
  if (!data || data.length === 0) return null
  return (
    <Alert
      type="warning"
      showIcon
      style={{ marginBottom: 12 }}
      title={`有 ${data.length} 个规则文件${data.every((d) => d.daysLeft < 0) ? '已经到期' : '即将到期'}，请及时载入接续的文件`}
      description={
        <ul>
          {data.map((d) => (
            <li key={d.document}>
              {d.layerTitle}《{d.title}》有效期至 {d.until}
              {d.daysLeft < 0 ? `，已过 ${-d.daysLeft} 天` : `，还有 ${d.daysLeft} 天`}
            </li>
          ))}
        </ul>
      }
      action={<Link to="/policies">规则与依据</Link>}
    />
  )
}

/** Tasks that are listed without being asked for. */
const unasked = 200

export const Tasks = () => {
  useTitle('我的待办')
  useRowKeys()
  const me = useMe()
  const today = useClock()?.day
  const { filters, set } = useFilters('tasks')
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage, isFetchNextPageError } = useTasks()
  const listed = data?.rows.length ?? 0
  // the first fifty stand at once; those that one looks through are listed without asking
  const goOn = hasNextPage && !isFetchingNextPage && !isFetchNextPageError && listed < unasked
  useEffect(() => {
    if (goOn) void fetchNextPage()
  }, [goOn, fetchNextPage])
  if (error) return <Trouble error={error} again={() => void refetch()} />
  if (!data || !today || !me) return <Skeleton active title={false} />
  const hats = hatsOf(me)
  const kinds = [...new Set(data.rows.map((r) => r.kindTerm))]
  const kind = filters['kind'] ?? ''
  const q = filters['q'] ?? ''
  const rows = data.rows.filter(
    (r) =>
      (kind === '' || r.kindTerm === kind) &&
      (q === '' || r.title.includes(q) || Object.values(r.parties).some((p) => p.includes(q))),
  )
  const columns: readonly Column[] = [
    { key: 'title', term: '事项', show: (r) => r.title },
    {
      key: 'do',
      term: '轮到您',
      width: '11rem',
      show: (r) => <b className="todo">{r.due?.kind === 'limit' ? r.due.term : r.stateTerm}</b>,
    },
    {
      key: 'due',
      term: '期限',
      width: '15rem',
      show: (r) => (r.due ? <DueChip due={r.due} today={today} /> : <span className="muted">—</span>),
    },
    { key: 'kind', term: '类型', width: '8rem', show: (r) => r.kindTerm },
    {
      key: 'party',
      term: '对方',
      width: '16rem',
      show: (r) => <span className="sub">{counterpart(r, me.orgName)}</span>,
    },
    { key: 'opened', term: '提出', width: '6rem', show: (r) => <DayText day={r.opened} today={today} /> },
  ]
  const late = data.rows.filter((r) => bandOf(r, today) === '逾期').length
  return (
    <>
      <header className="page-head">
        <h1>我的待办</h1>
        <span className="muted">
          {data.total} 件{late > 0 && <b className="bad-text"> · 逾期 {late} 件</b>}
        </span>
        <div className="grow" />
        {data.rows.length > 1 && (
          <span className="muted small keys">
            <kbd>j</kbd>
            <kbd>k</kbd> 上下移动 <kbd>Enter</kbd> 打开
          </span>
        )}
      </header>
      {(hats.bureau || hats.registrar) && <Ending />}
      {data.rows.length === 0 ? (
        <div className="card">
          <Empty title="现在没有要办的事" says={says(hats)}>
            {hats.registrar && <Link to="/desk/applications?open=1">查看在办登记</Link>}
            {hats.self && <Link to="/">到门户查询登记、提出异议</Link>}
            {hats.applicant && !hats.registrar && !hats.self && <Link to="/desk/items">从目录发起登记</Link>}
            {hats.auditor && <Link to="/desk/access">查阅访问日志</Link>}
          </Empty>
        </div>
      ) : (
        <>
          {(kinds.length > 1 || data.rows.length > 8) && (
            <div className="filters">
              <div className="picks" role="group" aria-label="类型">
                {['', ...kinds].map((k) => (
                  <button
                    key={k}
                    className={k === kind ? 'pick on' : 'pick'}
                    aria-pressed={k === kind}
                    onClick={() => set({ kind: k })}
                  >
                    {k === '' ? '全部' : k}{' '}
                    <span className="muted">
                      {k === '' ? data.rows.length : data.rows.filter((r) => r.kindTerm === k).length}
                    </span>
                  </button>
                ))}
              </div>
              <Input.Search
                aria-label="在待办中查找"
                placeholder="在待办中查找"
                allowClear
                style={{ width: 240 }}
                defaultValue={q}
                onSearch={(v) => set({ q: v })}
              />
            </div>
          )}
          {rows.length === 0 && (
            <div className="card">
              <Empty title="没有符合筛选的待办">
                <Button onClick={() => set({ kind: '', q: '' })}>清除筛选</Button>
              </Empty>
            </div>
          )}
          {rows.length > 0 && (
            <div className="card wide-table">
              <CaseTable
                caption="我的待办，按期限分组"
                columns={columns}
                bands={bands
                  .map((term) => ({
                    term,
                    rows: rows.filter((r) => bandOf(r, today) === term),
                    ...(term === '逾期' ? { tone: 'late' as const } : {}),
                  }))
                  .filter((b) => b.rows.length > 0)}
              />
            </div>
          )}
          {hasNextPage && (
            <div className="more">
              <Button onClick={() => void fetchNextPage()} loading={isFetchingNextPage}>
                加载更多（已按缓急显示 {listed} 件）
              </Button>
            </div>
          )}
        </>
      )}
    </>
  )
}

// who brought it before whom it is brought to
const counterparts = [
  ...['applicant', 'objector', 'holder', 'debtor', 'registrar'],
  ...['filer', 'author', 'appointer', 'organiser', 'source', 'operator', 'implementer', 'county', 'city', 'province'],
]
/** The party of the case that is not the caller. */
const counterpart = (row: CaseRow, own: string): string =>
  counterparts.map((seat) => row.parties[seat]).find((name) => name !== undefined && name !== own) ?? ''
