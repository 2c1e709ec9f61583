import type { ProgrammeOverview } from '#contract'
import { useQuery } from '@tanstack/react-query'
import { Button, Skeleton } from 'antd'
import { useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { get, useMe } from '../../api.ts'
import { Empty } from '../../ui/Empty.tsx'
import { Trouble } from '../../ui/Trouble.tsx'
import { useTitle } from '../../ui/title.ts'
import { NewCase } from '../NewCase.tsx'
import { casePath, hatsOf } from '../places.ts'
import { Gantt } from './Gantt.tsx'
import './programme.css'

type Programme = ProgrammeOverview['programmes'][number]
type State = Programme['common'][number]

const terms = { met: '已完成', metLate: '逾期完成', late: '逾期未完成', open: '未到期' } as const
const tones = { met: 'ok', metLate: 'amber', late: 'bad', open: '' } as const

/** 分批推进: every batch with its dates, how many units have reached what, and each unit's row. */
export const ProgrammePage = () => {
  useTitle('分批推进')
  const me = useMe()
  const hats = me ? hatsOf(me) : undefined
  const [params, setParams] = useSearchParams()
  const { data, error, refetch } = useQuery({
    queryKey: ['list', 'programmes', 'overview'],
    queryFn: ({ signal }) => get<ProgrammeOverview>('/programmes/overview', undefined, signal),
  })
  const sets = hats?.bureau === true && hats.handler
  const shown = data?.programmes.find((p) => p.id === params.get('batch')) ?? data?.programmes[0]
  return (
    <>
      <header className="page-head">
        <h1>分批推进</h1>
        {data && <span className="muted">截至 {data.day}</span>}
        <div className="grow" />
        {sets && data?.reports && (
          <NewCase collection="recordals" kind="report" label="授权运营情况报告" type="default" />
        )}
        {sets &&
          data?.templated &&
          (
            [
              ['first', '启动第一批'],
              ['second', '启动第二批'],
              ['further', '启动其他批次'],
            ] as const
          )
            .filter(([kind]) => kind === 'further' || !data.programmes.some((p) => p.kind === kind && !p.final))
            .map(([kind, label]) => (
              <NewCase
                key={kind}
                collection="programmes"
                kind={kind}
                label={label}
                type={kind === 'further' ? 'default' : 'primary'}
              />
            ))}
      </header>
      {error ? (
        <Trouble error={error} again={() => void refetch()} />
      ) : !data ? (
        <Skeleton active title={false} />
      ) : !shown ? (
        <div className="card">
          <Empty
            title={data.templated ? '还没有启动批次' : '本地区没有规定分批推进的步骤'}
            says={
              data.templated
                ? '数据管理部门启动批次后，单位和各步骤的时间按规则带出，进度由各事项自动得出。'
                : '规则包没有分批推进的单位和时间，实施方案、遴选、协议照常办理。'
            }
          />
        </div>
      ) : (
        <>
          {data.programmes.length > 1 && (
            <div className="tabs" role="group" aria-label="批次">
              {data.programmes.map((p) => (
                <button
                  key={p.id}
                  className={p.id === shown.id ? 'on' : ''}
                  aria-pressed={p.id === shown.id}
                  onClick={() => setParams({ batch: p.id })}
                >
                  {p.title}
                </button>
              ))}
            </div>
          )}
          <Batch key={shown.id} programme={shown} day={data.day} />
        </>
      )}
    </>
  )
}

const Batch = ({ programme: p, day }: { programme: Programme; day: string }) => {
  const [step, setStep] = useState<string>()
  const [lateOnly, setLateOnly] = useState(false)
  const own = p.milestones.filter((m) => !m.common)
  const late = p.units.filter((u) => u.states.some((s) => s.state === 'late')).length
  const rows = p.units.filter(
    (u) =>
      (!lateOnly || u.states.some((s) => s.state === 'late')) &&
      (step === undefined || u.states.some((s) => s.key === step && s.state !== 'met' && s.state !== 'metLate')),
  )
  return (
    <>
      <figure className="card figure">
        <figcaption>
          <h2>{p.title}</h2>
          <span className="muted small">
            {p.begins} 起 · {p.units.length} 个单位
            {late > 0 && <b className="bad-text">，{late} 个有逾期步骤</b>} · 依据 {p.basis}
          </span>
          <div className="grow" />
          {p.leads && <Link to={`/desk/programmes/${p.id}`}>调整与确认</Link>}
          <a href={`/api/programmes/${p.id}/table.xlsx`} download>
            导出 Excel
          </a>
        </figcaption>
        <Gantt
          programme={p}
          day={day}
          pick={(key) => setStep((was) => (was === key || !own.some((m) => m.key === key) ? undefined : key))}
        />
        <p className="legend small" aria-hidden="true">
          <span>
            <i className="met" /> 已完成
          </span>
          <span>
            <i className="late" /> 逾期未完成
          </span>
          <span>
            <i className="open" /> 未到期
          </span>
          <span className="muted">条形止于期限，自上一步骤的期限起画；点击一条，只看尚未完成的单位</span>
        </p>
      </figure>
      {p.common.length > 0 && (
        <section className="card common" aria-labelledby="common">
          <h2 id="common">共同步骤</h2>
          <ul>
            {p.milestones
              .filter((m) => m.common)
              .map((m) => {
                const s = p.common.find((x) => x.key === m.key)!
                return (
                  <li key={m.key}>
                    <span>{m.term}</span> <span className="muted small">{m.due} 前</span> <Reached s={s} />
                  </li>
                )
              })}
          </ul>
        </section>
      )}
      <section className="card" aria-labelledby="units">
        <header className="card-head">
          <h2 id="units">各单位进度</h2>
          <span className="muted small">
            {rows.length === p.units.length ? `${rows.length} 个单位` : `${rows.length} / ${p.units.length} 个单位`}
            {step !== undefined && ` · 尚未完成“${p.milestones.find((m) => m.key === step)?.term ?? ''}”`}
          </span>
          <div className="grow" />
          {step !== undefined && (
            <Button size="small" onClick={() => setStep(undefined)}>
              看全部单位
            </Button>
          )}
          {late > 0 && (
            <Button size="small" type={lateOnly ? 'primary' : 'default'} onClick={() => setLateOnly(!lateOnly)}>
              只看有逾期的
            </Button>
          )}
        </header>
        <div className="wide-table">
          <table className="matrix">
            <caption className="unseen">各单位各步骤的完成情况</caption>
            <thead>
              <tr>
                <th scope="col">单位</th>
                {own.map((m) => (
                  <th scope="col" key={m.key} title={`依据 ${m.article}`}>
                    {m.term}
                    <small>{m.due} 前</small>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((u) => (
                <tr key={u.name}>
                  <th scope="row">
                    {u.org ? <span title={u.orgName}>{u.name}</span> : u.name}
                    <small>
                      {u.mode === 'utility' && '公用企业 · '}
                      {u.implementer || (u.org || u.mode === 'whole' ? '' : '系统内没有这一单位')}
                    </small>
                  </th>
                  {own.map((m) => (
                    <td key={m.key}>
                      <Reached s={u.states.find((x) => x.key === m.key)} />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </section>
    </>
  )
}

const Reached = ({ s }: { s: State | undefined }) => {
  if (!s) return null
  const words = (
    <>
      {terms[s.state]}
      {s.on !== '' && <small>{s.on}</small>}
      {s.hand && <small>凭材料确认</small>}
    </>
  )
  return <span className={`reached ${tones[s.state]}`}>{s.by ? <Link to={casePath(s.by)}>{words}</Link> : words}</span>
}
