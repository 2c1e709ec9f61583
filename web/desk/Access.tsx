import { useInfiniteQuery } from '@tanstack/react-query'
import { Button, Input, Skeleton } from 'antd'
import { get } from '../api.ts'
import { Empty } from '../ui/Empty.tsx'
import { Trouble } from '../ui/Trouble.tsx'
import { momentOf } from '../ui/day.ts'
import { useTitle } from '../ui/title.ts'
import { useFilters } from './filters.ts'

interface AccessEntry {
  readonly id: number
  readonly at: string
  readonly kind: string
  readonly personName: string
  readonly orgName: string
  readonly subject: string
  readonly body: string
}

const kinds: Readonly<Record<string, string>> = {
  read: '查阅',
  export: '导出',
  renew: '存证续期',
  download: '下载',
  denied: '被拒绝',
  signIn: '登录',
  signInFailed: '登录失败',
  signOut: '退出',
}

const subjects: Readonly<Record<string, string>> = {
  tasks: '待办',
  access: '访问日志',
  register: '登记日志',
  keeping: '保管状况',
  application: '登记申请',
  record: '登记簿',
  objection: '异议',
  obligation: '登记义务',
  item: '目录',
  organisation: '单位',
  person: '人员',
  membership: '岗位',
  erasure: '个人信息删除请求',
  hold: '暂停删除',
}

/** Why a keeper read what is restricted. */
const readings: Readonly<Record<string, string>> = {
  subject: '本人查阅、复制',
  authority: '依法调取',
  dispute: '争议核实',
  inspection: '档案与安全检查',
}

const details: Readonly<Record<string, (v: unknown) => string>> = {
  list: () => '列表',
  count: (v) => `${String(v)} 条`,
  process: (v) => subjects[String(v)] ?? String(v),
  version: (v) => `第 ${String(v)} 版`,
  act: (v) => `操作 ${String(v)}`,
  code: (v) => `原因 ${String(v)}`,
  strong: (v) => (v === true ? '双因素' : '单因素'),
  demo: (v) => (v === true ? '演示角色' : ''),
  case: (v) => (v === '' ? '' : `事项 ${String(v)}`),
  login: (v) => `账号 ${String(v)}`,
  request: () => '',
  restricted: () => '限制处理的内容',
  reason: (v) => readings[String(v)] ?? String(v),
  document: (v) => `依据 ${String(v)}`,
  file: (v) => `文件 ${String(v)}`,
}

/** What the entry says beyond its columns. */
const bodyWords = (body: string): string => {
  try {
    return Object.entries(JSON.parse(body) as object)
      .filter(([k]) => !['at', 'kind', 'org', 'person', 'subject'].includes(k))
      .map(([k, v]) => details[k]?.(v) ?? `${k} ${String(v)}`)
      .filter((t) => t !== '')
      .join(' · ')
  } catch {
    return body
  }
}

/** 访问日志: who read what is not public, and who was turned away. */
export const Access = () => {
  useTitle('访问日志')
  const { filters, set } = useFilters('access')
  const subject = filters['subject'] ?? ''
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ['access', subject],
    queryFn: ({ pageParam, signal }) => get<AccessEntry[]>('/access', { subject, cursor: pageParam }, signal),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (last) => last.at(-1)?.id,
  })
  const rows = data?.pages.flat() ?? []
  return (
    <>
      <header className="page-head">
        <h1>访问日志</h1>
        <span className="muted">登录、被拒绝的操作，以及对未公开内容的每一次查阅</span>
      </header>
      <div className="filters">
        <Input.Search
          key={subject}
          aria-label="按事项编号查找"
          placeholder="事项编号"
          allowClear
          style={{ width: '24rem' }}
          defaultValue={subject}
          onSearch={(v) => set({ subject: v.trim() })}
        />
      </div>
      {error ? (
        <Trouble error={error} again={() => void refetch()} />
      ) : !data ? (
        <Skeleton active title={false} />
      ) : rows.length === 0 ? (
        <div className="card">
          <Empty title="没有访问记录" says="登录、被拒绝的操作和对未公开内容的查阅会自动记在这里，不能修改或删除。" />
        </div>
      ) : (
        <div className="card wide-table">
          <table className="cases plain">
            <caption className="unseen">访问日志</caption>
            <thead>
              <tr>
                <th scope="col" style={{ width: '11rem' }}>
                  时间
                </th>
                <th scope="col" style={{ width: '9rem' }}>
                  类别
                </th>
                <th scope="col">人员</th>
                <th scope="col">单位</th>
                <th scope="col">对象</th>
                <th scope="col">说明</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((r) => (
                <tr key={r.id}>
                  <td className="nowrap">
                    <time dateTime={r.at}>{momentOf(r.at)}</time>
                  </td>
                  <td>
                    <span className={r.kind === 'denied' || r.kind === 'signInFailed' ? 'chip warn' : 'chip'}>
                      {kinds[r.kind] ?? r.kind}
                    </span>
                  </td>
                  <td className="nowrap">{r.personName || '—'}</td>
                  <td className="sub">{r.orgName}</td>
                  <td>
                    {subjects[r.subject] ?? (
                      <button className="textual" title="只看这一对象" onClick={() => set({ subject: r.subject })}>
                        <code>{r.subject.slice(0, 13)}…</code>
                      </button>
                    )}
                  </td>
                  <td className="muted small">{bodyWords(r.body)}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {hasNextPage && (
            <div className="more">
              <Button onClick={() => void fetchNextPage()} loading={isFetchingNextPage}>
                加载更多
              </Button>
            </div>
          )}
        </div>
      )}
    </>
  )
}
