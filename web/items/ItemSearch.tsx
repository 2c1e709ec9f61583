import './items.css'
import type { ItemFacet, ItemList } from '#contract'
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Button, Skeleton } from 'antd'
import type { FormEvent } from 'react'
import { useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { get } from '../api.ts'
import { Trouble } from '../ui/Trouble.tsx'
import { asked, cleared, facetKeys, toggled } from './chosen.ts'
import { ItemHit } from './ItemHit.tsx'

/** The search of the public catalogue: box, facets and hits. `itemPath` is where an item's own page is. */
export const ItemSearch = ({ itemPath }: { itemPath: (id: string) => string }) => {
  const [params, setParams] = useSearchParams()
  const [narrow, setNarrow] = useState(false)
  const query = params.get('q')?.trim() ?? ''
  const sort = params.get('sort') === 'time' || query === '' ? 'time' : 'relevance'
  const key = asked(params, {})
  const found = useInfiniteQuery({
    queryKey: ['public', 'items', key],
    queryFn: ({ pageParam, signal }) =>
      get<ItemList>(`/public/items?${asked(params, { cursor: pageParam })}`, undefined, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  })
  const first = found.data?.pages[0]
  const rows = found.data?.pages.flatMap((p) => p.rows) ?? []
  const chosen = (first?.facets ?? []).flatMap((f) =>
    f.options.flatMap((o) => (o.chosen ? [{ key: f.key, value: o.value, term: `${f.term}：${o.term}` }] : [])),
  )
  const to = (next: URLSearchParams): string => `?${next.toString()}`
  const sorted = (by: 'relevance' | 'time'): string => {
    const next = new URLSearchParams(params)
    if (by === 'time') next.set('sort', by)
    else next.delete('sort')
    return to(next)
  }

  return (
    <div className="it-page">
      <Box
        key={query}
        query={query}
        search={(text) => {
          const next = new URLSearchParams(params)
          if (text) next.set('q', text)
          else next.delete('q')
          setParams(next, { preventScrollReset: true })
        }}
      />
      {found.isError && !found.data ? (
        <Trouble error={found.error} again={() => void found.refetch()} />
      ) : !first ? (
        <div aria-busy="true">
          <span className="unseen">正在读取…</span>
          <Skeleton active={false} title={false} paragraph={{ rows: 10 }} />
        </div>
      ) : (
        <div className="it-found">
          <div className="it-head">
            <p className="sub grow" aria-live="polite">
              {query && <>查询“{query}”，</>}
              {first.similar && rows.length > 0 ? '没有完全相符的，下面是相近的 ' : '共 '}
              <b>{first.total.toLocaleString('zh-CN')}</b>
              {first.more && '+'} 条
            </p>
            <button className="it-narrow" aria-expanded={narrow} onClick={() => setNarrow(!narrow)}>
              {narrow ? '收起筛选' : '筛选'}
            </button>
            {query && (
              <nav className="it-sort" aria-label="排序">
                <Link
                  to={sorted('relevance')}
                  aria-current={sort === 'relevance' ? 'true' : undefined}
                  preventScrollReset
                >
                  按相关度
                </Link>
                <Link to={sorted('time')} aria-current={sort === 'time' ? 'true' : undefined} preventScrollReset>
                  按更新时间
                </Link>
              </nav>
            )}
            {chosen.length > 0 && (
              <div className="it-chosen">
                {chosen.map((c) => (
                  <Link
                    key={c.key + c.value}
                    className="chip blue"
                    to={to(toggled(params, c.key, c.value))}
                    preventScrollReset
                    aria-label={`去掉筛选：${c.term}`}
                  >
                    {c.term} ×
                  </Link>
                ))}
                <Link to={to(cleared(params))} preventScrollReset>
                  全部去掉
                </Link>
              </div>
            )}
          </div>
          <aside className={`it-facets${narrow ? ' open' : ''}`} aria-label="筛选">
            {first.facets.map((f) => (
              <Facet key={f.key} facet={f} params={params} to={to} />
            ))}
          </aside>
          <section aria-label="查询结果">
            {rows.length === 0 ? (
              <NoHit query={query} filtered={facetKeys.some((k) => params.has(k))} all={to(cleared(params))} />
            ) : (
              <ol className={found.isPlaceholderData ? 'it-hits stale' : 'it-hits'}>
                {rows.map((r) => (
                  <ItemHit key={r.id} item={r} to={itemPath(r.id)} />
                ))}
              </ol>
            )}
            {found.hasNextPage && (
              <div className="it-more">
                <Button onClick={() => void found.fetchNextPage()} loading={found.isFetchingNextPage}>
                  加载更多
                </Button>
                <span className="muted small">
                  已显示 {rows.length} / {first.total.toLocaleString('zh-CN')}
                  {first.more && '+'}
                </span>
              </div>
            )}
            {found.isFetchNextPageError && <Trouble error={found.error} again={() => void found.fetchNextPage()} />}
          </section>
        </div>
      )}
    </div>
  )
}

const Box = ({ query, search }: { query: string; search: (text: string) => void }) => {
  const [text, setText] = useState(query)
  const find = (e: FormEvent): void => {
    e.preventDefault()
    search(text.trim())
  }
  return (
    <form className="it-box" role="search" onSubmit={find}>
      <div>
        <input
          type="search"
          aria-label="目录名称、单位或信息项"
          aria-describedby="it-hint"
          placeholder="目录名称、单位或信息项"
          value={text}
          onChange={(e) => setText(e.target.value)}
          maxLength={100}
          enterKeyHint="search"
          autoComplete="off"
          spellCheck={false}
        />
        <button type="submit">查询</button>
      </div>
      <p id="it-hint" className="muted">
        可用单位简称（卫健委）、拼音全拼或首字母（huji、hjxx）、繁体字；几个词用空格隔开
      </p>
    </form>
  )
}

const most = 6

const Facet = ({
  facet,
  params,
  to,
}: {
  facet: ItemFacet
  params: URLSearchParams
  to: (next: URLSearchParams) => string
}) => {
  const [all, setAll] = useState(false)
  const key = asked(params, { all: facet.key, limit: '1' })
  const whole = useQuery({
    queryKey: ['public', 'items', 'facet', key],
    queryFn: ({ signal }) => get<ItemList>(`/public/items?${key}`, undefined, signal),
    enabled: all && facet.others > 0,
  })
  const options = (all && whole.data?.facets.find((f) => f.key === facet.key)?.options) || facet.options
  // a facet that cannot tell one entry from another is no help
  if (facet.options.length < 2 && !facet.options.some((o) => o.chosen)) return null
  const shown = all ? options : options.slice(0, most)
  const hidden = facet.options.length + facet.others - most
  return (
    <div>
      <h2>{facet.term}</h2>
      <ul>
        {shown.map((o) => (
          <li key={o.value}>
            <Link
              to={to(toggled(params, facet.key, o.value))}
              preventScrollReset
              className={o.chosen ? 'on' : ''}
              aria-current={o.chosen ? 'true' : undefined}
            >
              <span>{o.term}</span>
              <span className="muted">
                {o.count.toLocaleString('zh-CN')}
                {facet.atLeast && '+'}
              </span>
            </Link>
          </li>
        ))}
      </ul>
      {hidden > 0 && (
        <button className="it-plain" onClick={() => setAll(!all)} aria-expanded={all}>
          {all ? '收起' : `还有 ${hidden.toLocaleString('zh-CN')} 项`}
        </button>
      )}
    </div>
  )
}

const NoHit = ({ query, filtered, all }: { query: string; filtered: boolean; all: string }) => (
  <div className="it-none">
    <h2>
      {query ? `没有找到与“${query}”相符的目录项` : filtered ? '没有符合筛选条件的目录项' : '公开目录里还没有目录项'}
    </h2>
    <ul>
      {filtered && (
        <li>
          <Link to={all}>去掉筛选条件</Link>，在全部目录中查找
        </li>
      )}
      {query && <li>换成更短的词，例如只写数据名称中的两三个字，或单位的简称</li>}
      <li>尚未公布、涉及国家秘密或核心数据、重要数据的目录项不在公开目录内</li>
    </ul>
  </div>
)
