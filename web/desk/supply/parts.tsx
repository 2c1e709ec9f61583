import type { BatchHops } from '#contract'
import { DayText } from '../../ui/chips.tsx'

type Gate = BatchHops['gates'][number]

/** What has to be so before data comes: what is missing first, by which article and who must act; what is there in one line. */
export const Gates = ({ gates }: { gates: readonly Gate[] }) => {
  const shut = gates.filter((g) => !g.open)
  return (
    <div className="gates">
      {shut.length > 0 && (
        <ul className="unmet" aria-label="缺少的前提">
          {shut.map((g) => (
            <li key={g.key}>
              <b>{g.term}</b>
              <span>
                {g.says}
                {g.basis && !g.says.includes(g.basis) && <span className="muted small"> {g.basis}</span>}
              </span>
              <span className="who">{g.who && `由${g.who}办理`}</span>
            </li>
          ))}
        </ul>
      )}
      <ul className="met" aria-label="已经具备的前提">
        {gates
          .filter((g) => g.open)
          .map((g) => (
            <li key={g.key}>{g.term}</li>
          ))}
      </ul>
    </div>
  )
}

/** The way of a batch, stretch by stretch, with whoever answers for it. */
export const Hops = ({ hops, today }: { hops: BatchHops['hops']; today: string | undefined }) => (
  <ol className="hops" aria-label="交接与安全主体责任">
    {hops.map((h) => (
      <li key={h.key} className={h.day ? 'come' : ''}>
        <b>{h.term}</b>
        <span>{h.party || '—'}</span>
        <span className="muted small">{h.roleTerm}承担安全主体责任</span>
        <span className="small">
          {h.day ? (
            <>
              <DayText day={h.day} today={today} /> {h.by}
            </>
          ) : (
            <span className="muted">尚未到达</span>
          )}
        </span>
      </li>
    ))}
  </ol>
)
