import type { NoticeView } from '#contract'
import { useMutation } from '@tanstack/react-query'
import { Button, Skeleton } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { queries, send, useClock } from '../api.ts'
import { Empty } from '../ui/Empty.tsx'
import { Trouble } from '../ui/Trouble.tsx'
import { clockOf, shortDay } from '../ui/day.ts'
import { useRowKeys } from '../ui/keys.ts'
import { useTitle } from '../ui/title.ts'
import { casePath } from './places.ts'
import { useNotices } from './queries.ts'

export const Notices = () => {
  useTitle('通知')
  useRowKeys()
  const today = useClock()?.day
  const { data, error, refetch } = useNotices()
  const [only, setOnly] = useState(false)
  const seen = useMutation({
    mutationFn: (upTo: number) => send('POST', '/notices/seen', { upTo }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['notices'] }),
  })
  if (error) return <Trouble error={error} again={() => void refetch()} />
  if (!data) return <Skeleton active title={false} />
  const unread = data.filter((n) => !n.seen)
  const shown = only ? unread : data
  const newest = Math.max(0, ...data.map((n) => n.id))
  return (
    <>
      <header className="page-head">
        <h1>通知</h1>
        <span className="muted">{unread.length > 0 ? `${unread.length} 条未读` : '没有未读'}</span>
        <div className="grow" />
        <Button onClick={() => setOnly(!only)}>{only ? '显示全部' : '只看未读'}</Button>
        <Button disabled={unread.length === 0} loading={seen.isPending} onClick={() => seen.mutate(newest)}>
          全部标为已读
        </Button>
      </header>
      {seen.isError && <Trouble error={seen.error} again={() => seen.mutate(newest)} />}
      {shown.length === 0 ? (
        <div className="card">
          <Empty
            title={only ? '没有未读通知' : '还没有通知'}
            says="与您有关的受理、补正、公示、异议、期限提醒和登记结果会送到这里。"
          />
        </div>
      ) : (
        <ul className="card notices">
          {shown.map((n) => (
            <Notice key={n.id} notice={n} today={today} />
          ))}
        </ul>
      )}
    </>
  )
}

const Notice = ({ notice: n, today }: { notice: NoticeView; today: string | undefined }) => (
  <li className={n.seen ? 'seen' : ''}>
    <time dateTime={n.at} className="muted">
      {n.day === today ? '今天' : shortDay(n.day, today)} {clockOf(n.at)}
    </time>
    <Link to={casePath({ process: n.process, id: n.stream })} data-row>
      {!n.seen && <span className="unseen">未读：</span>}
      {n.title || '（未命名）'}
    </Link>
    <span className="sub">{n.term}</span>
    {n.urgent && <span className="chip warn">要紧</span>}
  </li>
)
