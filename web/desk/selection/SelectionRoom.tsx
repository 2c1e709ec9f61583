import './selection.css'
import type { CaseView, SelectionRoom as Room } from '#contract'
import { useQuery } from '@tanstack/react-query'
import { Skeleton, Tooltip } from 'antd'
import { Fragment } from 'react'
import { Link } from 'react-router'
import { get } from '../../api.ts'
import { DrawRecord } from '../../ui/DrawRecord.tsx'
import { StateChip } from '../../ui/chips.tsx'
import { Trouble } from '../../ui/Trouble.tsx'
import { Phases } from '../case/Phases.tsx'

const steps = [
  { key: 'prepare', term: '准备', states: ['draft', 'ready'] },
  { key: 'announce', term: '公告', states: ['announced'] },
  { key: 'check', term: '资格审查', states: ['closed'], here: true },
  { key: 'evaluate', term: '专家评审', states: ['evaluating'], here: true },
  { key: 'decide', term: '提出与审定', states: ['ranked', 'decided'] },
  { key: 'done', term: '选定', states: ['awarded', 'contracted', 'failed'] },
] as const

/** How far a selection is; what is held on a procurement platform has no check or evaluation here. */
const phasesOf = (view: CaseView, runHere: boolean): CaseView['phases'] => {
  const shown = steps.filter((s) => runHere || !('here' in s))
  const at = shown.findIndex(
    (s) =>
      (s.states as readonly string[]).includes(view.state) || (s.key === 'prepare' && view.state.startsWith('review.')),
  )
  return shown.map((s, i) => ({
    key: s.key,
    term: s.key === 'done' && view.state === 'failed' ? '遴选失败' : s.term,
    status: i < at || (i === at && view.final) ? 'done' : i === at ? 'now' : 'next',
    note: i === at && !view.final ? view.stateTerm : '',
  }))
}

/** 遴选工作室: who applied and fulfils what, the draw, the scores, in the order in which they come about. */
export const SelectionRoom = ({ view }: { view: CaseView }) => {
  const { data, error, refetch } = useQuery({
    queryKey: ['case', 'selections', view.id, 'room'],
    queryFn: ({ signal }) => get<Room>(`/selections/${view.id}/room`, undefined, signal),
    staleTime: 0,
  })
  if (error && !data) return <Trouble error={error} again={() => void refetch()} />
  if (!data) return <Skeleton active title={false} paragraph={{ rows: 4 }} />
  return (
    <>
      <Phases phases={phasesOf(view, data.runHere)} />
      {data.runHere && <Candidates room={data} />}
      {data.reviewers.length > 0 && <Reviewers room={data} />}
      {data.scores.length > 0 && <Scores room={data} />}
      {data.draw && (
        <section className="card" aria-labelledby="draw">
          <div className="card-head">
            <h2 id="draw">抽取记录</h2>
            <span className="muted small">
              专家库 {data.draw.order.length} 人，抽取 {data.draw.panel.length} 人
            </span>
          </div>
          <div className="loose">
            <DrawRecord draw={data.draw} />
          </div>
        </section>
      )}
    </>
  )
}

const Candidates = ({ room }: { room: Room }) => {
  const ordered = [...room.candidates].sort((a, b) => (a.place ?? 99) - (b.place ?? 99))
  return (
    <section className="card" aria-labelledby="candidates">
      <div className="card-head">
        <h2 id="candidates">申请人</h2>
        {!room.sealed && <span className="muted small">{room.candidates.length} 家</span>}
      </div>
      {room.sealed ? (
        <p className="loose sub">
          {room.until} 截止前，申请只有申请人自己可见，遴选单位和各级数据管理部门都看不到，也不知道有几家。
        </p>
      ) : ordered.length === 0 ? (
        <p className="loose sub">没有可以查看的申请。</p>
      ) : (
        <div className="wide-table" tabIndex={0} role="region" aria-label="申请人与资格条件">
          <table className="cases plain eligibility">
            <thead>
              <tr>
                <th scope="col">资格条件</th>
                {ordered.map((c) => (
                  <th key={c.id} scope="col">
                    <Link to={`/desk/candidacies/${c.id}`}>{c.name}</Link>
                    <div>
                      <StateChip state={c.state} term={c.stateTerm} />
                    </div>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {room.conditions.map((k) => (
                <tr key={k.key}>
                  <th scope="row">{k.term}</th>
                  {ordered.map((c) => {
                    const f = c.findings.find((x) => x.key === k.key)
                    return (
                      <td key={c.id}>
                        <span className={f?.result === 'met' ? 'met' : f?.result === 'unmet' ? 'unmet' : 'muted'}>
                          {f?.result === 'met' ? '符合' : f?.result === 'unmet' ? '不符合' : '未审查'}
                        </span>
                        {f?.note && <span className="sub small"> {f.note}</span>}
                      </td>
                    )
                  })}
                </tr>
              ))}
            </tbody>
            {ordered.some((c) => c.total !== undefined || c.why) && (
              <tfoot>
                <tr>
                  <th scope="row">评审结果</th>
                  {ordered.map((c) => (
                    <td key={c.id}>
                      {c.place !== undefined && (
                        <b>
                          第 {c.place} 名 · 总分 {c.total}
                        </b>
                      )}
                      {c.why && <span className="unmet small">{c.why}</span>}
                    </td>
                  ))}
                </tr>
              </tfoot>
            )}
          </table>
        </div>
      )}
    </section>
  )
}

const Reviewers = ({ room }: { room: Room }) => (
  <section className="card" aria-labelledby="reviewers">
    <div className="card-head">
      <h2 id="reviewers">评审专家</h2>
      <span className="muted small">
        {room.reviewers.filter((r) => r.on && r.state === 'signed').length} /{' '}
        {room.reviewers.filter((r) => r.on).length} 人已签署；全部签署前不显示评分
      </span>
    </div>
    <ul className="reviewers">
      {room.reviewers.map((r) => (
        <li key={r.expert} className={r.on ? '' : 'muted'}>
          {r.name} <code title={r.expert}>{r.expert.slice(-8)}</code> <StateChip state={r.state} term={r.stateTerm} />
        </li>
      ))}
    </ul>
  </section>
)

/** Every score: a row for each candidate and factor, a column for each reviewer; the reason stands behind the number. */
const Scores = ({ room }: { room: Room }) => {
  const reviewers = room.reviewers.filter((r) => room.scores.some((s) => s.reviewer === r.name))
  const ranked = room.candidates.filter((c) => c.place !== undefined).sort((a, b) => (a.place ?? 0) - (b.place ?? 0))
  const of = (org: string, factor: string | undefined, reviewer: string | undefined) =>
    room.scores.filter(
      (s) =>
        s.org === org &&
        (factor === undefined || s.factor === factor) &&
        (reviewer === undefined || s.reviewer === reviewer),
    )
  const sum = (of: readonly { readonly score: number }[]): number => of.reduce((n, s) => n + s.score, 0)
  return (
    <section className="card" aria-labelledby="scores">
      <div className="card-head">
        <h2 id="scores">评分</h2>
        <span className="muted small">指向分数可看理由</span>
      </div>
      <div className="wide-table" tabIndex={0} role="region" aria-label="评分">
        <table className="cases plain scores">
          <thead>
            <tr>
              <th scope="col">评审因素</th>
              {reviewers.map((r) => (
                <th key={r.expert} scope="col">
                  {r.name}
                </th>
              ))}
              <th scope="col">合计</th>
            </tr>
          </thead>
          {ranked.map((c) => (
            <tbody key={c.id}>
              <tr className="who">
                <th scope="rowgroup">
                  {c.name} <span className="muted">第 {c.place} 名</span>
                </th>
                {reviewers.map((r) => (
                  <td key={r.expert}>{sum(of(c.org, undefined, r.name))}</td>
                ))}
                <td>
                  <b>{sum(of(c.org, undefined, undefined))}</b>
                </td>
              </tr>
              {room.criteria.map((k) => (
                <tr key={k.term}>
                  <th scope="row">
                    {k.term} <span className="muted small">满分 {k.most}</span>
                  </th>
                  {reviewers.map((r) => {
                    const [s] = of(c.org, k.term, r.name)
                    return (
                      <td key={r.expert}>
                        {s && (
                          <Tooltip title={s.reason}>
                            <span tabIndex={0} aria-label={`${s.score}，${s.reason}`}>
                              {s.score}
                            </span>
                          </Tooltip>
                        )}
                      </td>
                    )
                  })}
                  <td>{sum(of(c.org, k.term, undefined))}</td>
                </tr>
              ))}
            </tbody>
          ))}
        </table>
      </div>
      {room.opinions.length > 0 && (
        <dl className="opinions loose">
          {room.opinions.map((o) => (
            <Fragment key={o.reviewer}>
              <dt>{o.reviewer}</dt>
              <dd>{o.says}</dd>
            </Fragment>
          ))}
        </dl>
      )}
    </section>
  )
}
