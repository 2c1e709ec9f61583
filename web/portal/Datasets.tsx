import type { DatasetSummary, OpenDatasetList } from '#contract'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { Link, useSearchParams } from 'react-router'
import { get } from '../api.ts'
import { sizeWords } from '../ui/files.tsx'
import { Trouble } from '../ui/Trouble.tsx'
import { Find, Marked, Page, Waiting } from './parts.tsx'

const many = (n: number): string => n.toLocaleString('zh-CN')

/** 开放数据: everything that is open, with the domains that are opened first at the head. */
export const Datasets = () => {
  const [params] = useSearchParams()
  const query = params.get('q') ?? ''
  const filters = { q: query, theme: params.get('theme') ?? '', class: params.get('class') ?? '' }
  const found = useInfiniteQuery({
    queryKey: ['public', 'datasets', filters],
    queryFn: ({ pageParam, signal }) =>
      get<OpenDatasetList>('/public/datasets', { ...filters, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  })
  const first = found.data?.pages[0]
  const rows = found.data?.pages.flatMap((p) => p.rows) ?? []
  const href = (key: string, value: string | undefined): string => {
    const next = new URLSearchParams(params)
    if (value === undefined) next.delete(key)
    else next.set(key, value)
    const text = next.toString()
    return text ? `/datasets?${text}` : '/datasets'
  }
  return (
    <Page
      title="开放数据"
      lead="公共管理和服务机构依法开放的数据。无条件开放的直接下载或用接口读取，不需要登录；有条件开放的，说明用途并签订承诺书后使用。"
      tools={
        <>
          <Link to="/opening-progress">开放进度</Link>
          <Link to="/demands">没有找到？提出需求</Link>
        </>
      }
    >
      <Find key={query} path="/datasets" what="数据名称或内容" query={query} />
      {found.isError && !found.data && <Trouble error={found.error} again={() => void found.refetch()} />}
      {found.isPending && <Waiting rows={8} />}
      {first && (
        <div className="p-search">
          <p className="sub p-found" aria-live="polite">
            {query && `查询“${query}”，`}共 {many(first.total)} 项
          </p>
          <aside className="p-facets open" aria-label="筛选">
            <div>
              <h2>开放类别</h2>
              <ul>
                {first.classes.map((c) => (
                  <Choice key={c.value} option={c} on={filters.class === c.value} href={(v) => href('class', v)} />
                ))}
              </ul>
            </div>
            <div>
              <h2>主题领域</h2>
              <ul>
                {first.themes.map((t) => (
                  <Choice
                    key={t.value}
                    option={t}
                    on={filters.theme === t.value}
                    href={(v) => href('theme', v)}
                    first={t.priority}
                  />
                ))}
              </ul>
            </div>
          </aside>
          <section className="p-results" aria-label="开放数据">
            {rows.length === 0 ? (
              <div className="p-empty">
                <h2>{query || filters.theme || filters.class ? '没有符合条件的开放数据' : '还没有开放的数据'}</h2>
                <ul>
                  {(query || filters.theme || filters.class) && (
                    <li>
                      <Link to="/datasets">看全部开放数据</Link>
                    </li>
                  )}
                  <li>
                    需要的数据还没有开放，可以<Link to="/demands">提出需求</Link>
                  </li>
                </ul>
              </div>
            ) : (
              <ol className={found.isPlaceholderData ? 'p-hits stale' : 'p-hits'}>
                {rows.map((d) => (
                  <Hit key={d.id} dataset={d} query={query} />
                ))}
              </ol>
            )}
            {found.hasNextPage && (
              <div className="p-more">
                <Button onClick={() => void found.fetchNextPage()} loading={found.isFetchingNextPage}>
                  加载更多
                </Button>
              </div>
            )}
          </section>
        </div>
      )}
    </Page>
  )
}

const Choice = ({
  option: o,
  on,
  href,
  first,
}: {
  option: { readonly value: string; readonly term: string; readonly count: number }
  on: boolean
  href: (value: string | undefined) => string
  first?: boolean
}) => (
  <li>
    <Link
      to={href(on ? undefined : o.value)}
      preventScrollReset
      className={on ? 'on' : ''}
      aria-current={on ? 'true' : undefined}
    >
      <span>
        {o.term}
        {first && <span className="p-prior">优先开放</span>}
      </span>
      <span className="muted">{many(o.count)}</span>
    </Link>
  </li>
)

const Hit = ({ dataset: d, query }: { dataset: DatasetSummary; query: string }) => (
  <li className="p-hit">
    <div className="grow">
      <h2>
        <Link to={`/datasets/${d.id}`}>
          <Marked text={d.name} query={query} />
        </Link>
        <span className={`chip ${d.class === 'unconditional' ? 'ok' : 'blue'}`}>{d.classTerm}</span>
      </h2>
      <p className="sub">
        {[d.units.join('、'), d.divisionName, d.themeTerm].filter(Boolean).join(' · ')}
        {d.priority && <span className="p-prior">优先开放</span>}
      </p>
      <p className="p-summary">
        <Marked text={d.summary} query={query} />
      </p>
      <p className="muted small p-hitfoot">
        <span>
          {many(d.rows)} 行 × {d.columns} 列
        </span>
        <span>{sizeWords(d.size)}</span>
        {d.frequency && <span>{d.frequency}更新</span>}
        <span>数据截至 {d.dataDay}</span>
        <span>
          浏览 {many(d.uses.view)} · 下载 {many(d.uses.download)} · 接口 {many(d.uses.api)}
        </span>
      </p>
    </div>
  </li>
)
