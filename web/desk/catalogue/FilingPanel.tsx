import type { CaseView, ShownField } from '#contract'
import { Link } from 'react-router'
import { useClock } from '../../api.ts'
import { DayText } from '../../ui/chips.tsx'
import { Diff } from './EntryPanel.tsx'
import './catalogue.css'

const said = (fields: readonly ShownField[], key: string): string => fields.find((f) => f.key === key)?.text ?? ''

/** The receipt of a filing, its counts, and what of it has changed since. */
export const FilingPanel = ({ view }: { view: CaseView }) => {
  const today = useClock()?.day
  const unit = view.seats.find((s) => s.seat === 'unit')
  const last = (act: string) => view.timeline.filter((t) => t.act === act).sort((a, b) => b.seq - a.seq)[0]
  const received = last('receive') ?? last('collate')
  const submitted = last('submit')
  const changes = view.timeline
    .filter((t) => t.act === 'change' && t.seq > (last('receive')?.seq ?? 0))
    .sort((a, b) => b.seq - a.seq)
  const fact = (term: string): string => view.facts.find((f) => f.term === term)?.value ?? ''
  return (
    <>
      <section className="card" aria-label="报送情况">
        <div className="card-head">
          <h2>{received ? (view.kind === 'census' ? '普查回执' : '备案回执') : '报送情况'}</h2>
          <span className="grow" />
          {unit && <Link to={`/desk/catalogue?unit=${unit.id}&state=listed`}>查看{unit.name}的目录项</Link>}
        </div>
        <dl className="receipt">
          <div>
            <dt>回执号</dt>
            <dd>{fact('回执') || <span className="muted">尚未出具</span>}</dd>
          </div>
          <div>
            <dt>{view.kind === 'census' ? '汇总日期' : '备案日期'}</dt>
            <dd>{received?.day ?? <span className="muted">—</span>}</dd>
          </div>
          <div>
            <dt>目录项</dt>
            <dd>
              {fact('目录项') || '—'}
              <div className="muted small">
                {[fact('已归集') && `已归集 ${fact('已归集')}`, fact('待归集') && `待归集 ${fact('待归集')}`]
                  .filter(Boolean)
                  .join('，')}
              </div>
            </dd>
          </div>
          <div>
            <dt>清单摘要</dt>
            <dd>
              <code>{submitted ? said(submitted.detail, 'digest') || '—' : '—'}</code>
            </dd>
          </div>
        </dl>
      </section>
      {changes.length > 0 && (
        <section className="card" aria-labelledby="since">
          <div className="card-head">
            <h2 id="since">备案后变化</h2>
            <span className="muted small">{changes.length} 处，已自动告知数据管理部门</span>
          </div>
          <ol className="history">
            {changes.map((t) => (
              <li key={t.seq}>
                <div className="line">
                  <b>{said(t.detail, 'name')}</b>
                  <span className="sub">
                    {said(t.detail, 'how')} <DayText day={t.day} today={today} />
                  </span>
                </div>
                <Diff
                  caption={`${said(t.detail, 'name')}前后对照`}
                  changes={(t.detail.find((f) => f.key === 'changes')?.rows ?? []).map((r) => ({
                    term: said(r, 'term'),
                    was: said(r, 'was'),
                    now: said(r, 'now'),
                  }))}
                />
              </li>
            ))}
          </ol>
        </section>
      )}
    </>
  )
}
