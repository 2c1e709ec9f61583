import type { Overview, PublicRecord, PublicRecordList, Verification } from '#contract'
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import type { FormEvent } from 'react'
import { useState } from 'react'
import { Link, useNavigate, useSearchParams } from 'react-router'
import { get } from '../api.ts'
import { StateChip } from '../ui/chips.tsx'
import { Trouble } from '../ui/Trouble.tsx'
import { DemoChip, Marked, Seal, Titled, Waiting, recordPath } from './parts.tsx'
import { looksLikeCode, normal } from './words.ts'

const filterKeys = ['object', 'state', 'division'] as const
const facetTerms = { object: '类型', state: '登记状态', division: '地区' } as const

export const Home = () => {
  const [params] = useSearchParams()
  const query = params.get('q') ?? ''
  return (
    <>
      <Titled title={query ? `“${query}”的查询结果` : '公共数据资源登记簿'} />
      <div className="p-hero">
        <div className="p-wrap">
          <h1>查一条公共数据，看它由谁登记、是否有效、用在哪里</h1>
          <SearchBox key={query} query={query} />
          <Counts />
        </div>
      </div>
      <div className="p-wrap p-search">
        <Results params={params} query={query} />
      </div>
    </>
  )
}

const SearchBox = ({ query }: { query: string }) => {
  const navigate = useNavigate()
  const [text, setText] = useState(query)
  const [busy, setBusy] = useState(false)

  const find = async (e: FormEvent): Promise<void> => {
    e.preventDefault()
    const wanted = normal(text)
    if (looksLikeCode(wanted)) {
      setBusy(true)
      // a code that is not in the register is searched for as words
      const known = await get<Verification>('/public/verify', { code: wanted }).catch(() => undefined)
      setBusy(false)
      if (known?.record) return void navigate(recordPath(known.record.code))
    }
    void navigate(wanted ? `/?q=${encodeURIComponent(wanted)}` : '/', { preventScrollReset: true })
  }

  return (
    <form className="p-box" role="search" onSubmit={(e) => void find(e)}>
      <div>
        <input
          type="search"
          aria-label="数据名称、登记主体或登记码"
          aria-describedby="search-hint"
          placeholder="数据名称、登记主体或登记码"
          value={text}
          onChange={(e) => setText(e.target.value)}
          maxLength={100}
          enterKeyHint="search"
          autoComplete="off"
          spellCheck={false}
        />
        <button type="submit" disabled={busy}>
          {busy ? '查找中' : '查询'}
        </button>
      </div>
      <p id="search-hint" className="muted">
        按数据名称、登记主体或内容简介查找 · 输入完整登记码直达登记信息 · 手上有登记证的，请
        <Link to="/verify">核验</Link>
      </p>
    </form>
  )
}

const Counts = () => {
  const { data } = useQuery({
    queryKey: ['public', 'overview'],
    queryFn: ({ signal }) => get<Overview>('/public/overview', undefined, signal),
  })
  const n = data?.counts
  const shown = [
    { term: '在册登记', count: n?.records },
    { term: '公共数据资源', count: n?.resources, to: '/?object=resource' },
    { term: '产品和服务', count: n?.products, to: '/?object=product' },
    { term: '登记主体', count: n?.holders },
    { term: '公示中', count: n?.notices, to: '/notices' },
    { term: '登记机构', count: n?.registrars, to: '/registrars' },
  ]
  return (
    <ul className="p-counts" aria-label="登记簿概况">
      {shown.map((s) => (
        <li key={s.term}>
          <b>{s.count?.toLocaleString('zh-CN') ?? '—'}</b>
          {s.to ? <Link to={s.to}>{s.term}</Link> : <span className="sub">{s.term}</span>}
        </li>
      ))}
    </ul>
  )
}

const Results = ({ params, query }: { params: URLSearchParams; query: string }) => {
  const [narrow, setNarrow] = useState(false)
  const filters = { q: query, ...Object.fromEntries(filterKeys.map((k) => [k, params.get(k) ?? ''])) }
  const found = useInfiniteQuery({
    queryKey: ['public', 'records', filters],
    queryFn: ({ pageParam, signal }) =>
      get<PublicRecordList>('/public/records', { ...filters, cursor: pageParam }, signal),
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
    return `/?${next.toString()}`
  }
  const chosen = filterKeys.flatMap((key) => {
    const value = params.get(key)
    return value ? [{ key, term: first?.facets[key].find((f) => f.value === value)?.term ?? value }] : []
  })

  if (found.isError && !found.data) return <Trouble error={found.error} again={() => void found.refetch()} />
  if (!first) return <Waiting rows={10} />
  return (
    <>
      <div className="p-found">
        <p className="sub grow" aria-live="polite">
          {query && <>查询“{query}”，</>}共 {first.total.toLocaleString('zh-CN')} 条
        </p>
        <button className="p-narrow" aria-expanded={narrow} onClick={() => setNarrow(!narrow)}>
          {narrow ? '收起筛选' : '筛选'}
        </button>
        {chosen.length > 0 && (
          <div className="line p-chosen">
            {chosen.map((c) => (
              <Link
                key={c.key}
                className="chip blue"
                to={href(c.key, undefined)}
                preventScrollReset
                aria-label={`去掉筛选：${c.term}`}
              >
                {c.term} ×
              </Link>
            ))}
          </div>
        )}
      </div>
      <aside className={`p-facets${narrow ? ' open' : ''}`} aria-label="筛选">
        {filterKeys.map((key) => (
          <Facet
            key={key}
            term={facetTerms[key]}
            options={first.facets[key]}
            chosen={params.get(key)}
            href={(v) => href(key, v)}
          />
        ))}
      </aside>
      <section className="p-results" aria-label="查询结果">
        {rows.length === 0 ? (
          <NoResult query={query} filtered={chosen.length > 0} all={query ? `/?q=${encodeURIComponent(query)}` : '/'} />
        ) : (
          <ol className={found.isPlaceholderData ? 'p-hits stale' : 'p-hits'}>
            {rows.map((r) => (
              <Hit key={r.id} record={r} query={query} />
            ))}
          </ol>
        )}
        {found.hasNextPage && (
          <div className="p-more">
            <Button onClick={() => void found.fetchNextPage()} loading={found.isFetchingNextPage}>
              加载更多
            </Button>
            <span className="muted small">
              已显示 {rows.length} / {first.total.toLocaleString('zh-CN')}
            </span>
          </div>
        )}
        {found.isFetchNextPageError && <Trouble error={found.error} again={() => void found.fetchNextPage()} />}
      </section>
    </>
  )
}

const Facet = ({
  term,
  options,
  chosen,
  href,
}: {
  term: string
  options: PublicRecordList['facets']['object']
  chosen: string | null
  href: (value: string | undefined) => string
}) => {
  const [all, setAll] = useState(false)
  const most = 8
  if (options.length === 0) return null
  return (
    <div>
      <h2>{term}</h2>
      <ul>
        {(all ? options : options.slice(0, most)).map((o) => {
          const on = o.value === chosen
          return (
            <li key={o.value}>
              <Link
                to={href(on ? undefined : o.value)}
                preventScrollReset
                className={on ? 'on' : ''}
                aria-current={on ? 'true' : undefined}
              >
                <span>{o.term}</span>
                <span className="muted">{o.count.toLocaleString('zh-CN')}</span>
              </Link>
            </li>
          )
        })}
      </ul>
      {options.length > most && (
        <button className="p-plain" onClick={() => setAll(!all)} aria-expanded={all}>
          {all ? '收起' : `还有 ${options.length - most} 项`}
        </button>
      )}
    </div>
  )
}

/** Short public facts that help to tell one record from the next. */
const facts = (r: PublicRecord): string[] =>
  r.detail.filter((d) => d.value.length <= 16 && ![r.name, r.holder, r.summary].includes(d.value)).map((d) => d.value)

const Hit = ({ record: r, query }: { record: PublicRecord; query: string }) => (
  <li className="p-hit">
    <div className="grow">
      <h2>
        <Link to={recordPath(r.code)}>
          <Marked text={r.name} query={query} />
        </Link>
        <span className="chip blue">{r.objectTerm}</span>
        <StateChip state={r.state} term={r.stateTerm} />
      </h2>
      <p className="sub">
        <Marked text={r.holder} query={query} />
        {[r.divisionName, ...facts(r).slice(0, 3)].map((f) => ` · ${f}`)}
      </p>
      <p className="p-summary">
        <Marked text={r.summary} query={query} />
      </p>
      <p className="muted small p-hitfoot">
        <span>
          登记码 <Marked text={r.code} query={query} />
        </span>
        {r.demo && <DemoChip />}
        <span>有效期至 {r.validTo}</span>
        <Link to={`/verify?code=${encodeURIComponent(r.code)}`}>核验</Link>
      </p>
    </div>
    {r.state === 'valid' && <Seal demo={r.demo} />}
  </li>
)

const NoResult = ({ query, filtered, all }: { query: string; filtered: boolean; all: string }) => (
  <div className="p-empty">
    <h2>{query ? `没有找到与“${query}”相符的登记` : filtered ? '没有符合筛选条件的登记' : '登记簿里还没有登记'}</h2>
    <ul>
      {filtered && (
        <li>
          <Link to={all}>去掉筛选条件</Link>，在全部登记中查找
        </li>
      )}
      {query && <li>换成更短的词，例如只写数据名称中的两三个字，或登记主体的简称</li>}
      {query && looksLikeCode(query) && (
        <li>
          这像是一个登记码，但登记簿里没有。请逐位核对；收到的登记证有疑问的，请<Link to="/verify">上传核验</Link>
        </li>
      )}
      <li>
        尚未赋码的申请不在登记簿内，可以看看<Link to="/notices">正在公示的事项</Link>
      </li>
      <li>
        已注销、已撤销的登记仍可按登记码查到，也见<Link to="/announcements">公告</Link>
      </li>
    </ul>
  </div>
)
