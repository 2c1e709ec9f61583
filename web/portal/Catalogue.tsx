import type { CatalogueNotice, PublicCatalogue } from '#contract'
import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { Link, useParams } from 'react-router'
import { get, problemOf } from '../api.ts'
import { Trouble } from '../ui/Trouble.tsx'
import { Nothing, Page, Titled, Waiting } from './parts.tsx'
import { longDay, noticeLeft } from './words.ts'

const share = (n: number, of: number): string => (of === 0 ? '—' : `${Math.round((n * 100) / of)}%`)

/** 目录概况: numbers of the catalogue, and the batches of it that are shown to the public. */
export const Catalogue = () => {
  const counts = useQuery({
    queryKey: ['public', 'catalogue'],
    queryFn: ({ signal }) => get<PublicCatalogue>('/public/catalogue', undefined, signal),
  })
  const notices = useQuery({
    queryKey: ['public', 'catalogue', 'notices'],
    queryFn: ({ signal }) => get<CatalogueNotice[]>('/public/catalogue/notices', undefined, signal),
  })
  const t = counts.data?.total
  return (
    <Page
      title="公共数据资源目录"
      lead="各单位编制的公共数据资源目录汇成一本账。这里公布总数；目录分批次公示，公示期内任何人都可以提出意见。"
    >
      {counts.isError && <Trouble error={counts.error} again={() => void counts.refetch()} />}
      {counts.isPending && <Waiting />}
      {counts.data && t && (
        <>
          <ul className="p-counts p-catalogue" aria-label="目录概况">
            <li>
              <b>{t.entries}</b>
              <span>目录项</span>
            </li>
            <li>
              <b>{t.units}</b>
              <span>数源单位</span>
            </li>
            <li>
              <b>{share(t.collected, t.entries)}</b>
              <span>已归集 {t.collected} 项</span>
            </li>
            <li>
              <b>{share(t.watched - t.overdue, t.watched)}</b>
              <span>按期更新，监测 {t.watched} 项</span>
            </li>
            <li>
              <b>{t.published}</b>
              <span>已公布</span>
            </li>
            <li>
              <b>{t.registered}</b>
              <span>已登记</span>
            </li>
          </ul>
          {counts.data.divisions.length > 0 && (
            <>
              <h2 className="p-h2">各地区</h2>
              <div className="p-tablebox">
                <table className="p-table">
                  <caption className="unseen">各地区目录概况</caption>
                  <thead>
                    <tr>
                      <th scope="col">地区</th>
                      <th scope="col">数源单位</th>
                      <th scope="col">目录项</th>
                      <th scope="col">已归集</th>
                      <th scope="col">按期更新</th>
                      <th scope="col">已公布</th>
                      <th scope="col">已登记</th>
                    </tr>
                  </thead>
                  <tbody>
                    {counts.data.divisions.map((d) => (
                      <tr key={d.division}>
                        <th scope="row">{d.name}</th>
                        <td>{d.units}</td>
                        <td>{d.entries}</td>
                        <td>
                          {d.collected}（{share(d.collected, d.entries)}）
                        </td>
                        <td>{share(d.watched - d.overdue, d.watched)}</td>
                        <td>{d.published}</td>
                        <td>{d.registered}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
              <p className="muted">截至 {counts.data.day}。含有国家秘密的目录项不计入、不公布。</p>
            </>
          )}
        </>
      )}
      <h2 className="p-h2">目录公示</h2>
      {notices.isError && <Trouble error={notices.error} again={() => void notices.refetch()} />}
      {notices.data?.length === 0 && <p className="sub">现在没有公示的目录。</p>}
      <ol className="p-notices">
        {notices.data?.map((n) => (
          <li key={n.id}>
            <div className="p-noticehead">
              <h3 className="grow">
                <Link to={`/catalogue/notices/${n.id}`}>
                  {n.divisionName}公共数据资源目录公示（{n.batch}）
                </Link>
              </h3>
              <NoticeState notice={n} />
            </div>
            <p className="sub">
              {n.count} 项 · {n.bureau} · 公示期 {n.from} 至 {n.to}
            </p>
          </li>
        ))}
      </ol>
    </Page>
  )
}

const NoticeState = ({ notice: n }: { notice: CatalogueNotice }) => (
  <span className={`chip ${n.open ? (n.left <= 2 ? 'warn' : 'blue') : ''}`}>
    {n.open ? noticeLeft(n.left) : '公示期已满'}
  </span>
)

/** A batch of the catalogue as anybody may read, print and take it away. */
export const CatalogueNoticePage = () => {
  const { id = '' } = useParams()
  const notice = useQuery({
    queryKey: ['public', 'catalogue', 'notice', id],
    queryFn: ({ signal }) =>
      get<CatalogueNotice>(`/public/catalogue/notices/${encodeURIComponent(id)}`, undefined, signal),
  })
  if (notice.isError && problemOf(notice.error).status === 404)
    return (
      <Nothing title="没有这份公示" says="网址可能有误，或公示已经停止。">
        <ul>
          <li>
            看<Link to="/catalogue">目录概况与公示</Link>
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
  const classed = n.entries.some((e) => e.sharing !== '' || e.opening !== '')
  return (
    <article className="p-wrap p-page p-notice">
      <Titled title={`${n.divisionName}公共数据资源目录公示（${n.batch}）`} />
      <div className="p-crumbs">
        <Link to="/catalogue">公共数据资源目录</Link> / {n.divisionName}
      </div>
      <header className="p-rhead">
        <div className="grow">
          <h1>公共数据资源目录公示（{n.batch}）</h1>
          <p className="p-lead">
            现将{n.divisionName}公共数据资源目录（{n.batch}）{n.count} 项向社会公示。公示期自{longDay(n.from)}至
            {longDay(n.to)}。
          </p>
        </div>
        <NoticeState notice={n} />
      </header>
      <div className="p-two">
        <div className="p-main">
          <section className="p-sheet p-tablebox">
            <table className="p-table">
              <caption className="unseen">公示的目录项</caption>
              <thead>
                <tr>
                  <th scope="col">序号</th>
                  <th scope="col">目录名称</th>
                  <th scope="col">数源单位</th>
                  <th scope="col">归集</th>
                  <th scope="col">更新频率</th>
                  {classed && <th scope="col">共享与开放</th>}
                </tr>
              </thead>
              <tbody>
                {n.entries.map((e, i) => (
                  <tr key={`${e.name} ${i}`}>
                    <td>{i + 1}</td>
                    <th scope="row">{e.name}</th>
                    <td>{e.units.join('、')}</td>
                    <td>{e.collected === null ? '' : e.collected ? '已归集' : '待归集'}</td>
                    <td>{e.frequency}</td>
                    {classed && <td>{[e.sharing, e.opening].filter(Boolean).join('；')}</td>}
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        </div>
        <aside className="p-side" aria-label="公示说明">
          <section className="p-object">
            <h2>如何提出意见</h2>
            <ul className="p-points">
              <li>任何单位和个人可以在 {n.to} 当天结束前提出</li>
              <li>
                联系 {n.bureau}：{n.contact}
              </li>
              <li>公示渠道：{n.channels}</li>
              {n.how !== '' && <li>{n.how}</li>}
              <li>采纳与否都会记录理由</li>
            </ul>
            {n.adopted + n.refused > 0 && (
              <p className="sub">
                已处理意见 {n.adopted + n.refused} 条：采纳 {n.adopted}，不予采纳 {n.refused}。
              </p>
            )}
            <p className="muted small">期间依据 {n.basis}</p>
          </section>
          <div className="p-screen stacked-buttons">
            <Button block href={`/api/public/catalogue/notices/${n.id}/list.xlsx`} download>
              导出 Excel
            </Button>
            <Button block onClick={() => window.print()}>
              打印公示
            </Button>
          </div>
        </aside>
      </div>
      <div className="p-printfoot">
        <div>
          <p>网上查看：{`${location.origin}/catalogue/notices/${n.id}`}</p>
        </div>
        <div className="p-stampbox">
          <span>{n.bureau}</span>
          <span>（盖章）</span>
          <span>{longDay(n.from)}</span>
        </div>
      </div>
    </article>
  )
}
