import './opening.css'
import type { CaseView, Suggestion, TracedView } from '#contract'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useRef } from 'react'
import { Link } from 'react-router'
import { get, problemOf, sendFile, useMe } from '../../api.ts'
import { Trouble } from '../../ui/Trouble.tsx'
import { NewCase } from '../NewCase.tsx'
import { hatsOf } from '../places.ts'

interface About {
  readonly collection: string
  readonly view: CaseView
}
const wasOpened = (view: CaseView): boolean =>
  view.timeline.some((t) => t.act === 'open') &&
  view.timeline.findLast((t) => ['open', 'closeOpening'].includes(t.act))?.act === 'open'

/** What opening adds to the page of an entry: into the plan, and to the page that the public sees. */
export const OpeningButtons = ({ collection, view }: About) => {
  const me = useMe()
  if (!me || collection !== 'items' || view.final || view.variant !== 'resource') return null
  const bureau = view.seats.some((s) => s.seat === 'bureau' && s.mine)
  const open = wasOpened(view)
  return (
    <>
      {open && (
        <Link to={`/datasets/${view.id}`} className="ant-btn ant-btn-default">
          开放数据页面
        </Link>
      )}
      {bureau && !open && me.duties.includes('handler') && (
        <NewCase collection="openingPlans" label="列入开放计划" about={view.id} title={view.title} type="default" />
      )}
    </>
  )
}

/** The parts of a case page that opening and demands add. */
export const OpeningPanel = ({ collection, view }: About) => {
  const me = useMe()
  if (!me) return null
  const mine = (seat: string): boolean => view.seats.some((s) => s.seat === seat && s.mine)
  if (collection === 'openings') return mine('applicant') ? <Download view={view} /> : null
  if (collection === 'demands' && (mine('bureau') || mine('unit')) && !view.final) return <Matches id={view.id} />
  if (collection === 'items' && view.timeline.some((t) => t.act === 'open') && hatsOf(me).bureau && mine('bureau'))
    return <Trace view={view} />
  return null
}

const Download = ({ view }: { view: CaseView }) => {
  const ready = view.state === 'granted'
  const stopped = view.state === 'suspended' || view.state === 'corrected'
  if (!ready && !stopped) return null
  const file = (format: string): string => `/api/openings/${view.id}/data.${format}`
  return (
    <section className="card loose" aria-labelledby="data">
      <h2 id="data">数据</h2>
      {ready ? (
        <>
          <p className="sub">
            只供本申请的场景使用，不得提供给第三方，不得用于其他目的。每份数据按接收人排列，可以查明外流来源；每次下载记入访问日志。
          </p>
          <div className="line" style={{ marginTop: 12 }}>
            <Button type="primary" href={file('csv')} download>
              下载 CSV
            </Button>
            <Button href={file('xlsx')} download>
              下载 Excel
            </Button>
            <Button href={file('json')} download>
              下载 JSON
            </Button>
          </div>
        </>
      ) : (
        <p className="bad-text">因违反承诺已暂停提供数据，改正并经核实后恢复。已下载的数据应立即停止使用。</p>
      )}
    </section>
  )
}

/** Entries that may answer a demand. */
const Matches = ({ id }: { id: string }) => {
  const found = useQuery({
    queryKey: ['matches', id],
    queryFn: ({ signal }) => get<Suggestion[]>(`/demands/${id}/matches`, undefined, signal),
    staleTime: 60_000,
  })
  if (found.isError) return <Trouble error={found.error} again={() => void found.refetch()} />
  if (!found.data) return null
  return (
    <section className="card loose" aria-labelledby="matches">
      <h2 id="matches">可能满足需求的目录项</h2>
      {found.data.length === 0 ? (
        <p className="muted">公布的目录中没有名称或内容相近的，可转单位答复。</p>
      ) : (
        <ul className="matches">
          {found.data.map((m) => (
            <li key={m.id}>
              <span className="grow">
                {m.name}
                <span className="sub small"> {m.units.join('、')}</span>
              </span>
              {m.open !== '' && (
                <Link to={`/datasets/${m.id}`} className={`chip ${m.open === 'unconditional' ? 'ok' : 'blue'}`}>
                  {m.open === 'unconditional' ? '无条件开放' : '有条件开放'}
                </Link>
              )}
            </li>
          ))}
        </ul>
      )}
      <p className="muted small">按名称、摘要和信息项的用词推荐，答复前请核对。</p>
    </section>
  )
}

const verdicts = { identified: '已查明来源', several: '与不止一份吻合', undecided: '无法判定' } as const

/** 追溯: whose copy a found file is. */
const Trace = ({ view }: { view: CaseView }) => {
  const input = useRef<HTMLInputElement>(null)
  const traced = useMutation({
    mutationFn: (file: File) => sendFile<TracedView>(`/items/${view.id}/trace`, file),
  })
  const t = traced.data
  return (
    <section className="card loose" aria-labelledby="trace">
      <h2 id="trace">外流数据追溯</h2>
      <p className="sub">
        发现有条件开放的数据外流时，上传发现的文件（CSV、Excel 或
        Parquet，可以只是一部分），与提供过的每一份比对行的顺序和缺少的行。
      </p>
      <div className="line" style={{ marginTop: 12 }}>
        <Button loading={traced.isPending} onClick={() => input.current?.click()}>
          上传发现的文件
        </Button>
        <input
          ref={input}
          type="file"
          hidden
          accept=".csv,.xlsx,.parquet"
          aria-label="发现的文件"
          onChange={(e) => {
            const file = e.target.files?.[0]
            if (file) traced.mutate(file)
            e.target.value = ''
          }}
        />
        {traced.variables && !traced.isPending && <span className="sub small">{traced.variables.name}</span>}
      </div>
      {traced.isError && <p className="bad-text">{problemOf(traced.error).title}</p>}
      {t && (
        <div className="traced" role="status">
          <p>
            <span className={`chip ${t.result === 'identified' ? 'bad' : t.result === 'several' ? 'warn' : ''}`}>
              {verdicts[t.result]}
            </span>{' '}
            {t.says}
          </p>
          <p className="muted small">
            比对 {t.rows.toLocaleString('zh-CN')} 行，提供过 {t.copies}{' '}
            份。结论只说明文件与哪一份吻合，是否违反承诺须另行查明。
          </p>
          {t.matches.length > 0 && (
            <table className="plain">
              <thead>
                <tr>
                  <th scope="col">接收人</th>
                  <th scope="col">应用场景</th>
                  <th scope="col">行序吻合</th>
                  <th scope="col">本不该有的行</th>
                  <th scope="col">把握</th>
                </tr>
              </thead>
              <tbody>
                {t.matches.map((m) => (
                  <tr key={m.opening} className={m.named ? 'on' : ''}>
                    <th scope="row">
                      <Link to={`/desk/openings/${m.opening}`}>{m.recipient}</Link>
                      <div className="muted small">{m.number}</div>
                    </th>
                    <td>{m.scenario}</td>
                    <td>
                      {m.pairs === 0 ? '—' : `${Math.round((m.rising * 100) / m.pairs)}%`}
                      <span className="muted small">
                        {' '}
                        {m.rising} / {m.pairs}
                      </span>
                    </td>
                    <td>{m.absent}</td>
                    <td>
                      {m.named ? (
                        <>
                          偶然吻合不超过 10<sup>−{Math.floor(m.both)}</sup>
                        </>
                      ) : (
                        <span className="muted">不足以判定</span>
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </div>
      )}
    </section>
  )
}
