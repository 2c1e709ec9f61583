import type { PublicNotice } from '#contract'
import { useQuery } from '@tanstack/react-query'
import { Link, useSearchParams } from 'react-router'
import { get } from '../api.ts'
import { Trouble } from '../ui/Trouble.tsx'
import { Page, Waiting } from './parts.tsx'
import { noticeLeft } from './words.ts'

export const Notices = () => {
  const [params] = useSearchParams()
  const division = params.get('division') ?? ''
  const notices = useQuery({
    queryKey: ['public', 'notices'],
    queryFn: ({ signal }) => get<PublicNotice[]>('/public/notices', undefined, signal),
  })
  const all = notices.data?.filter((n) => n.open) ?? []
  const places = [...new Map(all.map((n) => [n.division, n.divisionName]))]
  const shown = all.filter((n) => !division || n.division === division)
  return (
    <Page
      title="登记公示"
      lead="登记机构完成形式审核后，登记信息在这里向社会公示。公示期内有异议的，可以实名提出；公示期满，公示内容不再展示。"
      tools={<Link to="/consultations">公开征求意见</Link>}
    >
      {notices.isError && <Trouble error={notices.error} again={() => void notices.refetch()} />}
      {notices.isPending && <Waiting />}
      {places.length > 1 && (
        <nav className="p-tabs" aria-label="按地区筛选">
          <Link to="/notices" aria-current={division === '' ? 'true' : undefined}>
            全部 <span>{all.length}</span>
          </Link>
          {places.map(([code, name]) => (
            <Link key={code} to={`/notices?division=${code}`} aria-current={code === division ? 'true' : undefined}>
              {name} <span>{all.filter((n) => n.division === code).length}</span>
            </Link>
          ))}
        </nav>
      )}
      {notices.data && shown.length === 0 && (
        <div className="p-empty">
          <h2>{division ? '这个地区现在没有公示中的登记' : '现在没有公示中的登记'}</h2>
          <ul>
            {division && (
              <li>
                <Link to="/notices">看全部地区</Link>
              </li>
            )}
            <li>
              已经赋码的登记，请<Link to="/">查询登记簿</Link>
            </li>
            <li>
              注销、撤销登记，见<Link to="/announcements">公告</Link>
            </li>
          </ul>
        </div>
      )}
      <ol className="p-notices">
        {shown.map((n) => (
          <li key={n.id}>
            <div className="p-noticehead">
              <h2 className="grow">
                <Link to={`/notices/${n.id}`}>{n.name}</Link>
              </h2>
              <NoticeChip notice={n} />
            </div>
            <NoticeFields notice={n} />
            <p className="p-noticefoot">
              <Link to={`/notices/${n.id}`}>查看公示、提出异议</Link>
            </p>
          </li>
        ))}
      </ol>
    </Page>
  )
}

export const NoticeChip = ({ notice: n }: { notice: PublicNotice }) => (
  <span className={`chip ${n.left <= 2 ? 'warn' : 'blue'}`}>{n.open ? noticeLeft(n.left) : '公示期已满'}</span>
)

/** The four published items of the law, then registrar, dates, contact and channel; nothing else of the application. */
export const NoticeFields = ({ notice: n }: { notice: PublicNotice }) => (
  <dl className="p-fields">
    <div>
      <dt>登记主体名称</dt>
      <dd>{n.holder}</dd>
    </div>
    <div>
      <dt>登记类型</dt>
      <dd>{n.kind}</dd>
    </div>
    <div className="wide">
      <dt>登记数据名称</dt>
      <dd>{n.name}</dd>
    </div>
    <div className="wide">
      <dt>数据内容简介</dt>
      <dd className="p-lines">{n.summary}</dd>
    </div>
    <div>
      <dt>登记机构</dt>
      <dd>{n.registrar}</dd>
    </div>
    <div>
      <dt>公示期</dt>
      <dd>
        {n.from} 至 {n.to}
      </dd>
    </div>
    <div>
      <dt>联系方式</dt>
      <dd>{n.contact || <span className="muted">登记机构尚未公布</span>}</dd>
    </div>
    <div>
      <dt>异议渠道</dt>
      <dd>在本平台的公示页面实名提出</dd>
    </div>
  </dl>
)
