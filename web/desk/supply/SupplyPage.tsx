import './supply.css'
import type { SupplyList, SupplyView } from '#contract'
import { useQuery } from '@tanstack/react-query'
import { Progress as Bar, Skeleton } from 'antd'
import { Link, useParams } from 'react-router'
import { get, useClock, useMe } from '../../api.ts'
import { DayText, StateChip } from '../../ui/chips.tsx'
import { Empty } from '../../ui/Empty.tsx'
import { Trouble } from '../../ui/Trouble.tsx'
import { useTitle } from '../../ui/title.ts'
import { NewCase } from '../NewCase.tsx'
import { Gates } from './parts.tsx'

/** 供数: the agreements under which one supplies, receives or watches. */
export const SupplyListPage = () => {
  useTitle('供数')
  const { data, error, refetch } = useQuery({
    queryKey: ['supply'],
    queryFn: ({ signal }) => get<SupplyList>('/supply', undefined, signal),
  })
  if (error && !data) return <Trouble error={error} again={() => void refetch()} />
  if (!data) return <Skeleton active title={false} paragraph={{ rows: 6 }} />
  return (
    <div>
      <header className="page-head">
        <h1>供数</h1>
        <span className="muted">按协议列出各目录项供数的前提、批次与交接</span>
      </header>
      {data.length === 0 ? (
        <div className="card">
          <Empty title="还没有可以供数的协议" says="授权运营协议签订、进入执行期以后，涉及本单位的会列在这里。">
            <Link to="/desk/agreements">运营协议</Link>
          </Empty>
        </div>
      ) : (
        <section className="card wide-table">
          <table className="cases plain">
            <thead>
              <tr>
                <th scope="col">协议</th>
                <th scope="col">实施机构</th>
                <th scope="col">运营机构</th>
                <th scope="col">期限</th>
                <th scope="col" className="n">
                  目录项
                </th>
                <th scope="col">状态</th>
              </tr>
            </thead>
            <tbody>
              {data.map((a) => (
                <tr key={a.id}>
                  <td>
                    <Link to={`/desk/supply/${a.id}`}>{a.title}</Link>
                    <div className="sub">{a.kindTerm}</div>
                  </td>
                  <td className="sub">{a.implementer}</td>
                  <td className="sub">{a.operator}</td>
                  <td className="sub nowrap">
                    {a.termFrom} 至 {a.termTo}
                  </td>
                  <td className="n">{a.items}</td>
                  <td>
                    <StateChip state={a.state} term={a.stateTerm} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </div>
  )
}

export const SupplyPage = () => {
  const { id = '' } = useParams()
  const { data, error, refetch } = useQuery({
    queryKey: ['supply', id],
    queryFn: ({ signal }) => get<SupplyView>(`/supply/${id}`, undefined, signal),
    refetchInterval: (q) =>
      q.state.data?.items.some((i) => i.batches.some((b) => ['receiving', 'checking'].includes(b.state)))
        ? 3000
        : false,
  })
  if (error && !data) return <Trouble error={error} again={() => void refetch()} />
  if (!data) return <Skeleton active title={false} paragraph={{ rows: 8 }} />
  return <Supply view={data} />
}

const Supply = ({ view }: { view: SupplyView }) => {
  useTitle(`${view.title} 供数`)
  const today = useClock()?.day
  const handles = useMe()?.duties.includes('handler') ?? false
  const open = view.items.filter((i) => i.gates.every((g) => g.open)).length
  const served = view.items.filter((i) => i.batches.some((b) => b.state === 'available')).length
  return (
    <article className="case supply">
      <nav className="crumb" aria-label="位置">
        <Link to="/desk/supply">供数</Link>
      </nav>
      <header className="case-head">
        <h1>{view.title}</h1>
        <span className="actions">
          {view.mayDemand && handles && (
            <>
              <NewCase
                collection="supply-demands"
                kind="items"
                about={view.id}
                title={view.title}
                label="提出数据需求"
              />
              <NewCase
                collection="supply-demands"
                kind="unmet"
                about={view.id}
                title={view.title}
                label="提请协调"
                type="default"
              />
            </>
          )}
        </span>
      </header>
      <p className="case-sub">
        <Link to={`/desk/agreements/${view.id}`}>运营协议</Link> · 截至 {view.day}
      </p>
      <dl className="card tally" aria-label="总计">
        <div>
          <dt>目录项</dt>
          <dd>{view.items.length}</dd>
        </div>
        <div className={open < view.items.length ? 'warn' : ''}>
          <dt>前提齐备</dt>
          <dd>{open}</dd>
        </div>
        <div>
          <dt>已有可用数据</dt>
          <dd>{served}</dd>
        </div>
      </dl>
      <section className="card segments" aria-labelledby="segments">
        <header className="card-head">
          <h2 id="segments">各段安全主体责任</h2>
        </header>
        <ol className="hops">
          {view.segments.map((g) => (
            <li key={g.key}>
              <b>{g.term}</b>
              <span>{g.party || g.roleTerm}</span>
              {g.party && <span className="muted small">{g.roleTerm}</span>}
            </li>
          ))}
        </ol>
      </section>
      {view.sync && <Sync view={view} sync={view.sync} handles={handles} today={today} />}
      {view.items.map((i) => (
        <Item key={i.id} view={view} item={i} handles={handles} today={today} />
      ))}
    </article>
  )
}

const Sync = ({
  view,
  sync,
  handles,
  today,
}: {
  view: SupplyView
  sync: NonNullable<SupplyView['sync']>
  handles: boolean
  today: string | undefined
}) => (
  <section className="card" aria-labelledby="sync">
    <header className="card-head">
      <h2 id="sync">全量同步至整体授权实施机构</h2>
      <span className="muted small">{sync.whole || '整体授权实施机构尚未确定'}</span>
      <span className="grow" />
      {sync.mine && handles && sync.whole !== '' && (
        <NewCase
          collection="batches"
          kind="fullSync"
          about={view.id}
          title={view.title}
          label="发起全量同步"
          size="small"
          type="default"
        />
      )}
    </header>
    <div className="loose complete">
      <Bar
        percent={sync.total === 0 ? 0 : Math.floor((sync.complete * 100) / sync.total)}
        format={() => sync.percent}
        aria-label="完整率"
      />
      <p>
        协议目录项 {sync.total} 项，已供数 {sync.supplied} 项，与供数一致地同步 {sync.complete} 项。
      </p>
      <p className="muted small">
        {sync.says}（{sync.basis}）
      </p>
      {sync.runs.length > 0 && <Batches batches={sync.runs} today={today} />}
    </div>
  </section>
)

const Item = ({
  view,
  item,
  handles,
  today,
}: {
  view: SupplyView
  item: SupplyView['items'][number]
  handles: boolean
  today: string | undefined
}) => {
  const ready = item.gates.every((g) => g.open)
  const lacks = item.gates.filter((g) => !g.open).map((g) => g.key)
  return (
    <section className="card item" aria-label={item.name}>
      <header className="card-head">
        <h2>
          <Link to={`/desk/items/${item.id}`}>{item.name}</Link>
        </h2>
        <span className="muted small">{item.unit}</span>
        <span className={`chip ${ready ? 'ok' : 'warn'}`}>{ready ? '可以供数' : `缺 ${lacks.length} 项前提`}</span>
        <span className="grow" />
        {item.masking && (
          <Link to={`/desk/maskings/${item.masking.id}`} className="small">
            脱敏规则：{item.masking.stateTerm}
          </Link>
        )}
        {item.mine && handles && (
          <>
            <NewCase
              collection="maskings"
              about={view.id}
              title={item.name}
              label="拟定脱敏规则"
              size="small"
              type={lacks.includes('masking') ? 'primary' : 'default'}
              begin={{ item: item.id }}
            />
            {ready && (
              <>
                <NewCase
                  collection="batches"
                  kind="file"
                  about={view.id}
                  title={item.name}
                  label="上传文件"
                  size="small"
                  begin={{ item: item.id }}
                />
                <NewCase
                  collection="batches"
                  kind="pull"
                  about={view.id}
                  title={item.name}
                  label="从数据库抽取"
                  size="small"
                  type="default"
                  begin={{ item: item.id }}
                />
              </>
            )}
          </>
        )}
      </header>
      <div className="item-body">
        <Gates gates={item.gates} />
        {handles && item.asks.length > 0 && (
          <p className="asks" aria-label="补办同意与证明">
            {item.asks.map((a) => (
              <NewCase
                key={`${a.kind} ${a.upstream}`}
                collection="consents"
                kind={a.kind}
                about={item.id}
                title={item.name}
                label={a.term}
                size="small"
                type="default"
                {...(a.upstream ? { begin: { upstream: a.upstream } } : {})}
              />
            ))}
          </p>
        )}
        {item.batches.length > 0 ? (
          <Batches batches={item.batches} today={today} />
        ) : (
          <p className="muted small none">还没有供数批次。</p>
        )}
      </div>
    </section>
  )
}

const Batches = ({
  batches,
  today,
}: {
  batches: SupplyView['items'][number]['batches']
  today: string | undefined
}) => (
  <table className="cases plain tight">
    <thead>
      <tr>
        <th scope="col">批次</th>
        <th scope="col">方式</th>
        <th scope="col" className="n">
          记录数
        </th>
        <th scope="col">状态</th>
      </tr>
    </thead>
    <tbody>
      {batches.map((b) => (
        <tr key={b.id}>
          <td>
            <Link to={`/desk/batches/${b.id}`}>
              <DayText day={b.opened} today={today} />
            </Link>
          </td>
          <td className="sub">{b.kindTerm}</td>
          <td className="n">{b.rows > 0 ? b.rows.toLocaleString('zh-CN') : ''}</td>
          <td>
            <StateChip state={b.state} term={b.stateTerm} />
          </td>
        </tr>
      ))}
    </tbody>
  </table>
)
