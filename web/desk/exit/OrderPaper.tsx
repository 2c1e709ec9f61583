import type { CaseView, ShownField } from '#contract'
import { Paper, Seals, seatName } from './Paper.tsx'

const field = (view: CaseView, key: string): ShownField | undefined => view.materials.find((m) => m.key === key)
const said = (view: CaseView, key: string): string => field(view, key)?.text ?? ''
const names = (view: CaseView, key: string): string =>
  (field(view, key)?.rows ?? []).map((r) => r.find((f) => f.key === 'name')?.text ?? '').join('、')
const fact = (view: CaseView, term: string): string => view.facts.find((f) => f.term === term)?.value ?? ''
const chinese = (day: string): string => {
  const [y, m, d] = day.split('-').map(Number)
  return y && m && d ? `${y}年${m}月${d}日` : day
}

/** The order as the operator receives it: to whom, on what ground, what is closed, what is to be corrected and by when. */
export const OrderPaper = () => (
  <Paper collection="suspensions" title={(v) => `${v.kindTerm}决定书`}>
    {(view) => {
      const objects = [said(view, 'items'), names(view, 'products')].filter((t) => t !== '').join('、')
      const kept = names(view, 'custodyProducts')
      const by = fact(view, '改正期限')
      const basis = view.timeline.find((t) => t.basis !== '')?.basis ?? ''
      const issued = view.timeline.find((t) => ['issue', 'confirm'].includes(t.act))
      const scope = said(view, 'scope')
      return (
        <>
          <h1 className="paper-title">{view.kindTerm}决定书</h1>
          <p className="paper-number">{fact(view, '文号') || '（未签发）'}</p>
          <div className="paper-body">
            <p className="flush">{seatName(view, 'operator')}：</p>
            <p>
              经查，你单位在执行《{view.title.replace(/^[^：]*：/, '')}》中存在以下情形：{fact(view, '情形')}。
              {said(view, 'facts')}
            </p>
            {basis !== '' && <p>依据{basis}，现决定如下：</p>}
            {said(view, 'requirement') !== '' && (
              <p>
                一、责令改正。{said(view, 'requirement')}
                {by !== '' && `请于${chinese(by)}前完成改正，并通过本系统反馈整改情况和证明材料。`}
              </p>
            )}
            {scope !== '' && (
              <p>
                {said(view, 'requirement') !== '' ? '二' : '一'}、{scope}。{objects !== '' && `涉及：${objects}。`}
                相应权限自本决定作出之时起关闭，整改经核查合格并审定恢复前不得使用。
              </p>
            )}
            {kept !== '' && (
              <p>
                {said(view, 'requirement') !== '' ? '三' : '二'}、暂停期间，{kept}由{said(view, 'custodian')}
                托管运行，至
                {chinese(said(view, 'custodyUntil'))}。
              </p>
            )}
            {view.kind !== 'termination' && <p>逾期未按要求改正的，将提请终止协议。</p>}
            <p className="flush">
              抄送：
              {['implementer', 'unit', 'bureau', 'custodian']
                .map((x) => seatName(view, x))
                .filter((n, i, all) => n !== '' && all.indexOf(n) === i && n !== seatName(view, 'orderer'))
                .join('、') || '无'}
            </p>
          </div>
          <Seals of={[seatName(view, 'orderer')]} />
          {issued && (
            <p className="muted">
              签发 {issued.day}，日志序号 {issued.entry ?? '待记入'}。
            </p>
          )}
        </>
      )
    }}
  </Paper>
)
