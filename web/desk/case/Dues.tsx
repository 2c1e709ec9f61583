import type { DueView } from '#contract'
import { dueTone } from '../../ui/chips.tsx'

const unit = (d: DueView): string => (d.unit === 'workday' ? '个工作日' : '天')

/**
 * Waits that end on the same day are one wait with several outcomes: 期满无异议, 期满有异议. A wait that ends with a limit is what
 * happens when the limit is missed, and says nothing more.
 */
const merged = (dues: readonly DueView[]): readonly DueView[] =>
  dues.reduce<readonly DueView[]>((all, d) => {
    if (d.kind === 'remind' || (d.kind === 'wait' && dues.some((x) => x.kind === 'limit' && x.day === d.day)))
      return all
    const same = all.find((x) => d.kind === 'wait' && x.kind === 'wait' && x.day === d.day)
    return same ? all.map((x) => (x === same ? { ...x, term: `${x.term}，或${d.term}` } : x)) : [...all, d]
  }, [])

/** The countdown in full: how long, until when, by which rule, counted from when. */
export const Dues = ({ dues, today }: { dues: readonly DueView[]; today: string | undefined }) => (
  <>
    {merged(dues).map((d) => (
      <section
        key={`${d.act} ${d.day}`}
        className={`clock ${d.kind === 'wait' ? 'wait' : dueTone(d)}`}
        aria-label={`${d.term}期限`}
      >
        <div>
          <Left due={d} today={today} />
          {d.provisional && (
            <span className="chip warn" title="所涉年度的放假安排尚未公布，日期按法定节假日推算，公布后自动重算">
              暂定
            </span>
          )}
        </div>
        <div className="small">
          {d.term} {d.period}，自 {d.from} 起算{d.basis !== '' && ` · ${d.basis}`}
        </div>
      </section>
    ))}
  </>
)

const Left = ({ due: d, today }: { due: DueView; today: string | undefined }) => {
  const limit = d.kind === 'limit'
  if (d.day === today)
    return (
      <>
        <b>{limit ? '今天到期' : '今天期满'}</b> <time dateTime={d.day}>· {d.day}</time>
      </>
    )
  return (
    <>
      {d.left < 0 ? (limit ? '已逾期' : '已过') : limit ? '剩' : '还有'} <b>{Math.abs(d.left)}</b> {unit(d)}{' '}
      <time dateTime={d.day}>
        · {d.day} {limit ? '截止' : '期满'}
      </time>
    </>
  )
}
