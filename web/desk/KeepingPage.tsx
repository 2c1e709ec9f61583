import type { Keeping } from '#contract'
import { useQuery } from '@tanstack/react-query'
import { App, Button, Skeleton } from 'antd'
import { Link } from 'react-router'
import { get } from '../api.ts'
import { Empty } from '../ui/Empty.tsx'
import { Trouble } from '../ui/Trouble.tsx'
import { momentOf } from '../ui/day.ts'
import { sizeWords } from '../ui/files.tsx'
import { useTitle } from '../ui/title.ts'

const kinds: Readonly<Record<Keeping['done'][number]['kind'], string>> = {
  backup: '备份',
  verify: '恢复试验',
  export: '归档',
  drop: '期满删除',
}

/** 保管状况: whether everything is backed up, tried, archived, witnessed and in its place, and what to do where it is not. */
export const KeepingPage = () => {
  useTitle('保管状况')
  const { data, error, refetch, isFetching } = useQuery({
    queryKey: ['keeping'],
    queryFn: ({ signal }) => get<Keeping>('/keeping', undefined, signal),
    staleTime: 0,
  })
  const wrong = data?.checks.filter((c) => !c.ok) ?? []
  const right = data?.checks.filter((c) => c.ok) ?? []
  return (
    <>
      <header className="page-head">
        <h1>保管状况</h1>
        {data && (
          <span className={`chip ${wrong.length > 0 ? 'bad' : 'ok'}`}>
            {wrong.length > 0 ? `${wrong.length} 项需处理` : '全部正常'}
          </span>
        )}
        {data && <span className="muted">{momentOf(data.at)} 查看</span>}
        <div className="grow" />
        <Link to="/log">公开日志与见证</Link>
        <Button onClick={() => void refetch()} loading={isFetching}>
          重新检查
        </Button>
        <Button onClick={() => print()}>打印</Button>
      </header>
      {error ? (
        <Trouble error={error} again={() => void refetch()} />
      ) : !data ? (
        <Skeleton active title={false} />
      ) : (
        <div className="stack keeping">
          <Checks checks={[...wrong, ...right]} />
          <Done done={data.done} />
          <div className="keeping-two">
            <Months data={data} />
            <div className="stack">
              <Terms data={data} />
              <Storage data={data} />
            </div>
          </div>
        </div>
      )}
    </>
  )
}

const Checks = ({ checks }: { checks: Keeping['checks'] }) => (
  <section className="card wide-table">
    <table className="cases plain checks">
      <caption className="unseen">检查结果，需处理的在前</caption>
      <thead>
        <tr>
          <th scope="col">项目</th>
          <th scope="col">结论</th>
          <th scope="col">情况与办法</th>
        </tr>
      </thead>
      <tbody>
        {checks.map((c) => (
          <tr key={c.key} className={c.ok ? undefined : 'wrong'}>
            <th scope="row">{c.term}</th>
            <td>
              <span className={`chip ${c.ok ? 'ok' : 'bad'}`}>{c.ok ? '正常' : '需处理'}</span>
            </td>
            <td>
              <p className={c.ok ? 'sub' : undefined}>{c.says}</p>
              {c.todo !== undefined && <p className="todo">{c.todo}</p>}
              {c.command !== undefined && <Command text={c.command} />}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </section>
)

/** A line for the terminal of the machine, to be copied. */
const Command = ({ text }: { text: string }) => {
  const { message } = App.useApp()
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text)
      message.success('已复制命令')
    } catch {
      message.warning('浏览器不允许复制，请选中文字后手动复制')
    }
  }
  return (
    <p className="command">
      <code>{text}</code>
      <button className="textual small" onClick={() => void copy()} aria-label={`复制命令 ${text}`}>
        复制
      </button>
    </p>
  )
}

const Done = ({ done }: { done: Keeping['done'] }) => (
  <section className="card wide-table" aria-labelledby="done" tabIndex={0}>
    <div className="card-head">
      <h2 id="done">备份、恢复试验、归档与期满删除</h2>
      <span className="muted small">每类最近 8 次，记录不能修改</span>
    </div>
    {done.length === 0 ? (
      <Empty
        title="还没有做过"
        says="备份、恢复试验、归档和期满删除由命令行或定时任务完成，每一次的结果都会列在这里。"
      />
    ) : (
      <table className="cases plain done">
        <thead>
          <tr>
            <th scope="col">时间</th>
            <th scope="col">类别</th>
            <th scope="col">结果</th>
            <th scope="col">说明</th>
            <th scope="col">位置</th>
            <th scope="col" className="end">
              大小
            </th>
          </tr>
        </thead>
        <tbody>
          {done.map((d) => (
            <tr key={`${d.kind} ${d.at}`}>
              <td className="nowrap">
                <time dateTime={d.at}>{momentOf(d.at)}</time>
              </td>
              <td className="nowrap">{kinds[d.kind]}</td>
              <td>
                <span className={`chip ${d.ok ? 'ok' : 'bad'}`}>{d.ok ? '成功' : '失败'}</span>
              </td>
              <td>{d.says}</td>
              <td>
                <code>{d.place}</code>
              </td>
              <td className="end">{d.size > 0 ? sizeWords(d.size) : ''}</td>
            </tr>
          ))}
        </tbody>
      </table>
    )}
  </section>
)

const Months = ({ data }: { data: Keeping }) => (
  <section className="card wide-table" aria-labelledby="months" tabIndex={0}>
    <div className="card-head">
      <h2 id="months">访问日志的月份</h2>
      <span className="muted small">按协调世界时（UTC）分月</span>
    </div>
    {data.months.length === 0 ? (
      <Empty title="还没有访问记录" says="每月一段；期满、已归档且没有保全的，可以从最早的一月起逐月删除正文。" />
    ) : (
      <table className="cases plain">
        <thead>
          <tr>
            <th scope="col">月份</th>
            <th scope="col">归档</th>
            <th scope="col">保存至</th>
            <th scope="col" className="end">
              占用
            </th>
          </tr>
        </thead>
        <tbody>
          {data.months.map((m) => (
            <tr key={m.month}>
              <td className="nowrap">
                {m.month} {m.held && <span className="chip warn">保全中</span>}
              </td>
              <td className="nowrap">
                {m.exported ? (
                  <span className="chip ok">已归档</span>
                ) : m.closed ? (
                  <span className="chip bad">未归档</span>
                ) : (
                  <span className="muted">本月未结束</span>
                )}
              </td>
              <td className="nowrap">{m.until || '期限未知，不得删除'}</td>
              <td className="end">{sizeWords(m.size)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    )}
  </section>
)

const Terms = ({ data }: { data: Keeping }) => (
  <section className="card side" aria-labelledby="terms">
    <h2 id="terms">保存期限与保全</h2>
    <dl className="face">
      {data.terms.map((t) => (
        <div key={t.term}>
          <dt>{t.term}</dt>
          <dd>
            不少于 <b>{t.years} 年</b>
            <div className="muted small">{t.basis}</div>
          </dd>
        </div>
      ))}
      {data.holds.map((h) => (
        <div key={h.id}>
          <dt>保全第 {h.id} 号</dt>
          <dd>
            访问日志{h.month === '*' ? '全部月份' : ` ${h.month}`}：{h.reason}
            <div className="muted small">
              {momentOf(h.at)} 设立，解除前一律不得删除；解除：{' '}
              <code>npm run gongshu -- retention lift {h.id} --reason 理由</code>
            </div>
          </dd>
        </div>
      ))}
    </dl>
    {data.holds.length === 0 && <p className="muted small">访问日志没有被保全的月份；办件的保全见“暂停删除”。</p>}
  </section>
)

const Storage = ({ data }: { data: Keeping }) => (
  <section className="card side" aria-labelledby="storage">
    <h2 id="storage">存储占用</h2>
    <dl className="face">
      {data.storage.map((s) => (
        <div key={s.term}>
          <dt>{s.term}</dt>
          <dd>
            {sizeWords(s.size)} {s.note !== '' && <span className="muted small">{s.note}</span>}
          </dd>
        </div>
      ))}
    </dl>
  </section>
)
