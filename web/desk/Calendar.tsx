import type { CaseList, CaseRow } from '#contract'
import { useQuery } from '@tanstack/react-query'
import { Button, Skeleton } from 'antd'
import { Link } from 'react-router'
import { get, useClock, useMe } from '../api.ts'
import { Empty } from '../ui/Empty.tsx'
import { Trouble } from '../ui/Trouble.tsx'
import { DueChip, StateChip } from '../ui/chips.tsx'
import { daysBetween, weekdayOf } from '../ui/day.ts'
import { useRowKeys } from '../ui/keys.ts'
import { useTitle } from '../ui/title.ts'
import { useFilters } from './filters.ts'
import { casePath, hatsOf } from './places.ts'

const weekdays = '一二三四五六日'
const shifted = (month: string, by: number): string => {
  const n = Number(month.slice(0, 4)) * 12 + Number(month.slice(5)) - 1 + by
  return `${Math.floor(n / 12)}-${String((n % 12) + 1).padStart(2, '0')}`
}

const gather = async (
  collections: readonly string[],
  signal: AbortSignal,
): Promise<{ rows: readonly CaseRow[]; cut: boolean }> => {
  const pages = await Promise.all(collections.map((c) => get<CaseList>(`/${c}`, { open: 1, limit: 200 }, signal)))
  return { rows: pages.flatMap((p) => p.rows), cut: pages.some((p) => p.next !== undefined) }
}

/** 期限日历: every open date of a month, mine and others', in one list by day. */
export const Calendar = () => {
  useTitle('期限日历')
  useRowKeys()
  const me = useMe()
  const today = useClock()?.day
  const { filters, set } = useFilters('calendar')
  const hats = me ? hatsOf(me) : undefined
  const collections = [
    'applications',
    'objections',
    'records',
    ...(hats && !hats.self && (hats.bureau || hats.applicant) ? ['obligations'] : []),
  ]
  const { data, error, refetch } = useQuery({
    queryKey: ['list', 'calendar', collections],
    queryFn: ({ signal }) => gather(collections, signal),
    enabled: hats !== undefined,
  })
  if (error) return <Trouble error={error} again={() => void refetch()} />
  if (!data || !today) return <Skeleton active title={false} />
  const month = filters['month'] ?? today.slice(0, 7)
  const dated = data.rows
    .filter((r) => r.due?.day.startsWith(month) && !r.final)
    .sort((a, b) => (a.due!.day < b.due!.day ? -1 : 1))
  const days = [...new Set(dated.map((r) => r.due!.day))]
  return (
    <>
      <header className="page-head">
        <h1>期限日历</h1>
        <span className="muted">
          {Number(month.slice(0, 4))} 年 {Number(month.slice(5))} 月 · {dated.length} 个期限
        </span>
        <div className="grow" />
        <Button onClick={() => set({ month: shifted(month, -1) })}>上月</Button>
        <Button disabled={month === today.slice(0, 7)} onClick={() => set({ month: '' })}>
          本月
        </Button>
        <Button onClick={() => set({ month: shifted(month, 1) })}>下月</Button>
      </header>
      {data.cut && <p className="muted small">事项较多，只列出最急的部分；全部见各列表。</p>}
      {days.length === 0 ? (
        <div className="card">
          <Empty title="本月没有到期的期限" says="受理、审核、公示、异议和登记义务的期限，按届满日列在这里。" />
        </div>
      ) : (
        <div className="card calendar">
          {days.map((day) => {
            const to = daysBetween(today, day)
            return (
              <section key={day} aria-label={day} className={to < 0 ? 'past' : to === 0 ? 'today' : ''}>
                <h2>
                  <b>{Number(day.slice(8))}</b> 星期{weekdays[weekdayOf(day)]}
                  <small>{to === 0 ? '今天' : to > 0 ? `${to} 天后` : `${-to} 天前`}</small>
                </h2>
                <ul>
                  {dated
                    .filter((r) => r.due!.day === day)
                    .map((r) => (
                      <li key={r.id}>
                        <span className="what">{r.due!.kind === 'limit' ? r.due!.term : '期满'}</span>
                        <Link to={casePath(r)} data-row>
                          {r.title || '（未命名）'}
                        </Link>
                        {r.mine && <span className="chip blue">轮到我</span>}
                        <div className="grow" />
                        <StateChip state={r.state} term={r.stateTerm} />
                        <DueChip due={r.due!} today={today} />
                      </li>
                    ))}
                </ul>
              </section>
            )
          })}
        </div>
      )}
    </>
  )
}
