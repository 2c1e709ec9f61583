import type { BatchHops } from '#contract'
import { DayText } from '../../ui/chips.tsx'

type Gate = BatchHops['gates'][number]

/** What has to be so before data comes, as a checklist: what is missing, by which article, and who must act. */
export const Gates = ({ gates }: { gates: readonly Gate[] }) => (
  <ul className="gates">
    {gates.map((g) => (
      <li key={g.key} className={g.open ? 'met' : 'unmet'}>
        <span className="mark" aria-label={g.open ? '具备' : '缺少'} role="img">
          {g.open ? '✓' : '✗'}
        </span>
        <span className="term">{g.term}</span>
        {!g.open && (
          <span className="says">
            {g.says}
            <span className="muted small">
              {g.who && <> · 由{g.who}办理</>}
              {g.basis && !g.says.includes(g.basis) && <> · {g.basis}</>}
            </span>
          </span>
        )}
      </li>
    ))}
  </ul>
)

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
