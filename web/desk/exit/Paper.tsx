import './exit.css'
import type { CaseView } from '#contract'
import { Button, Skeleton } from 'antd'
import type { ReactNode } from 'react'
import { Link, useParams } from 'react-router'
import { useClock, useMe } from '../../api.ts'
import { Trouble } from '../../ui/Trouble.tsx'
import { useTitle } from '../../ui/title.ts'
import { useCase } from '../queries.ts'

/** A document on A4 made from a case, with the button that prints it. */
export const Paper = ({
  collection,
  title,
  children,
}: {
  collection: string
  title: (view: CaseView) => string
  children: (view: CaseView) => ReactNode
}) => {
  const { id = '' } = useParams()
  const { data: view, error, refetch } = useCase(collection, id)
  const clock = useClock()
  const me = useMe()
  useTitle(view ? title(view) : '')
  if (error) return <Trouble error={error} again={() => void refetch()} />
  if (!view) return <Skeleton active title={false} />
  return (
    <div className="dossier-page">
      <div className="dossier-bar">
        <Link to={`/desk/${collection}/${id}`}>返回</Link>
        <div className="grow" />
        <Button type="primary" onClick={() => print()}>
          打印
        </Button>
      </div>
      <article className="dossier">
        {clock?.simulated && <p className="demo-mark">演示库，不具效力</p>}
        {children(view)}
        <p className="muted">
          {me?.name} 于 {clock?.day} 自公数登记系统打印。事项编号 <code>{view.id}</code>，办理经过以登记日志为准。
        </p>
      </article>
    </div>
  )
}

/** Room for the seals of those who answer for a document. */
export const Seals = ({ of }: { of: readonly string[] }) => (
  <footer className={of.length > 1 ? 'seal-area two' : 'seal-area'}>
    {of.map((name) => (
      <div key={name}>
        <p>{name}</p>
        <p>（盖章）</p>
        <p className="seal-day">
          <span>年</span>
          <span>月</span>
          <span>日</span>
        </p>
      </div>
    ))}
  </footer>
)
export const seatName = (view: CaseView, seat: string): string => view.seats.find((s) => s.seat === seat)?.name ?? ''
