import type { DueView } from '#contract'
import { dueTone } from '../../ui/chips.tsx'

const unit = (d: DueView): string => (d.unit === 'workday' ? '个工作日' : '天')

/** The countdown in full: how long, until when, by which rule, counted from when. */
export const Dues = ({ dues, today }: { dues: readonly DueView[]; today: string | undefined }) => (
  <>
    {dues
      .filter((d) => d.kind !== 'remind')
      .map((d) => (
        <section
          key={`${d.act} ${d.day}`}
          className={`clock ${d.kind === 'wait' ? 'wait' : dueTone(d)}`}
          aria-label={`${d.term}期限`}
        >
          <div>
            {d.left < 0 ? (
              <>
                {d.kind === 'limit' ? '已逾期' : '已过'} <b>{-d.left}</b> {unit(d)}
              </>
            ) : d.day === today || d.left === 0 ? (
              <b>{d.kind === 'limit' ? '今天到期' : '今天期满'}</b>
            ) : (
              <>
                {d.kind === 'limit' ? '剩' : '还有'} <b>{d.left}</b> {unit(d)}
              </>
            )}{' '}
            <time dateTime={d.day}>
              · {d.day} {d.kind === 'limit' ? '截止' : '期满'}
            </time>
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
