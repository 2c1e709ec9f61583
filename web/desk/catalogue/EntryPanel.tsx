import type { CaseView, CatalogueEntry, EntryHistory } from '#contract'
import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { get, useClock, useMe } from '../../api.ts'
import { Trouble } from '../../ui/Trouble.tsx'
import { DayText } from '../../ui/chips.tsx'
import { NewCase } from '../NewCase.tsx'
import { hatsOf } from '../places.ts'
import { FreshChip } from './CataloguePage.tsx'
import './catalogue.css'

const useEntry = (id: string, version: number) =>
  useQuery({
    queryKey: ['case', 'items', id, 'history', version],
    queryFn: ({ signal }) => get<EntryHistory>(`/catalogue/${id}`, undefined, signal),
  })

const sources: Readonly<Record<string, string>> = { sole: '唯一数源', reference: '引用他处', distinct: '已排除冲突' }

const Chips = ({ entry: e, today }: { entry: CatalogueEntry; today: string | undefined }) => (
  <div className="entry-chips" aria-label="现状">
    <span className="chip">{e.sharing || '共享属性未注明'}</span>
    <span className="chip">{e.opening || '开放属性未注明'}</span>
    <span className={`chip ${e.grade ? 'blue' : 'warn'}`}>{e.grade ? `${e.grade} 级` : '未分级'}</span>
    {e.collected === true && <span className="chip ok">已归集</span>}
    <FreshChip entry={e} today={today} />
    <span className={`chip ${e.published ? 'ok' : ''}`}>{e.published ? '已公布' : '未公布'}</span>
    {e.registered && <span className="chip ok">登记码 {e.registered}</span>}
    {e.batch && <span className="chip blue">授权运营 {e.batch}</span>}
    {e.filed && <span className="chip">{e.filed}</span>}
    {sources[e.source] && <span className="chip blue">{sources[e.source]}</span>}
    {e.secret && <span className="chip bad">含有国家秘密：不共享、不开放、不公布</span>}
  </div>
)

const tone = { ok: 'ok', due: 'warn', late: 'bad', none: '' } as const
const words = { ok: '正常', due: '待办', late: '逾期', none: '—' } as const

/** An entry at one look: what it is, what its source unit has to do about it. Above the case page of the entry. */
export const EntryHead = ({ view, act }: { view: CaseView; act: (name: string) => void }) => {
  const today = useClock()?.day
  const me = useMe()
  const hats = me ? hatsOf(me) : undefined
  const { data, error } = useEntry(view.id, view.version)
  if (error) return <Trouble error={error} />
  if (!data?.entry) return null
  const can = new Set(view.actions.map((a) => a.act))
  const version = data.recheck.version
  return (
    <>
      <Chips entry={data.entry} today={today} />
      {hats?.operator && hats.handler && (
        <div className="line" style={{ marginBottom: 14 }}>
          <NewCase
            collection="proposals"
            kind="amend"
            about={view.id}
            title={view.title}
            label="建议调整内容"
            type="default"
          />
          {data.entry.batch === '' ? (
            <NewCase
              collection="proposals"
              kind="include"
              about={view.id}
              title={view.title}
              label="建议列入授权目录"
              type="default"
            />
          ) : (
            <NewCase
              collection="proposals"
              kind="exclude"
              about={view.id}
              title={view.title}
              label="建议移出授权目录"
              type="default"
            />
          )}
        </div>
      )}
      {data.duties.length > 0 && (
        <ul className="card duties" aria-label="数源单位的任务" style={{ marginBottom: 16 }}>
          {data.duties.map((d) => (
            <li key={d.term}>
              <h3>
                {d.term} <span className={`chip ${tone[d.state]}`}>{words[d.state]}</span>
              </h3>
              <p>{d.says}</p>
              {can.has(d.act) && d.state !== 'ok' && (
                <Button type="link" size="small" style={{ padding: 0 }} onClick={() => act(d.act)}>
                  {{ collect: '登记归集情况', revise: '补充内容', refresh: '登记数据更新' }[d.act] ?? '去办理'}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      {data.missing.length > 0 && (
        <p className="sub small" style={{ marginBottom: 14 }}>
          按编制指南（{data.entry.guideline} 版）尚未填写：{data.missing.join('、')}
          {version !== data.entry.guideline &&
            `；按现行 ${version} 版，完整度 ${data.recheck.complete}%，尚缺 ${data.recheck.missing.join('、') || '无'}`}
        </p>
      )}
    </>
  )
}

/** Every version against the one before: who, when, what it was and what it is. */
export const EntryChanges = ({ view }: { view: CaseView }) => {
  const today = useClock()?.day
  const { data } = useEntry(view.id, view.version)
  const told = data?.history.filter((h) => h.changes.length > 0 || h.seq === 1) ?? []
  if (told.length === 0) return null
  return (
    <section className="card" aria-labelledby="changes">
      <div className="card-head">
        <h2 id="changes">变更历史</h2>
        <span className="muted small">{view.version} 个版本</span>
      </div>
      <ol className="history">
        {told.map((h) => (
          <li key={h.seq}>
            <div className="line">
              <b>{h.term}</b>
              <span className="sub">
                <DayText day={h.day} today={today} /> {h.by} {h.org !== h.by && h.org}
              </span>
            </div>
            {h.changes.length === 0 ? (
              <p className="muted small">初始版本</p>
            ) : (
              <Diff caption={`${h.term}前后对照`} changes={h.changes} />
            )}
          </li>
        ))}
      </ol>
    </section>
  )
}

/** Before and after, in words. */
export const Diff = ({
  caption,
  changes,
}: {
  caption: string
  changes: readonly { readonly term: string; readonly was: string; readonly now: string }[]
}) => (
  <table className="diff">
    <caption className="unseen">{caption}</caption>
    <tbody>
      {changes.map((c) => (
        <tr key={c.term}>
          <th scope="row">{c.term}</th>
          <td>
            {c.was !== '' && <del>{c.was}</del>} {c.was !== '' && '→ '}
            {c.now === '' ? <span className="muted">（删去）</span> : <ins>{c.now}</ins>}
          </td>
        </tr>
      ))}
    </tbody>
  </table>
)
