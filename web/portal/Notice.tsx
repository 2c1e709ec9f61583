import type { PublicNotice } from '#contract'
import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { Suspense, lazy } from 'react'
import { Link, useParams, useSearchParams } from 'react-router'
import { get, problemOf } from '../api.ts'
import { Trouble } from '../ui/Trouble.tsx'
import { NoticeChip, NoticeFields } from './Notices.tsx'
import { Nothing, Titled, Waiting } from './parts.tsx'
import { longDay } from './words.ts'

// the form renderer is large, and most readers only read
const Objection = lazy(async () => ({ default: (await import('./Objection.tsx')).Objection }))

export const Notice = () => {
  const { id = '' } = useParams()
  const [params, setParams] = useSearchParams()
  const notice = useQuery({
    queryKey: ['public', 'notice', id],
    queryFn: ({ signal }) => get<PublicNotice>(`/public/notices/${encodeURIComponent(id)}`, undefined, signal),
  })
  const objecting = params.has('objection')

  if ((notice.isError && problemOf(notice.error).status === 404) || notice.data?.open === false)
    return (
      <Nothing title="这份公示已经结束，或者不存在" says="公示期满后，公示内容不再对外展示。">
        <ul>
          <li>
            看<Link to="/notices">正在公示的登记</Link>
          </li>
          <li>
            公示期满无异议的，赋码后可以在<Link to="/">登记簿</Link>查到
          </li>
        </ul>
      </Nothing>
    )
  if (notice.isError || !notice.data)
    return (
      <div className="p-wrap p-page">
        {notice.isError ? <Trouble error={notice.error} again={() => void notice.refetch()} /> : <Waiting rows={8} />}
      </div>
    )
  const n = notice.data
  return (
    <article className="p-wrap p-page p-notice">
      <Titled title={`${n.name}登记公示`} />
      <div className="p-crumbs">
        <Link to="/notices">登记公示</Link> / {n.divisionName}
      </div>
      <header className="p-rhead">
        <div className="grow">
          <h1>公共数据资源登记公示</h1>
          <p className="p-lead">
            根据{n.basis}，现将下列登记信息向社会公示。公示期自{longDay(n.from)}至{longDay(n.to)}。
          </p>
        </div>
        <NoticeChip notice={n} />
      </header>
      <div className="p-two">
        <div className="p-main">
          <section className="p-sheet p-noticesheet">
            <NoticeFields notice={n} />
          </section>
          {objecting && (
            <Suspense fallback={<Waiting rows={4} />}>
              <Objection notice={n} close={() => setParams({}, { replace: true, preventScrollReset: true })} />
            </Suspense>
          )}
        </div>
        <aside className="p-side p-screen" aria-label="提出异议">
          <section className="p-object">
            <h2>对公示有异议</h2>
            <ul className="p-points">
              <li>相关当事人可以在 {n.to} 当天结束前提出</li>
              <li>须实名：身份尚未核验的，先完成实名核验</li>
              <li>写明与公示事项的关系、异议事项与理由，并附真实、必要、充分的证据材料</li>
              <li>异议成立的，终止登记；不成立的，继续登记。办理结果会通知异议人</li>
            </ul>
            {!objecting && (
              <Button type="primary" block onClick={() => setParams({ objection: '1' }, { preventScrollReset: true })}>
                提出异议
              </Button>
            )}
          </section>
          <Button block onClick={() => window.print()}>
            打印公示
          </Button>
        </aside>
      </div>
      <div className="p-printfoot">
        <div>
          <p>异议渠道：{`${location.origin}/notices/${n.id}`}</p>
          <p>须在公示期内实名提出，并提供证据材料。</p>
        </div>
        <div className="p-stampbox">
          <span>{n.registrar}</span>
          <span>（盖章）</span>
          <span>{longDay(n.from)}</span>
        </div>
      </div>
    </article>
  )
}
