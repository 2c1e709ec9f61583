import './sharing.css'
import type { Directory } from '#contract'
import { useInfiniteQuery } from '@tanstack/react-query'
import { DownOutlined } from '@ant-design/icons'
import { Button, Dropdown, Input, Skeleton } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { get, useMe } from '../../api.ts'
import { Empty } from '../../ui/Empty.tsx'
import { Trouble } from '../../ui/Trouble.tsx'
import { useTitle } from '../../ui/title.ts'
import { useFilters } from '../filters.ts'
import { NewCase } from '../NewCase.tsx'
import { hatsOf } from '../places.ts'

type Entry = Directory['rows'][number]
const tones: Readonly<Record<string, string>> = { unconditional: 'ok', conditional: 'blue', none: '' }
const shownFields = 8

/** 共享目录: what other units hold and how it can be had; every way to ask begins here. */
export const DirectoryPage = () => {
  useTitle('共享目录')
  const me = useMe()
  const hats = me ? hatsOf(me) : undefined
  const { filters, set } = useFilters('sharing')
  const asked = { q: filters['q'] || undefined, sharing: filters['sharing'] || undefined }
  const [begun, setBegun] = useState<{ kind: string; row: Entry }>()
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage, isPlaceholderData } = useInfiniteQuery({
    queryKey: ['sharing', 'directory', asked],
    queryFn: ({ pageParam, signal }) => get<Directory>('/sharing/directory', { ...asked, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next,
    placeholderData: (before) => before,
  })
  const first = data?.pages[0]
  const rows = data?.pages.flatMap((p) => p.rows) ?? []
  const all = first?.classes.reduce((n, c) => n + c.count, 0) ?? 0
  const filtered = Object.values(asked).some((v) => v !== undefined)
  return (
    <>
      <header className="page-head">
        <h1>共享目录</h1>
        {first && (
          <span className="muted">{all >= 10_000 ? '10 000 项以上' : `${all} 项`}，以共享为原则、以不共享为例外</span>
        )}
        <div className="grow" />
        <Link to="/desk/shares">共享申请</Link>
      </header>
      {first && (
        <div className="tabs" role="group" aria-label="按共享属性筛选">
          {[{ value: '', term: '全部', count: all }, ...first.classes].map((c) => (
            <button
              key={c.value}
              className={c.value === (filters['sharing'] ?? '') ? 'on' : ''}
              aria-pressed={c.value === (filters['sharing'] ?? '')}
              onClick={() => set({ sharing: c.value })}
            >
              {c.term} <span>{c.count}</span>
            </button>
          ))}
        </div>
      )}
      <div className="filters">
        <Input.Search
          key={filters['q'] ?? ''}
          aria-label="在共享目录中查找"
          placeholder="目录名称、单位、信息项"
          allowClear
          style={{ width: '24rem' }}
          defaultValue={filters['q'] ?? ''}
          onSearch={(v) => set({ q: v.trim() })}
        />
        {filtered && (
          <Button type="link" size="small" onClick={() => set({ q: '', sharing: '' })}>
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
            title={filtered ? '没有符合的目录项' : '共享目录还没有内容'}
            says={
              filtered
                ? '换一个说法试试；确实没有的，可以提出新增采集或者采购申请。'
                : '各单位编入目录、不含国家秘密的数据会列在这里。'
            }
          />
        </div>
      ) : (
        <div className={isPlaceholderData ? 'card wide-table stale' : 'card wide-table'}>
          <table className="cases plain directory">
            <caption className="unseen">共享目录</caption>
            <thead>
              <tr>
                <th scope="col">目录项</th>
                <th scope="col">数源单位</th>
                <th scope="col">共享属性</th>
                <th scope="col">更新</th>
                <th scope="col">
                  <span className="unseen">操作</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map((r) => (
                <tr key={r.id}>
                  <td>
                    {r.own ? <Link to={`/desk/items/${r.id}`}>{r.name}</Link> : <b className="entry-name">{r.name}</b>}
                    {r.code !== '' && <span className="muted small"> {r.code}</span>}
                    {r.summary !== '' && <p className="sub small">{r.summary}</p>}
                    {r.fields.length > 0 && (
                      <p className="muted small">
                        {r.fields.slice(0, shownFields).join('、')}
                        {r.fields.length > shownFields && ` 等 ${r.fields.length} 项`}
                      </p>
                    )}
                  </td>
                  <td>
                    {r.units.join('、')}
                    <div className="muted small">{r.divisionName}</div>
                  </td>
                  <td>
                    <span className={`chip ${tones[r.sharing] ?? ''}`}>{r.sharingTerm}</span>
                    {r.terms !== '' && <div className="sub small terms">{r.terms}</div>}
                  </td>
                  <td className="nowrap">{r.frequency}</td>
                  <td className="end">
                    {hats?.handler && r.held && <Ask row={r} begin={(kind) => setBegun({ kind, row: r })} />}
                    {!r.held && <span className="muted small">单位未登记</span>}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          {hasNextPage && (
            <div className="more">
              <Button onClick={() => void fetchNextPage()} loading={isFetchingNextPage}>
                加载更多（已显示 {rows.length}）
              </Button>
            </div>
          )}
        </div>
      )}
      {begun && (
        <NewCase
          key={`${begun.kind} ${begun.row.id}`}
          collection="shares"
          label=""
          kind={begun.kind}
          about={begun.row.id}
          title={`${begun.row.name}（${begun.row.units.join('、')}）`}
          opened={() => setBegun(undefined)}
        />
      )}
    </>
  )
}

const ways = [
  { key: 'verify', label: '请求核实比对' },
  { key: 'returnFlow', label: '申请数据回流' },
  { key: 'collect', label: '申请按需归集' },
  { key: 'dispute', label: '提出共享属性争议' },
] as const

/** The ways that the class of an entry leaves open, the usual one first. */
const Ask = ({ row, begin }: { row: Entry; begin: (kind: string) => void }) => {
  if (row.own)
    return row.sharing === 'none' ? null : (
      <Button size="small" onClick={() => begin('offer')}>
        主动共享
      </Button>
    )
  const shut = row.sharing === 'none'
  const others = ways.filter((w) => (shut ? w.key === 'dispute' : w.key !== 'dispute'))
  return (
    <span className="ask">
      <Button size="small" type={shut ? 'default' : 'primary'} onClick={() => begin(shut ? 'verify' : 'data')}>
        {shut ? '请求核实比对' : '申请共享'}
      </Button>
      <Dropdown trigger={['click']} menu={{ items: [...others], onClick: ({ key }) => begin(key) }}>
        <Button size="small" aria-label={`${row.name}的其他办法`} icon={<DownOutlined />} />
      </Dropdown>
    </span>
  )
}
