import type { EntryList } from '#contract'
import { useInfiniteQuery, useMutation } from '@tanstack/react-query'
import { Button, Input, Select, Skeleton } from 'antd'
import { Link } from 'react-router'
import { get } from '../api.ts'
import { Empty } from '../ui/Empty.tsx'
import { Trouble } from '../ui/Trouble.tsx'
import { dayOf, momentOf, plusDays } from '../ui/day.ts'
import { useRowKeys } from '../ui/keys.ts'
import { useTitle } from '../ui/title.ts'
import { saveBundle } from './bundle.ts'
import { useFilters } from './filters.ts'
import { collectionOf } from '#contract'
import { casePath } from './places.ts'

type Entry = EntryList['rows'][number]

const states: Readonly<
  Record<Entry['state'], { readonly term: string; readonly tone: string; readonly means: string }>
> = {
  waiting: { term: '待收录', tone: 'warn', means: '刚刚办理，正在写入日志，通常一秒之内' },
  included: { term: '已收录', tone: 'blue', means: '已在签名的检查点之内，可取回执' },
  witnessed: { term: '已见证', tone: 'ok', means: '所在的检查点已由足够的见证方副署' },
}

/** The first moment of a day in Beijing, as the server takes it; nothing for what is no day. */
const startOf = (day: string | undefined): string | undefined =>
  day !== undefined && /^\d{4}-\d\d-\d\d$/.test(day) ? new Date(`${day}T00:00:00+08:00`).toISOString() : undefined

/** 登记日志: every act as it stands in the register’s log, the latest first, with its receipt; and evidence of a span or a person. */
export const LogEntries = () => {
  useTitle('登记日志')
  useRowKeys()
  const { filters, set } = useFilters('log')
  const log = filters['log'] || 'register'
  const span = {
    from: startOf(filters['from']),
    to: startOf(filters['to'] ? plusDays(filters['to'], 1) : undefined),
    person: filters['person'] || undefined,
  }
  const asked = { ...span, process: filters['process'] || undefined }
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage, isPlaceholderData } = useInfiniteQuery({
    queryKey: ['log', log, asked],
    queryFn: ({ pageParam, signal }) =>
      get<EntryList>(`/logs/${encodeURIComponent(log)}/entries`, { ...asked, cursor: pageParam }, signal),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (last) => last.next,
    placeholderData: (before) => before,
  })
  const first = data?.pages[0]
  const rows = data?.pages.flatMap((p) => p.rows) ?? []
  const people = new Map(
    rows.filter((r) => r.person !== 'system').map((r) => [r.person, r.personName || '（姓名已删除）']),
  )
  if (asked.person !== undefined && !people.has(asked.person)) people.set(asked.person, '所选人员')
  const filtered = Object.values(asked).some((v) => v !== undefined)
  const bounded = Object.values(span).some((v) => v !== undefined)
  const saving = useMutation({ mutationFn: () => saveBundle(span) })
  return (
    <>
      <header className="page-head">
        <h1>登记日志</h1>
        <span className="muted">每一步办理在日志中的位置，新的在前</span>
        <div className="grow" />
        <Link to="/log">公开日志与见证</Link>
      </header>
      <div className="filters">
        {first && first.logs.length > 1 && (
          <Select
            aria-label="哪个日志"
            style={{ width: '15rem' }}
            options={first.logs.map((l) => ({ value: l.name, label: l.term }))}
            value={log}
            onChange={(v) => set({ log: v })}
          />
        )}
        <span className="span">
          <Input
            type="date"
            aria-label="自哪一天"
            max={filters['to'] || undefined}
            value={filters['from'] ?? ''}
            onChange={(e) => set({ from: e.target.value })}
          />
          至
          <Input
            type="date"
            aria-label="至哪一天"
            min={filters['from'] || undefined}
            value={filters['to'] ?? ''}
            onChange={(e) => set({ to: e.target.value })}
          />
        </span>
        <Select
          aria-label="人员"
          allowClear
          showSearch={{ optionFilterProp: 'label' }}
          placeholder="全部人员"
          style={{ width: '12rem' }}
          options={[...people].map(([value, label]) => ({ value, label }))}
          value={asked.person ?? null}
          onChange={(v: string | null) => set({ person: v ?? '' })}
        />
        <Select
          aria-label="事项类型"
          allowClear
          placeholder="全部事项"
          style={{ width: '10rem' }}
          options={(data?.pages[0]?.processes ?? []).map(({ name, term }) => ({ value: name, label: term }))}
          value={asked.process ?? null}
          onChange={(v: string | null) => set({ process: v ?? '' })}
        />
        {filtered && (
          <Button type="link" size="small" onClick={() => set({ from: '', to: '', person: '', process: '' })}>
            清除筛选
          </Button>
        )}
        <div className="grow" />
        <Button
          disabled={!bounded}
          loading={saving.isPending}
          onClick={() => saving.mutate()}
          aria-describedby="limits"
        >
          导出证据包
        </Button>
      </div>
      <p className="muted small limits" id="limits">
        {bounded
          ? `证据包含所选${span.person === undefined ? '日期内的全部办理和访问' : '人员的办理和访问'}（不按事项类型筛选），最多 ${(first?.most ?? 5000).toLocaleString('zh-CN')} 条，超出请缩短日期；导出本身记入访问日志。可在“核验”页或离线核验。`
          : '选择日期或一位人员，即可导出可离线核验的证据包。'}
      </p>
      {saving.isError && <Trouble error={saving.error} />}
      {error ? (
        <Trouble error={error} again={() => void refetch()} />
      ) : !first ? (
        <Skeleton active title={false} />
      ) : rows.length === 0 ? (
        <div className="card">
          <Empty
            title={filtered ? '没有符合筛选的条目' : '没有您可以查看的条目'}
            {...(filtered ? {} : { says: '您所在单位参与的、或本行政区划内的事项一经办理，就会列在这里。' })}
          />
        </div>
      ) : (
        <div className={isPlaceholderData ? 'card wide-table stale' : 'card wide-table'}>
          <table className="cases plain log">
            <caption className="unseen">登记日志</caption>
            <thead>
              <tr>
                <th scope="col" className="end">
                  位置
                </th>
                <th scope="col">时间</th>
                <th scope="col">办理</th>
                <th scope="col">事项</th>
                <th scope="col">人员</th>
                <th scope="col">单位</th>
                <th scope="col">状态</th>
                <th scope="col">存证回执</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((r) => (
                <Row key={`${r.id} ${r.seq}`} entry={r} choose={(person) => set({ person })} />
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
    </>
  )
}

const Row = ({ entry: r, choose }: { entry: Entry; choose: (person: string) => void }) => {
  const state = states[r.state]
  return (
    <tr>
      <td className="end">{r.place === null ? <span className="muted">—</span> : r.place.toLocaleString('zh-CN')}</td>
      <td className="nowrap">
        <time dateTime={r.at}>{momentOf(r.at)}</time>
        {/* the legal day is another one where it is simulated, or midnight lay between */}
        {r.day !== dayOf(r.at) && <div className="muted small">办理日 {r.day}</div>}
      </td>
      <td>{r.term}</td>
      <td>
        <Link to={casePath(r)} data-row>
          {r.title || '（未命名）'}
        </Link>
        <div className="muted small">{r.processTerm}</div>
      </td>
      <td className="nowrap">
        {r.person === 'system' ? (
          '系统'
        ) : (
          <button className="textual" title="只看这一人员" onClick={() => choose(r.person)}>
            {r.personName || '（姓名已删除）'}
          </button>
        )}
      </td>
      <td className="sub">{r.org === r.person ? '' : r.orgName}</td>
      <td>
        <span className={`chip ${state.tone}`} title={state.means}>
          {state.term}
        </span>
      </td>
      <td className="nowrap">
        {r.state !== 'waiting' && (
          <a
            href={`/api/${collectionOf[r.process]}/${r.id}/receipts/${r.seq}`}
            download={`存证回执-登记日志第${r.place}条.json`}
            aria-label={`下载第 ${r.place} 条的存证回执`}
          >
            下载
          </a>
        )}
      </td>
    </tr>
  )
}
