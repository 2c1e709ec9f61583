import type { DraftPartView, PublicConsultation } from '#contract'
import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { Suspense, lazy } from 'react'
import { Link, useParams, useSearchParams } from 'react-router'
import { get, problemOf } from '../api.ts'
import { Trouble } from '../ui/Trouble.tsx'
import { ConsultationChip } from './Consultations.tsx'
import { Nothing, Titled, Waiting } from './parts.tsx'
import { longDay } from './words.ts'
import './consultation.css'

// the form renderer is large, and most readers only read
const Ask = lazy(async () => ({ default: (await import('./Ask.tsx')).Ask }))

const decisions: Readonly<Record<string, readonly [term: string, tone: string]>> = {
  adopted: ['采纳', 'ok'],
  partly: ['部分采纳', 'blue'],
  notAdopted: ['不予采纳', ''],
}
const numeral = '一二三四五六七八九十'
const chinese = (n: number): string =>
  `${n >= 20 ? numeral[Math.floor(n / 10) - 1]! : ''}${n >= 10 ? '十' : ''}${n % 10 > 0 ? numeral[(n % 10) - 1]! : ''}`

/** A draft as anybody reads it and speaks of it; afterwards, what came of it. */
export const Consultation = () => {
  const { id = '' } = useParams()
  const [params, setParams] = useSearchParams()
  const found = useQuery({
    queryKey: ['public', 'consultation', id],
    queryFn: ({ signal }) =>
      get<PublicConsultation>(`/public/consultations/${encodeURIComponent(id)}`, undefined, signal),
  })
  if (found.isError && [404, 422].includes(problemOf(found.error).status))
    return (
      <Nothing title="没有这份征求意见稿" says="网址可能有误，或征求意见已经停止。">
        <ul>
          <li>
            看<Link to="/consultations">正在征求意见的文件</Link>
          </li>
        </ul>
      </Nothing>
    )
  if (found.isError || !found.data?.detail)
    return (
      <div className="p-wrap p-page">
        {found.isError ? <Trouble error={found.error} again={() => void found.refetch()} /> : <Waiting rows={8} />}
      </div>
    )
  const c = found.data
  const d = found.data.detail
  const speaking = params.has('comment')
  return (
    <article className="p-wrap p-page">
      <Titled title={`${c.title}征求意见`} />
      <div className="p-crumbs">
        <Link to="/consultations">公开征求意见</Link> / {c.divisionName}
      </div>
      <header className="p-rhead">
        <div className="grow">
          <h1>{c.title}</h1>
          <p className="p-lead">
            {c.author}起草了《{c.title}》，{c.open ? '现向社会公开征求意见，时间' : ''}自{longDay(c.from)}至
            {longDay(c.to)}
            {c.open ? '' : '公开征求意见'}。
          </p>
        </div>
        <ConsultationChip c={c} />
      </header>
      <div className="p-two">
        <div className="p-main">
          {c.results && <Results r={c.results} />}
          {speaking && c.open && (
            <Suspense fallback={<Waiting rows={4} />}>
              <Ask
                term="提出意见"
                collection="comments"
                about={c.id}
                here={`/consultations/${c.id}?comment=1`}
                signIn="意见须实名提出。请先登录，登录后会回到这里继续填写。"
                lead={`${c.to} 当天结束前可以提出。姓名和联系方式不公开。`}
                said={{
                  title: '意见已经提出',
                  says: `${c.author}已经收到您的意见，处理结果会通知您，并随采纳情况公布。`,
                }}
                close={() => setParams({}, { replace: true, preventScrollReset: true })}
              />
            </Suspense>
          )}
          <section className="p-sheet" aria-labelledby="why">
            <h2 id="why">起草说明</h2>
            <div className="p-pad">
              <p className="p-lines">{d.explanation}</p>
            </div>
          </section>
          <section className="p-sheet p-draft" aria-labelledby="draft">
            <h2 id="draft">征求意见稿</h2>
            <div className="p-pad">
              {d.draft.length === 1 && d.draft[0]!.term === c.title ? (
                <p className="p-lines">{d.draft[0]!.text}</p>
              ) : (
                d.draft.map((p, i) => <Part key={i} p={p} no={`${chinese(i + 1)}、`} />)
              )}
            </div>
          </section>
          {d.annexes.items.length > 0 && (
            <section className="p-sheet" aria-labelledby="items">
              <h2 id="items">附件 1 公共数据资源目录（{d.annexes.items.length} 项）</h2>
              <div className="p-tablebox">
                <table className="p-table">
                  <thead>
                    <tr>
                      <th scope="col">序号</th>
                      <th scope="col">目录名称</th>
                      <th scope="col">数源单位</th>
                      <th scope="col">更新频率</th>
                    </tr>
                  </thead>
                  <tbody>
                    {d.annexes.items.map((x, i) => (
                      <tr key={i}>
                        <td>{i + 1}</td>
                        <td>{x.name}</td>
                        <td>{x.unit}</td>
                        <td>{x.frequency}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
            </section>
          )}
          {d.annexes.products.length > 0 && (
            <section className="p-sheet" aria-labelledby="products">
              <h2 id="products">附件 2 拟提供的产品和服务清单（{d.annexes.products.length} 项）</h2>
              <div className="p-tablebox">
                <table className="p-table">
                  <thead>
                    <tr>
                      <th scope="col">序号</th>
                      <th scope="col">名称</th>
                      <th scope="col">类别</th>
                      <th scope="col">服务形式</th>
                      <th scope="col">备注</th>
                    </tr>
                  </thead>
                  <tbody>
                    {d.annexes.products.map((x, i) => (
                      <tr key={i}>
                        <td>{i + 1}</td>
                        <td>{x.name}</td>
                        <td>{x.class}</td>
                        <td>{x.form}</td>
                        <td>{x.charged ? '收费' : ''}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
            </section>
          )}
        </div>
        <aside className="p-side" aria-label="如何提出意见">
          <section className="p-object">
            <h2>{c.open ? '如何提出意见' : '征求意见的渠道'}</h2>
            <ul className="p-points">
              <li>{d.channels.join('、')}</li>
              <li className="p-lines">{d.contact}</li>
              {c.open && (
                <>
                  <li>须实名；姓名和联系方式只用于沟通，不公开</li>
                  <li>每条意见是否采纳、理由是什么，期满后在本页公布</li>
                </>
              )}
            </ul>
            {c.open && d.online && !speaking && (
              <Button
                type="primary"
                block
                className="p-screen"
                onClick={() => setParams({ comment: '1' }, { preventScrollReset: true })}
              >
                网上留言
              </Button>
            )}
            {c.open && !d.online && <p className="sub">本次没有开通网上留言，请按上列渠道提出。</p>}
          </section>
          <p className="muted small">依据 {c.basis}</p>
          <Button block className="p-screen" onClick={() => window.print()}>
            打印征求意见稿
          </Button>
        </aside>
      </div>
    </article>
  )
}

const Part = ({ p, no, deep = false }: { p: DraftPartView; no: string; deep?: boolean }) => (
  <>
    {deep ? (
      <h4>
        {no}
        {p.term}
      </h4>
    ) : (
      <h3>
        {no}
        {p.term}
      </h3>
    )}
    {p.text && <p className="p-lines">{p.text}</p>}
    {p.parts?.map((x, i) => (
      <Part key={i} p={x} no={`（${chinese(i + 1)}）`} deep />
    ))}
  </>
)

const Results = ({ r }: { r: NonNullable<PublicConsultation['results']> }) => (
  <section className="p-sheet" aria-labelledby="results">
    <h2 id="results">意见采纳情况</h2>
    <div className="p-pad">
      <p>
        共收到意见 {r.heard} 条：采纳 {r.adopted} 条，部分采纳 {r.partly} 条，不予采纳 {r.notAdopted} 条。
      </p>
      <p className="p-lines">{r.summary}</p>
    </div>
    {r.points.length > 0 && (
      <div className="p-tablebox">
        <table className="p-table">
          <thead>
            <tr>
              <th scope="col">意见要点</th>
              <th scope="col">渠道</th>
              <th scope="col">处理</th>
              <th scope="col">理由</th>
            </tr>
          </thead>
          <tbody>
            {r.points.map((p, i) => {
              const [term, tone] = decisions[p.decision] ?? [p.decision, '']
              return (
                <tr key={i}>
                  <td>{p.digest}</td>
                  <td>{p.channel}</td>
                  <td>
                    <span className={`chip ${tone}`}>{term}</span>
                  </td>
                  <td>{p.reason}</td>
                </tr>
              )
            })}
          </tbody>
        </table>
      </div>
    )}
  </section>
)
