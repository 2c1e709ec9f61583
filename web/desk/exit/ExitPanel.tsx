import './exit.css'
import type { ActionView, CaseView } from '#contract'
import { Button } from 'antd'
import { Link } from 'react-router'
import { useClock } from '../../api.ts'
import { DayText } from '../../ui/chips.tsx'
import { FileLink } from '../../ui/files.tsx'
import { exitSections, type ExitLine, type ExitSection } from './lines.ts'

/** The acts that settle the lines of a section, in the order in which they are done. */
const actsOf: Readonly<Record<string, readonly string[]>> = {
  handover: ['deliver', 'receive'],
  deletion: ['certify', 'verify', 'list'],
  services: ['reassign'],
  records: ['register'],
}
const tone = (l: ExitLine): string =>
  l.next === '' ? 'ok' : /须补充|不符/.test(l.state) ? 'bad' : /待接收|待核验/.test(l.state) ? 'blue' : ''

/** What is left, how far it has come, and who must act next: the one page on which an exit is carried out. */
export const ExitPanel = ({ view, act }: { view: CaseView; act: (action: ActionView) => void }) => {
  const sections = exitSections(view)
  if (sections.length === 0) return null
  const all = sections.flatMap((s) => s.lines)
  const settled = all.filter((l) => l.next === '').length
  const waiting = [...new Set(all.map((l) => l.next).filter((n) => n !== ''))].map((who) => ({
    who,
    count: all.filter((l) => l.next === who).length,
  }))
  return (
    <>
      <section className="card exit-progress" aria-labelledby="exit-progress">
        <div className="card-head">
          <h2 id="exit-progress">交接进度</h2>
          <span className="grow" />
          <Link to={`/desk/exits/${view.id}/handover`}>打印交接清单</Link>
        </div>
        <div className="exit-sum">
          <p className="exit-count">
            <b>{settled}</b> / {all.length} <span className="muted">项已办结</span>
          </p>
          <div
            className="exit-bar"
            role="progressbar"
            aria-label="已办结"
            aria-valuemin={0}
            aria-valuemax={all.length}
            aria-valuenow={settled}
          >
            <i style={{ width: `${all.length === 0 ? 0 : (settled / all.length) * 100}%` }} />
          </div>
          <p className="exit-next">
            {waiting.length === 0
              ? view.final
                ? '全部办结。'
                : view.state === 'settled'
                  ? '全部办结，待审定。'
                  : '全部办结，可以提请办结退出。'
              : waiting.map((w) => (
                  <span key={w.who}>
                    待{w.who}办理 <b>{w.count}</b> 项
                  </span>
                ))}
          </p>
        </div>
      </section>
      {sections.map((s) => (
        <Section key={s.key} section={s} view={view} act={act} />
      ))}
    </>
  )
}

const Section = ({
  section: s,
  view,
  act,
}: {
  section: ExitSection
  view: CaseView
  act: (action: ActionView) => void
}) => {
  const today = useClock()?.day
  // what has nothing to be done about it is not offered
  const due = (a: ActionView): boolean =>
    a.act === 'list' ||
    Object.values((a.value as object | undefined) ?? {}).some((v) => Array.isArray(v) && v.length > 0)
  const actions = (actsOf[s.key] ?? []).flatMap((name) => view.actions.filter((a) => a.act === name && due(a)))
  const open = s.lines.filter((l) => l.next !== '').length
  const services = s.key === 'services'
  return (
    <section className="card" aria-labelledby={`exit-${s.key}`}>
      <div className="card-head">
        <h2 id={`exit-${s.key}`}>{s.term}</h2>
        <span className="muted small">{open === 0 ? '已办结' : `余 ${open} 项`}</span>
        <span className="grow" />
        {actions.map((a) => (
          <Button key={a.act} size="small" type={a.optional ? 'text' : 'primary'} onClick={() => act(a)}>
            {a.term}
          </Button>
        ))}
      </div>
      <table className="exit-lines">
        <thead>
          <tr>
            <th scope="col">{services ? '产品和服务' : '事项'}</th>
            <th scope="col">办理情况</th>
            <th scope="col">{services ? '承接单位' : '下一步'}</th>
            <th scope="col">{services ? '自' : '日期'}</th>
          </tr>
        </thead>
        <tbody>
          {s.lines.map((l) => (
            <tr key={l.ref}>
              <th scope="row">
                {s.key === 'records' ? <Link to={`/desk/records/${l.ref}`}>{l.term}</Link> : l.term}
                {l.said !== '' && <div className="muted small">{l.said}</div>}
                {l.files.map((f) => (
                  <div key={f} className="small">
                    <FileLink file={view.files[f]} inCase={view.id} />
                  </div>
                ))}
              </th>
              <td>
                <span className={`chip ${tone(l)}`}>{l.state}</span>
              </td>
              <td>{services ? l.keeper || l.next : l.next || <span className="muted">—</span>}</td>
              <td>
                {l.day === '' ? <span className="muted">—</span> : <DayText day={l.day} today={today} />}
                {l.until !== '' && <div className="muted small">至 {l.until}</div>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
