import type { ActionView, CaseView, ImportResultView } from '#contract'
import { useQuery } from '@tanstack/react-query'
import { Button, Skeleton } from 'antd'
import { useState } from 'react'
import { Link, useParams } from 'react-router'
import { get, send, useClock } from '../../api.ts'
import { FormDrawer } from '../../form/FormDrawer.tsx'
import type { FormSchema, Value } from '../../form/schema.ts'
import { StateChip } from '../../ui/chips.tsx'
import { FileLink } from '../../ui/files.tsx'
import { Trouble } from '../../ui/Trouble.tsx'
import { useTitle } from '../../ui/title.ts'
import { ActionButtons } from '../case/ActionButtons.tsx'
import { After } from '../case/After.tsx'
import { Progress } from '../case/Progress.tsx'
import { Rulebook, Seats } from '../case/Sides.tsx'
import { Timeline } from '../case/Timeline.tsx'
import { afterAct, useCase } from '../queries.ts'
import { Columns } from './Columns.tsx'
import { Findings } from './Findings.tsx'

export const ImportPage = () => {
  const { id = '' } = useParams()
  const { data, error, refetch } = useCase('imports', id)
  if (error && !data) return <Trouble error={error} again={() => void refetch()} />
  if (!data) return <Skeleton active title={false} paragraph={{ rows: 8 }} />
  return <Import key={id} view={data} />
}

/** What the system counted at the last check, or at the end. */
const countsOf = (
  view: CaseView,
): readonly { readonly key: string; readonly term: string; readonly text: string }[] => {
  const last = [...view.timeline].reverse().find((t) => ['found', 'passed', 'finish'].includes(t.act))
  return (last?.detail ?? []).flatMap((d) => (d.text === undefined ? [] : [{ key: d.key, term: d.term, text: d.text }]))
}
const fileNamed = (view: CaseView, key: string): string | undefined =>
  [...view.timeline]
    .reverse()
    .flatMap((t) => t.detail)
    .find((d) => d.key === key && d.files?.[0])?.files?.[0]

const tone = (key: string, n: number): string =>
  n === 0 ? '' : key === 'errors' || key === 'failed' ? 'bad' : ['warnings', 'conflicts'].includes(key) ? 'warn' : ''

const Import = ({ view }: { view: CaseView }) => {
  const today = useClock()?.day
  useTitle(view.title)
  const [doing, setDoing] = useState<{ action: ActionView; at: number }>()
  const [done, setDone] = useState<string>()
  const checked = view.timeline.some((t) => ['found', 'passed'].includes(t.act))
  const { data: result, error } = useQuery({
    queryKey: ['import', view.id, view.version],
    queryFn: ({ signal }) => get<ImportResultView>(`/imports/${view.id}/result`, undefined, signal),
    enabled: checked && !view.busy,
    staleTime: Infinity,
  })
  const post = (action: ActionView, input: unknown) =>
    send<{ id: string }>('POST', `/imports/${view.id}/actions/${action.act}`, { input }, view.version)
  const finished = async (action: ActionView): Promise<void> => {
    setDoing(undefined)
    await afterAct()
    setDone(action.term)
    scrollTo(0, 0)
  }
  const counts = countsOf(view)
  const numberOf = (key: string): number => Number(counts.find((c) => c.key === key)?.text ?? 0)
  const file = fileNamed(view, 'file')
  const report = fileNamed(view, 'report')
  const map = view.actions.find((a) => a.act === 'map')
  const doneNow = view.state === 'done'
  return (
    <article className="case">
      <nav className="crumb" aria-label="位置">
        <Link to="/desk/imports">目录导入</Link>
      </nav>
      <header className="case-head">
        <h1>
          {view.title}{' '}
          <span className="chips">
            <StateChip state={view.state} term={view.stateTerm} />
          </span>
        </h1>
        <ActionButtons
          actions={view.actions.filter((a) => a.act !== 'map')}
          choose={(action) => {
            setDone(undefined)
            setDoing({ action, at: Date.now() })
          }}
          more={[]}
        />
      </header>
      <p className="case-sub">
        {view.parties['importer']} · {view.opened} 上传 · {view.divisionName} ·{' '}
        {file && <FileLink file={view.files[file]} inCase={view.id} />}
      </p>
      {done && <After done={{ term: done, toTerm: view.stateTerm }} from={view.id} close={() => setDone(undefined)} />}
      <div className="case-body">
        <div className="case-main">
          {view.busy && <Progress collection="imports" id={view.id} />}
          {error && <Trouble error={error} />}
          {!view.busy && counts.length > 0 && (
            <section className="card" aria-label={doneNow ? '导入结果' : '检查结果'}>
              <dl className="tally">
                {counts.map((c) => (
                  <div key={c.key} className={tone(c.key, Number(c.text))}>
                    <dt>{c.term}</dt>
                    <dd>{Number(c.text).toLocaleString('zh-CN')}</dd>
                  </div>
                ))}
              </dl>
              <p className="loose verdict">{verdict(view, numberOf)}</p>
              {report && !doneNow && numberOf('errors') + numberOf('warnings') > 0 && (
                <p className="loose verdict line">
                  <Button href={`/api/files/${report}?case=${view.id}`} download>
                    下载标出问题的原表
                  </Button>
                  <span className="muted small">
                    在您自己的表中就地修改后，用“换一份清单”再次上传；“问题”一列会自动跳过。
                  </span>
                </p>
              )}
            </section>
          )}
          {result && !view.busy && (
            <>
              {doneNow && <Entries result={result} />}
              {!doneNow && result.findings.length > 0 && (
                <Findings key={`findings ${view.version}`} findings={result.findings} sheets={result.sheets.length} />
              )}
              {!doneNow && result.newUnits.length > 0 && (
                <section className="card" aria-label="将登记的新单位">
                  <header className="card-head">
                    <h2>将登记的新单位</h2>
                    <span className="muted small">确认导入后由系统登记；名称有误的，请先在清单中改正</span>
                  </header>
                  <p className="loose units">
                    {result.newUnits.map((u) => (
                      <span key={u} className="chip">
                        {u}
                      </span>
                    ))}
                  </p>
                </section>
              )}
              {!doneNow && result.changes.length > 0 && <Changes result={result} />}
              <Columns
                key={`columns ${view.version}`}
                result={result}
                {...(map
                  ? {
                      schema: map.schema as FormSchema,
                      save: (input: Value) => post(map, input).then(() => finished(map)),
                    }
                  : {})}
              />
            </>
          )}
        </div>
        <aside className="case-side">
          <Timeline view={view} today={today} />
          <Seats view={view} />
          <Rulebook rules={view.rules} />
        </aside>
      </div>
      {doing && (
        <FormDrawer
          key={doing.at}
          action={doing.action}
          about={view.title}
          files={view.files}
          send={(input) => post(doing.action, input)}
          done={() => void finished(doing.action)}
          gone={!view.actions.some((a) => a.act === doing.action.act)}
          refresh={() => void afterAct()}
          close={() => setDoing(undefined)}
        />
      )}
    </article>
  )
}

const verdict = (view: CaseView, n: (key: string) => number): string => {
  switch (view.state) {
    case 'faulty':
      return '有错误，还不能导入；目录尚未有任何改动。请修改清单，或在下面更正各列的含义。'
    case 'ready':
      return n('fresh') + n('changed') === 0
        ? '没有错误，但清单与目录相同，导入不会改变什么。'
        : `没有错误。确认后新增 ${n('fresh')} 条、变更 ${n('changed')} 条；由上传人以外的复核岗位确认导入。`
    case 'done':
      return n('failed') > 0 ? '已经导入，有几行未成功，原因见下。' : '已经全部导入。'
    default:
      return '未导入，目录没有改动。'
  }
}

const Changes = ({ result }: { result: ImportResultView }) => (
  <section className="card" aria-label="变更举例">
    <header className="card-head">
      <h2>变更的目录项</h2>
      <span className="muted small">列出前 {result.changes.length} 条</span>
    </header>
    <div className="wide-table">
      <table className="cases plain">
        <thead>
          <tr>
            <th scope="col">目录项</th>
            <th scope="col">栏目</th>
            <th scope="col">现在</th>
            <th scope="col">导入后</th>
          </tr>
        </thead>
        <tbody>
          {result.changes.flatMap((c) =>
            c.changes.map((d, i) => (
              <tr key={`${c.id} ${d.term}`}>
                <td>
                  {i === 0 && (
                    <>
                      <Link to={`/desk/items/${c.id}`}>{c.name}</Link>{' '}
                      <span className="muted small">第 {c.line} 行</span>
                    </>
                  )}
                </td>
                <td className="nowrap">{d.term}</td>
                <td className="sub">{d.was || '（空）'}</td>
                <td>{d.now || '（空）'}</td>
              </tr>
            )),
          )}
        </tbody>
      </table>
    </div>
  </section>
)

const Entries = ({ result }: { result: ImportResultView }) => {
  const [most, setMost] = useState(50)
  return (
    <>
      {result.failed.length > 0 && (
        <section className="card" aria-label="未成功的行">
          <header className="card-head">
            <h2>未成功的行</h2>
          </header>
          <ul className="loose stack">
            {result.failed.map((f) => (
              <li key={f.line}>
                第 {f.line} 行 {f.name}：<span className="bad-text">{f.says}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
      {result.entries.length > 0 && (
        <section className="card" aria-label="导入的目录项">
          <header className="card-head">
            <h2>导入的目录项</h2>
            <Link to="/desk/items" className="small">
              到资源与产品目录查看
            </Link>
          </header>
          <table className="cases plain">
            <thead>
              <tr>
                <th scope="col">目录项</th>
                <th scope="col" style={{ width: '7rem' }}>
                  清单行
                </th>
                <th scope="col" style={{ width: '7rem' }}>
                  结果
                </th>
              </tr>
            </thead>
            <tbody>
              {result.entries.slice(0, most).map((e) => (
                <tr key={e.id}>
                  <td>
                    <Link to={`/desk/items/${e.id}`}>{e.name}</Link>
                  </td>
                  <td>{e.line}</td>
                  <td>{e.what}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {result.entries.length > most && (
            <div className="more">
              <Button onClick={() => setMost(most + 200)}>显示更多（已显示 {most}）</Button>
            </div>
          )}
        </section>
      )}
    </>
  )
}
