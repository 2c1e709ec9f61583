import type { Authorization, AuthorizationList } from '#contract'
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import type { ReactNode } from 'react'
import { Link, useParams, useSearchParams } from 'react-router'
import { get, problemOf } from '../api.ts'
import { StateChip } from '../ui/chips.tsx'
import { Trouble } from '../ui/Trouble.tsx'
import { Find, Marked, Nothing, Page, Titled, Waiting } from './parts.tsx'

const some = 8

/** 授权情况: who is authorized for what, until when. */
export const Authorizations = () => {
  const [params] = useSearchParams()
  const q = params.get('q') ?? ''
  const state = params.get('state') ?? ''
  const found = useInfiniteQuery({
    queryKey: ['public', 'authorizations', q, state],
    queryFn: ({ pageParam, signal }) =>
      get<AuthorizationList>('/public/authorizations', { q, state, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  })
  const first = found.data?.pages[0]
  const rows = found.data?.pages.flatMap((p) => p.rows) ?? []
  const href = (s: string): string => {
    const next = new URLSearchParams({ ...(q ? { q } : {}), ...(s ? { state: s } : {}) }).toString()
    return next ? `/authorizations?${next}` : '/authorizations'
  }
  const all = first?.states.reduce((n, s) => n + s.count, 0) ?? 0
  return (
    <Page
      title="授权运营情况"
      lead="公共数据授权给谁运营、授权范围是什么、到什么时候。已签订的授权运营协议都在这里；暂停、终止的也会写明。"
      tools={
        <a href={`/api/public/authorizations.xlsx${q || state ? `?${href(state).split('?')[1]}` : ''}`} download>
          导出 Excel
        </a>
      }
    >
      <Find key={q} path="/authorizations" what="机构、协议、数据或产品的名称" query={q} />
      {first && all > 0 && (
        <nav className="p-tabs" aria-label="按状态筛选">
          <Link to={href('')} aria-current={state === '' ? 'true' : undefined}>
            全部 <span>{all}</span>
          </Link>
          {first.states.map((s) => (
            <Link key={s.value} to={href(s.value)} aria-current={state === s.value ? 'true' : undefined}>
              {s.term} <span>{s.count}</span>
            </Link>
          ))}
        </nav>
      )}
      {found.isError && !found.data && <Trouble error={found.error} again={() => void found.refetch()} />}
      {found.isPending && <Waiting />}
      {first && rows.length === 0 && (
        <div className="p-empty">
          <h2>{q || state ? '没有符合条件的授权' : '还没有已签订的授权运营协议'}</h2>
          {(q || state) && (
            <ul>
              <li>
                <Link to="/authorizations">看全部授权</Link>
              </li>
            </ul>
          )}
        </div>
      )}
      <ol className={found.isPlaceholderData ? 'p-hits stale' : 'p-hits'}>
        {rows.map((a) => (
          <Hit key={a.id} authorization={a} query={q} />
        ))}
      </ol>
      {found.hasNextPage && (
        <div className="p-more">
          <Button onClick={() => void found.fetchNextPage()} loading={found.isFetchingNextPage}>
            加载更多
          </Button>
        </div>
      )}
    </Page>
  )
}

const names = (all: readonly string[]): string =>
  `${all.slice(0, some).join('、')}${all.length > some ? ` 等 ${all.length} 项` : ''}`

const Hit = ({ authorization: a, query }: { authorization: Authorization; query: string }) => (
  <li className="p-hit">
    <div className="grow">
      <h2>
        <Link to={`/authorizations/${a.id}`}>
          <Marked text={a.operator} query={query} />
        </Link>
        <StateChip state={a.state} term={a.stateTerm} />
        {a.transitional && <span className="chip">存量，过渡中</span>}
      </h2>
      <p className="sub">
        由 <Marked text={a.implementer} query={query} /> 授权 · {a.divisionName} · {a.from} 至 {a.to}
      </p>
      <p className="p-summary">
        <Marked text={a.title} query={query} />
        {a.number && <span className="muted">（{a.number}）</span>}
      </p>
      <p className="muted small p-hitfoot">
        <span>范围 {a.scope} 个目录项</span>
        {a.products.length > 0 && <span>产品和服务：{names(a.products)}</span>}
      </p>
    </div>
  </li>
)

/** One authorization as anyone may read it. */
export const AuthorizationPage = () => {
  const { id = '' } = useParams()
  const found = useQuery({
    queryKey: ['public', 'authorization', id],
    queryFn: ({ signal }) => get<Authorization>(`/public/authorizations/${encodeURIComponent(id)}`, undefined, signal),
  })
  if (found.isError)
    return [404, 422].includes(problemOf(found.error).status) ? (
      <Nothing title="没有这一授权" says="协议可能还没有签订，或者网址有误。">
        <ul>
          <li>
            <Link to="/authorizations">看全部授权</Link>
          </li>
        </ul>
      </Nothing>
    ) : (
      <div className="p-wrap p-page">
        <Trouble error={found.error} again={() => void found.refetch()} />
      </div>
    )
  const a = found.data
  if (!a)
    return (
      <div className="p-wrap p-page">
        <Waiting rows={8} />
      </div>
    )
  const hidden = a.scope - a.items.length
  return (
    <article className="p-wrap p-page p-record">
      <Titled title={a.title} />
      <div className="p-crumbs">
        <Link to="/authorizations">授权运营情况</Link>
      </div>
      <header className="p-rhead">
        <div className="grow">
          <h1>{a.title}</h1>
          <div className="line">
            <StateChip state={a.state} term={a.stateTerm} />
            <span className="chip">{a.kindTerm}</span>
            {a.transitional && <span className="chip">施行前签订，逐步完善中</span>}
          </div>
          {a.state === 'suspended' && <p className="p-summary">授权运营已经暂停，恢复之前不得据此开展新的运营活动。</p>}
          {['handover', 'exited'].includes(a.state) && <p className="p-summary">授权运营已经终止。</p>}
        </div>
      </header>
      <div className="p-two">
        <div className="p-main">
          <section className="p-sheet">
            <h2>授权范围</h2>
            <div className="p-pad">
              {a.items.length === 0 && <p className="sub">共 {a.scope} 个目录项，目录尚未向社会公布。</p>}
              {a.items.length > 0 && (
                <ul className="p-points">
                  {a.items.map((i) => (
                    <li key={i.id}>
                      <Link to={`/items/${i.id}`}>{i.name}</Link>{' '}
                      <span className="muted small">{i.units.join('、')}</span>
                    </li>
                  ))}
                </ul>
              )}
              {a.items.length > 0 && hidden > 0 && <p className="sub small">另有 {hidden} 个目录项尚未向社会公布。</p>}
            </div>
          </section>
          <section className="p-sheet">
            <h2>拟提供的产品和服务</h2>
            <div className="p-pad">
              {a.products.length === 0 ? (
                <p className="sub">没有列明。</p>
              ) : (
                <ul className="p-points">
                  {a.products.map((p) => (
                    <li key={p}>{p}</li>
                  ))}
                </ul>
              )}
            </div>
          </section>
        </div>
        <aside className="p-side" aria-label="授权概况">
          <section className="p-sheet p-glance">
            <dl>
              <Row term="运营机构">{a.operator}</Row>
              <Row term="实施机构">{a.implementer}</Row>
              <Row term="授权期限">
                {a.from} 至 {a.to}
              </Row>
              <Row term="地区">{a.divisionName}</Row>
              <Row term="协议编号">{a.number || '未编号'}</Row>
              <Row term="签订日期">{a.signed}</Row>
            </dl>
          </section>
        </aside>
      </div>
    </article>
  )
}

const Row = ({ term, children }: { term: string; children: ReactNode }) => (
  <div>
    <dt>{term}</dt>
    <dd>{children}</dd>
  </div>
)
