import type { CatalogueChoices, CatalogueEntry, CatalogueList } from '#contract'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Button, Input, Select, Skeleton } from 'antd'
import { useState, type MouseEvent } from 'react'
import { Link, useNavigate } from 'react-router'
import { get, useClock, useMe, withParams } from '../../api.ts'
import { Empty } from '../../ui/Empty.tsx'
import { Trouble } from '../../ui/Trouble.tsx'
import { shortDay } from '../../ui/day.ts'
import { useRowKeys } from '../../ui/keys.ts'
import { useTitle } from '../../ui/title.ts'
import { NewCase } from '../NewCase.tsx'
import { useFilters } from '../filters.ts'
import { hatsOf } from '../places.ts'
import './catalogue.css'

const filterKeys = [
  'q',
  'unit',
  'division',
  'object',
  'sharing',
  'opening',
  'grade',
  'frequency',
  'collected',
  'fresh',
  'published',
  'registered',
  'filed',
  'batch',
  'library',
  'theme',
  'state',
  'source',
  'guideline',
  'view',
  'sort',
] as const
const rare = [
  'object',
  'sharing',
  'opening',
  'grade',
  'frequency',
  'published',
  'registered',
  'filed',
  'library',
  'theme',
  'state',
  'source',
  'guideline',
]

type Options = readonly { readonly value: string; readonly term: string; readonly count?: number | undefined }[]
const yesNo = (yes: string, no: string): Options => [
  { value: '1', term: yes },
  { value: '0', term: no },
]

/** 公共数据资源目录: every entry one may read, narrowed as one likes. */
export const CataloguePage = () => {
  useRowKeys()
  useTitle('公共数据资源目录')
  const me = useMe()
  const hats = me ? hatsOf(me) : undefined
  const { filters, set } = useFilters('catalogue')
  // products stand in the same store; whoever wants them asks for them
  const object = filters['object'] || (filters['view'] ? 'all' : 'resource')
  const asked = {
    ...Object.fromEntries(filterKeys.map((k) => [k, filters[k] || undefined])),
    object: object === 'all' ? undefined : object,
  }
  const [more, setMore] = useState(rare.some((k) => filters[k]))
  const options = useQuery({
    queryKey: ['catalogue', 'options'],
    queryFn: ({ signal }) => get<CatalogueChoices>('/catalogue/options', undefined, signal),
    staleTime: 60_000,
  }).data
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage, isPlaceholderData } = useInfiniteQuery({
    queryKey: ['list', 'catalogue', asked],
    queryFn: ({ pageParam, signal }) =>
      get<CatalogueList>('/catalogue', { ...asked, limit: 50, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next,
    placeholderData: (before) => before,
  })
  const rows = data?.pages.flatMap((p) => p.rows) ?? []
  const total = data?.pages[0]?.total
  const filtered = filterKeys.some((k) => k !== 'sort' && filters[k])
  const choose = (key: string, term: string, all: Options | undefined, width = '10rem') => (
    <Select
      key={key}
      aria-label={term}
      allowClear
      placeholder={term}
      style={{ width }}
      showSearch={{ optionFilterProp: 'label' }}
      popupMatchSelectWidth={false}
      options={(all ?? []).map((o) => ({
        value: o.value,
        label: o.count === undefined ? o.term : `${o.term}（${o.count}）`,
      }))}
      value={filters[key] || null}
      onChange={(v: string | null) => set({ [key]: v ?? '' })}
    />
  )
  return (
    <>
      <header className="page-head">
        <h1>公共数据资源目录</h1>
        {total && <span className="muted">{total.entries >= 10_000 ? '10 000 项以上' : `${total.entries} 项`}</span>}
        <div className="grow" />
        <Link to="/desk/catalogue/overview">目录总览</Link>
        <Button href={withParams('/api/catalogue/list.xlsx', asked)} download>
          导出 Excel
        </Button>
        {hats?.applicant && hats.handler && !hats.self && <NewCase collection="items" label="编制目录项" />}
      </header>
      <div className="tabs" role="group" aria-label="三类目录">
        {[{ value: '', term: '全部资源' }, ...(options?.views ?? [])].map((v) => (
          <button
            key={v.value}
            className={v.value === (filters['view'] ?? '') ? 'on' : ''}
            aria-pressed={v.value === (filters['view'] ?? '')}
            onClick={() => set({ view: v.value })}
          >
            {v.term}
          </button>
        ))}
      </div>
      <div className="filters">
        <Input.Search
          key={filters['q'] ?? ''}
          aria-label="在目录中查找"
          placeholder="目录名称"
          allowClear
          style={{ width: '15rem' }}
          defaultValue={filters['q'] ?? ''}
          onSearch={(v) => set({ q: v.trim() })}
        />
        {choose('unit', '数源单位', options?.units, '13rem')}
        {choose(
          'collected',
          '归集情况',
          [
            { value: 'yes', term: '已归集' },
            { value: 'no', term: '待归集' },
            { value: 'unknown', term: '未登记' },
          ],
          '8rem',
        )}
        {choose(
          'fresh',
          '更新情况',
          [
            { value: 'overdue', term: '超期未更新' },
            { value: 'ok', term: '按期' },
          ],
          '8.5rem',
        )}
        {choose('batch', '授权运营批次', [
          { value: 'any', term: '任一批次' },
          { value: 'unsaid', term: '未列入' },
          ...(options?.batches ?? []),
        ])}
        <Button type="link" size="small" aria-expanded={more} onClick={() => setMore(!more)}>
          {more ? '收起筛选' : '更多筛选'}
        </Button>
        {filtered && (
          <Button
            type="link"
            size="small"
            onClick={() => set(Object.fromEntries(filterKeys.filter((k) => k !== 'sort').map((k) => [k, ''])))}
          >
            清除筛选
          </Button>
        )}
        <span className="grow" />
        <Select
          aria-label="排序"
          style={{ width: '10rem' }}
          value={filters['sort'] || 'name'}
          options={[
            { value: 'name', label: '按名称' },
            { value: 'updated', label: '最近变化在前' },
            { value: 'due', label: '先到期的在前' },
            { value: 'complete', label: '不完整的在前' },
          ]}
          onChange={(v: string) => set({ sort: v === 'name' ? '' : v })}
        />
      </div>
      {more && (
        <div className="filters rare">
          {choose('sharing', '共享属性', [...(options?.sharing ?? []), { value: 'unsaid', term: '未注明' }])}
          {choose('opening', '开放属性', [...(options?.opening ?? []), { value: 'unsaid', term: '未注明' }])}
          {choose(
            'grade',
            '数据级别',
            [
              ...['1', '2', '3', '4', '5', '6'].map((value) => ({ value, term: `${value} 级` })),
              { value: 'unsaid', term: '未分级' },
            ],
            '8rem',
          )}
          {choose('frequency', '更新频率', options?.frequency, '8rem')}
          {choose('library', '基础库或主题库', options?.library, '12rem')}
          {choose('theme', '主题领域', options?.theme)}
          {choose('published', '公布', yesNo('已公布', '未公布'), '7rem')}
          {choose('registered', '登记', yesNo('已登记', '未登记'), '7rem')}
          {choose('filed', '备案', yesNo('已备案', '未备案'), '7rem')}
          {choose(
            'state',
            '状态',
            [
              { value: 'draft', term: '编制中' },
              { value: 'listed', term: '在目录' },
            ],
            '7rem',
          )}
          {choose(
            'source',
            '数源认定',
            [
              { value: 'sole', term: '唯一数源' },
              { value: 'reference', term: '引用' },
              { value: 'distinct', term: '不构成冲突' },
            ],
            '9rem',
          )}
          {choose('object', '对象', [
            { value: 'product', term: '产品和服务' },
            { value: 'all', term: '资源、产品和服务' },
          ])}
          {choose('guideline', '编制指南版本', options?.guidelines, '9rem')}
        </div>
      )}
      {total && total.entries > 0 && (
        <p className="sum sub">
          已归集 {total.collected}，待归集 {total.pending}，
          <span className={total.overdue > 0 ? 'bad-text' : undefined}>超期 {total.overdue}</span>，已公布{' '}
          {total.published}，已登记 {total.registered}，已备案 {total.filed}，平均完整度 {total.complete}%
        </p>
      )}
      {error ? (
        <Trouble error={error} again={() => void refetch()} />
      ) : !data ? (
        <Skeleton active title={false} />
      ) : rows.length === 0 ? (
        <div className="card">
          <Empty
            title={filtered ? '没有符合筛选的目录项' : '目录里还没有内容'}
            {...(filtered ? {} : { says: '本单位编制、或由清单导入的目录项会列在这里。' })}
          />
        </div>
      ) : (
        <div className={isPlaceholderData ? 'card wide-table stale' : 'card wide-table'}>
          <Entries rows={rows} />
          {hasNextPage && (
            <div className="more">
              <Button onClick={() => void fetchNextPage()} loading={isFetchingNextPage}>
                加载更多（已显示 {rows.length}）
              </Button>
            </div>
          )}
        </div>
      )}
    </>
  )
}

/** Freshness in one chip: what is still to be collected raises no alarm. */
export const FreshChip = ({ entry: e, today }: { entry: CatalogueEntry; today: string | undefined }) =>
  e.collected === false ? (
    <span className="chip">待归集</span>
  ) : e.freshDue === null ? (
    <span className="muted">—</span>
  ) : (
    <span
      className={`chip ${e.overdue ? 'bad' : 'ok'}`}
      title={`数据更新到 ${e.refreshed ?? '未登记'}，应于 ${e.freshDue} 前更新`}
    >
      {e.overdue ? `超期 · 应于 ${shortDay(e.freshDue, today)}` : `按期 · 下次 ${shortDay(e.freshDue, today)}`}
    </span>
  )

const sourceTerms: Readonly<Record<string, string>> = { sole: '唯一数源', reference: '引用', distinct: '' }

const Entries = ({ rows }: { rows: readonly CatalogueEntry[] }) => {
  const navigate = useNavigate()
  const today = useClock()?.day
  const open = (e: MouseEvent, id: string): void => {
    if ((e.target as HTMLElement).closest('a,button,input,label') || getSelection()?.toString()) return
    if (e.ctrlKey || e.metaKey) window.open(`/desk/items/${id}`)
    else void navigate(`/desk/items/${id}`)
  }
  return (
    <table className="cases entries">
      <caption className="unseen">公共数据资源目录</caption>
      <thead>
        <tr>
          <th scope="col">目录名称</th>
          <th scope="col">数源单位</th>
          <th scope="col">更新</th>
          <th scope="col">共享与开放</th>
          <th scope="col">级别</th>
          <th scope="col">批次与登记</th>
          <th scope="col">完整度</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((r) => (
          <tr key={r.id} onClick={(e) => open(e, r.id)}>
            <td>
              <Link to={`/desk/items/${r.id}`} data-row>
                {r.name}
              </Link>{' '}
              {r.object === 'product' && <span className="chip">产品和服务</span>}
              {r.state === 'draft' && <span className="chip warn">编制中</span>}
              {r.secret && <span className="chip bad">涉密</span>}
              {sourceTerms[r.source] && <span className="chip blue">{sourceTerms[r.source]}</span>}
              <div className="muted small">
                {[r.code, r.library, r.theme, r.fields > 0 ? `${r.fields} 个信息项` : ''].filter(Boolean).join(' · ')}
              </div>
            </td>
            <td className="sub">
              {r.units.join('、')}
              <div className="muted small">{r.divisionName}</div>
            </td>
            <td>
              <FreshChip entry={r} today={today} />
              <div className="muted small">{r.frequency}</div>
            </td>
            <td className="sub">
              {r.sharing || <span className="muted">未注明</span>}
              <div className="muted small">{r.opening}</div>
            </td>
            <td>{r.grade ? <span className="chip blue">{r.grade} 级</span> : <span className="muted">未分级</span>}</td>
            <td className="sub">
              {r.batch}
              {r.published && <span className="chip ok">已公布</span>}
              <div className="muted small">{r.registered || (r.filed ? '已备案' : '')}</div>
            </td>
            <td className="nowrap">
              <span className={`meter ${r.complete < 40 ? 'amber' : ''}`} aria-hidden="true">
                <i style={{ width: `${r.complete}%` }} />
              </span>{' '}
              {r.complete}%
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
