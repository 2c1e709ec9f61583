import type { ActionView, CaseView, ItemQuality } from '#contract'
import { useQuery } from '@tanstack/react-query'
import { Button, Skeleton } from 'antd'
import { useEffect } from 'react'
import { Link } from 'react-router'
import { get, queries } from '../../api.ts'
import type { FieldSchema, FormSchema } from '../../form/schema.ts'
import { Trouble } from '../../ui/Trouble.tsx'
import { NewCase } from '../NewCase.tsx'
import { Progress } from '../case/Progress.tsx'
import { Bar, change, count, percent, points, Ring, Trend } from './figures.tsx'

type Last = NonNullable<ItemQuality['last']>
type CheckShown = Last['checks'][number]
const verdictTone = { pass: 'ok', warn: 'warn', blocked: 'bad' } as const
const outcomes = { pass: ['ok', '合格'], warn: ['warn', '提示'], block: ['bad', '阻断'] } as const

/** The form of a run: a database is asked for only where the administrator opened one to this unit, and then by its name. */
const withSources = (action: ActionView, sources: readonly string[]): ActionView => {
  const schema = action.schema as unknown as FormSchema & { readonly properties: Readonly<Record<string, FieldSchema>> }
  const keys = (schema['x-order'] ?? []).filter((k) => sources.length > 0 || !['source', 'table'].includes(k))
  const options = sources.map((s) => ({ value: s, term: s }))
  return {
    ...action,
    schema: {
      ...schema,
      'x-order': keys,
      properties: {
        ...schema.properties,
        source: { ...schema.properties['source'], 'x-type': 'choice', 'x-options': options },
      },
    } as never,
  }
}

/** Of an entry: how good its data is, by dimension, since when, what fails, and what to do about it. */
export const Quality = ({
  view,
  act,
  reports,
}: {
  view: CaseView
  act: (action: ActionView) => void
  /** The caller may tell of defects. */
  reports: boolean
}) => {
  const { data, error, refetch } = useQuery({
    queryKey: ['quality', view.id],
    queryFn: ({ signal }) => get<ItemQuality>(`/items/${view.id}/quality`, undefined, signal),
    refetchInterval: (q) => (q.state.data?.running ? 1500 : false),
  })
  // a run ends by itself, and the page it stands on goes on from there
  const stale = data !== undefined && data.version > view.version
  useEffect(() => {
    if (stale) void queries.invalidateQueries({ queryKey: ['case', 'items', view.id] })
  }, [stale, view.id])
  if (error && !data) return <Trouble error={error} again={() => void refetch()} />
  if (!data) return <Skeleton active title={false} paragraph={{ rows: 4 }} />
  const action = (name: string): ActionView | undefined => view.actions.find((a) => a.act === name)
  const assess = action('assess')
  const refresh = action('refresh')
  const failing = data.last?.checks.filter((c) => c.outcome !== 'pass') ?? []
  const passing = data.last?.checks.filter((c) => c.outcome === 'pass') ?? []
  const row = (c: CheckShown) => <CheckRow key={c.key} c={c} view={view} reports={reports} />
  return (
    <section className="card quality" aria-labelledby="quality">
      <header>
        <h2 id="quality">数据质量</h2>
        {data.last && (
          <span className="muted">
            {data.last.day} · {data.last.phase} · {count(data.last.rows)} 行
          </span>
        )}
        <div className="grow" />
        {action('setChecks') && (
          <Button onClick={() => act(action('setChecks')!)}>
            设定质量规则<span className="muted"> {data.declared}</span>
          </Button>
        )}
        {assess && (
          <Button type="primary" disabled={data.running} onClick={() => act(withSources(assess, data.sources))}>
            质量检查
          </Button>
        )}
      </header>
      {data.running && <Progress collection="items" id={view.id} />}
      {data.failed && !data.running && (
        <p className="quality-note bad" role="alert" style={{ marginTop: '0.9rem' }}>
          <b>{data.failed.day} 的检查未完成：</b>
          {data.failed.says}
        </p>
      )}
      {!data.last && !data.running && (
        <p className="muted" style={{ padding: '1.1rem 1.15rem' }}>
          还没有检查过。
          {data.proposed
            ? `已按信息项和更新频率拟出 ${data.declared} 条规则，可以直接用，也可以先调整；`
            : `已设定 ${data.declared} 条规则；`}
          上传一份数据，就能看到得分和要改的地方。只留下计数，不留下数据。
        </p>
      )}
      {data.last && <Summary last={data.last} runs={data.runs} />}
      {data.refresh && (
        <p className="quality-note">
          <span className="grow">有工单于 {data.refresh} 更正了数据，请登记数据更新，让使用单位知道。</span>
          {refresh && <Button onClick={() => act(refresh)}>登记数据更新</Button>}
        </p>
      )}
      {failing.length > 0 && (
        <div className="wide-table">
          <table className="cases plain">
            <caption className="unseen">不合格的检核项</caption>
            <Head />
            <tbody>{failing.map(row)}</tbody>
          </table>
        </div>
      )}
      {passing.length > 0 && (
        <details className="passed" open={failing.length === 0 && passing.length <= 12}>
          <summary>合格的检核 {passing.length} 项</summary>
          <div className="wide-table">
            <table className="cases plain">
              <caption className="unseen">合格的检核项</caption>
              <Head />
              <tbody>{passing.map(row)}</tbody>
            </table>
          </div>
        </details>
      )}
      {reports && (
        <footer className="quality-foot">
          <NewCase
            collection="tickets"
            kind="quality"
            about={view.id}
            title={view.title}
            label="反映质量问题"
            type="default"
          />
          <NewCase
            collection="tickets"
            kind="verification"
            about={view.id}
            title={view.title}
            label="申请校核"
            type="default"
          />
        </footer>
      )}
    </section>
  )
}

const Summary = ({ last, runs }: { last: Last; runs: ItemQuality['runs'] }) => (
  <div className="quality-sum">
    <div className="ring">
      <Ring score={last.score} verdict={last.verdict} />
      <span>
        <span className={`chip ${verdictTone[last.verdict]}`}>{last.verdictTerm}</span>
        {last.change !== undefined && <span className="muted small"> 较上次 {change(last.change)}</span>}
      </span>
    </div>
    <ul className="bars" aria-label="各维度得分">
      {last.dimensions.map((d) => (
        <li className="bar-row" key={d.value}>
          <span>{d.term}</span>
          {d.score === undefined ? <span className="muted small">没有规则</span> : <Bar score={d.score} />}
          <span className="n">{d.score === undefined ? '' : points(d.score)}</span>
          <span className={`small ${(d.change ?? 0) < 0 ? 'bad-text' : 'muted'}`}>
            {d.change === undefined || d.change === 0 ? '' : change(d.change)}
          </span>
        </li>
      ))}
    </ul>
    <Trend runs={runs} />
  </div>
)

const Head = () => (
  <thead>
    <tr>
      <th scope="col">检核</th>
      <th scope="col">维度</th>
      <th scope="col" className="n">
        不合格
      </th>
      <th scope="col" className="n">
        占比
      </th>
      <th scope="col">结论</th>
      <th scope="col">
        <span className="unseen">办理</span>
      </th>
    </tr>
  </thead>
)

const CheckRow = ({ c, view, reports }: { c: CheckShown; view: CaseView; reports: boolean }) => {
  const [tone, word] = outcomes[c.outcome]
  const fails = c.outcome !== 'pass'
  const names =
    c.fields.length > 8 ? `${c.fields.slice(0, 8).join('、')} 等 ${c.fields.length} 项` : c.fields.join('、')
  return (
    <tr>
      <td>
        <b>{c.term}</b> {names}
        {c.parameters !== '' && <span className="muted"> {c.parameters}</span>}
        {(fails || c.failed > 0) && <p className="sub small">{c.fix}</p>}
      </td>
      <td>{c.dimensionTerm}</td>
      <td className="n">
        {c.absent ? '缺列' : `${count(c.failed)} / ${count(c.checked)}`}
        {c.moved && (
          <span className={`small ${c.moved === 'worse' ? 'bad-text' : 'muted'}`}>
            {c.moved === 'worse' ? ' 变差' : ' 好转'}
          </span>
        )}
      </td>
      <td className="n">{c.absent ? '' : percent(c.share)}</td>
      <td>
        <span className={`chip ${tone}`}>{word}</span>
      </td>
      <td className="end">
        {c.ticket ? (
          <Link to={`/desk/tickets/${c.ticket}`}>工单</Link>
        ) : (
          fails &&
          reports && (
            <NewCase
              collection="tickets"
              kind="quality"
              about={view.id}
              title={view.title}
              label="转工单"
              type="link"
              size="small"
              begin={{
                check: c.key,
                dimension: c.dimension,
                says: `“${c.term}”${names === '' ? '' : `（${names}）`}不合格：${
                  c.absent ? '数据里没有这一列' : `${count(c.checked)} 行中 ${count(c.failed)} 行`
                }。${c.fix}。`,
              }}
            />
          )
        )}
      </td>
    </tr>
  )
}
