import type { CaseList, CaseRow } from '#contract'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Button, Checkbox, Input, Select, Skeleton } from 'antd'
import type { ReactNode } from 'react'
import { useParams } from 'react-router'
import { get, useClock, useMe, withParams } from '../../api.ts'
import { Empty } from '../../ui/Empty.tsx'
import { Trouble } from '../../ui/Trouble.tsx'
import { useRowKeys } from '../../ui/keys.ts'
import { useTitle } from '../../ui/title.ts'
import { CompilePlan } from '../CompilePlan.tsx'
import { NewObligation } from '../NewObligation.tsx'
import { NewApplication, startOf } from '../NewApplication.tsx'
import { GradeList } from '../catalogue/GradeList.tsx'
import { BeginOneOf } from '../BeginOneOf.tsx'
import { NewCase } from '../NewCase.tsx'
import { NewOrganisation } from '../NewOrganisation.tsx'
import { useFilters } from '../filters.ts'
import { hatsOf } from '../places.ts'
import { CaseTable } from './CaseTable.tsx'
import type { ListDescription } from './lists.tsx'
import { lists } from './lists.tsx'

export const ListPage = () => {
  const collection = useParams()['collection'] ?? ''
  const list = lists[collection]
  return list ? (
    <Listed key={collection} collection={collection} list={list} />
  ) : (
    <Empty title="没有这个页面" says="网址可能有误，或页面已经移走。" />
  )
}

const begins = ({ begin }: ListDescription) => (begin === undefined ? [] : [begin].flat())

const Listed = ({ collection, list }: { collection: string; list: ListDescription }) => {
  useRowKeys()
  const me = useMe()
  const today = useClock()?.day
  const { filters, set } = useFilters(collection)
  const hats = me ? hatsOf(me) : undefined
  const term = collection === 'applications' && hats?.registrar ? '登记办理' : list.term
  useTitle(term)
  const asked = Object.fromEntries(
    ['state', 'kind', 'variant', 'q', 'mine', 'open'].map((k) => [k, filters[k] || undefined]),
  )
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage, isPlaceholderData } = useInfiniteQuery({
    queryKey: ['list', collection, asked],
    queryFn: ({ pageParam, signal }) =>
      get<CaseList>(`/${collection}`, { ...asked, limit: 50, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next,
    placeholderData: (before) => before,
  })
  const first = data?.pages[0]
  const rows = data?.pages.flatMap((p) => p.rows) ?? []
  const filtered = Object.values(asked).some((v) => v !== undefined)
  const state = filters['state'] ?? ''
  const all = first?.states.reduce((sum, s) => sum + s.count, 0) ?? 0
  return (
    <>
      <header className="page-head">
        <h1>{term}</h1>
        {first && <span className="muted">{first.total >= 10_000 ? '10 000 件以上' : `${first.total} 件`}</span>}
        <div className="grow" />
        {['items', 'imports'].includes(collection) && (
          <Button href="/api/items/template.xlsx" download>
            下载模板
          </Button>
        )}
        <Button
          // the catalogue goes out in the shape in which it can come back
          href={
            collection === 'items'
              ? withParams('/api/items/export.xlsx', { q: asked['q'], variant: asked['variant'] })
              : withParams(`/api/${collection}/list.xlsx`, asked)
          }
          download
        >
          导出 Excel
        </Button>
        {hats?.applicant && hats.handler && collection === 'applications' && <NewApplication />}
        {hats && !hats.self && (hats.bureau || hats.applicant) && hats.handler && collection === 'obligations' && (
          <NewObligation />
        )}
        {hats?.admin && collection === 'organisations' && <NewOrganisation />}
        {hats?.applicant && hats.handler && !hats.self && collection === 'gradings' && <GradeList />}
        {hats?.bureau && hats.handler && collection === 'openingPlans' && <CompilePlan />}
        {hats && list.beginTerm ? (
          <BeginOneOf collection={collection} term={list.beginTerm} of={begins(list).filter((b) => b.by(hats))} />
        ) : (
          hats &&
          begins(list).map(
            (b) =>
              b.by(hats) && (
                <NewCase key={b.term} collection={collection} label={b.term} {...(b.kind ? { kind: b.kind } : {})} />
              ),
          )
        )}
      </header>
      {first && first.states.length > 1 && (
        <div className="tabs" role="group" aria-label="按状态筛选">
          {[{ state: '', term: '全部', count: all }, ...first.states].map((s) => (
            <button
              key={s.state}
              className={s.state === state ? 'on' : ''}
              aria-pressed={s.state === state}
              onClick={() => set({ state: s.state })}
            >
              {s.term} <span>{s.count}</span>
            </button>
          ))}
        </div>
      )}
      <div className="filters">
        <Input.Search
          key={filters['q'] ?? ''}
          aria-label={`在${term}中查找`}
          placeholder={list.find}
          allowClear
          style={{ width: '20rem' }}
          defaultValue={filters['q'] ?? ''}
          onSearch={(v) => set({ q: v.trim() })}
        />
        {list.kinds && (
          <Select
            aria-label="类型"
            allowClear
            placeholder="全部类型"
            style={{ width: '11rem' }}
            options={list.kinds.map((k) => ({ value: k.value, label: k.term }))}
            value={filters['kind'] || null}
            onChange={(v: string | null) => set({ kind: v ?? '' })}
          />
        )}
        {list.variants && (
          <Select
            aria-label="登记对象"
            allowClear
            placeholder="资源、产品和服务"
            style={{ width: '13rem' }}
            options={[
              { value: 'resource', label: '公共数据资源' },
              { value: 'product', label: '公共数据产品和服务' },
            ]}
            value={filters['variant'] || null}
            onChange={(v: string | null) => set({ variant: v ?? '' })}
          />
        )}
        {list.openOnly && (
          <>
            <Checkbox
              checked={filters['open'] === '1'}
              onChange={(e) => set({ open: e.target.checked ? '1' : '', state: '' })}
            >
              只看在办
            </Checkbox>
            <Checkbox checked={filters['mine'] === '1'} onChange={(e) => set({ mine: e.target.checked ? '1' : '' })}>
              轮到我的
            </Checkbox>
          </>
        )}
        {filtered && (
          <Button
            type="link"
            size="small"
            onClick={() => set({ state: '', kind: '', variant: '', q: '', mine: '', open: '' })}
          >
            清除筛选
          </Button>
        )}
      </div>
      {error ? (
        <Trouble error={error} again={() => void refetch()} />
      ) : !first ? (
        <Skeleton active title={false} />
      ) : rows.length === 0 ? (
        <div className="card">
          <Empty
            title={filtered ? '没有符合筛选的事项' : '这里还没有内容'}
            {...(filtered ? {} : { says: list.empty })}
          />
        </div>
      ) : (
        <div className={isPlaceholderData ? 'card wide-table stale' : 'card wide-table'}>
          <CaseTable
            caption={term}
            bands={[{ term: '', rows }]}
            columns={list.columns(today, rows)}
            {...(hats?.applicant && hats.handler && me ? endOf(collection, me.orgName) : {})}
          />
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

/** What a row offers beside opening it to those who register. */
const endOf = (collection: string, own: string): { end?: (row: CaseRow) => ReactNode } => {
  if (collection === 'obligations')
    return {
      end: (r) =>
        r.final || r.parties['debtor'] !== own ? null : (
          <NewApplication start={startOf(r)} label="去登记" small primary={r.due !== undefined && r.due.left <= 3} />
        ),
    }
  if (collection === 'items')
    return {
      end: (r) =>
        r.final || r.facts.some((f) => f.term === '登记情况' && f.value !== '未登记') ? null : (
          <NewApplication start={startOf(r)} label="发起登记" small />
        ),
    }
  return {}
}
