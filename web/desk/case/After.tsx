import { Button } from 'antd'
import { useEffect, useRef } from 'react'
import { Link } from 'react-router'
import { useClock } from '../../api.ts'
import { DueChip } from '../../ui/chips.tsx'
import { casePath } from '../places.ts'
import { useTasks } from '../queries.ts'

/** After an act: what it did, and the next thing on the desk, one key away. */
export const After = ({
  done,
  from,
  close,
}: {
  done: { readonly term: string; readonly toTerm: string }
  from: string
  close: () => void
}) => {
  const tasks = useTasks()
  const today = useClock()?.day
  const again = tasks.data?.rows.find((r) => r.id === from)
  const next = tasks.data?.rows.find((r) => r.id !== from)
  const link = useRef<HTMLAnchorElement>(null)
  const ready = next?.id
  useEffect(() => {
    link.current?.focus({ preventScroll: true })
  }, [ready])
  return (
    <div className="after" role="status">
      <span>
        已办理“{done.term}”，现状态：{done.toTerm}。
        {again && `下一步“${again.due?.kind === 'limit' ? again.due.term : again.stateTerm}”仍由您办理。`}
      </span>
      <div className="grow" />
      {next && (
        <>
          <span className="sub">下一件：</span>
          <Link ref={link} to={casePath(next)}>
            {next.title}
          </Link>
          {next.due && <DueChip due={next.due} today={today} />}
        </>
      )}
      {tasks.data && !next && !again && <span className="sub">待办已全部办完。</span>}
      <Button size="small" type="text" onClick={close}>
        关闭
      </Button>
    </div>
  )
}
