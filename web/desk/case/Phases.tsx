import type { CaseView } from '#contract'

/** How far the case is, with the dates that count. */
export const Phases = ({ phases }: { phases: CaseView['phases'] }) =>
  phases.length === 0 ? null : (
    <ol className="card phases" aria-label="办理进度">
      {phases.map((p) => (
        <li key={p.key} className={p.status} {...(p.status === 'now' ? { 'aria-current': 'step' as const } : {})}>
          {p.term}
          <span className="unseen">
            {p.status === 'done' ? '（已完成）' : p.status === 'now' ? '（当前）' : '（未开始）'}
          </span>
          <small>{p.note}</small>
        </li>
      ))}
    </ol>
  )
