import type { CaseView } from '#contract'
import { useMe } from '../../api.ts'
import { BeginOneOf } from '../BeginOneOf.tsx'
import { NewCase } from '../NewCase.tsx'

const consents = [
  { kind: 'sharing', term: '征求提供单位同意' },
  { kind: 'subject', term: '提交数据主体授权' },
  { kind: 'anonymised', term: '提交匿名化处理证明' },
  { kind: 'desensitised', term: '提交脱敏证明' },
]

/** What dealing with the platform adds to the page of a case: what can be begun from there. */
export const PlatformButtons = ({ collection, view }: { collection: string; view: CaseView }) => {
  const me = useMe()
  if (!me?.duties.includes('handler') && !me?.duties.includes('admin')) return null
  const mine = (...seats: readonly string[]): boolean => view.seats.some((s) => s.mine && seats.includes(s.seat))
  const about = { about: view.id, title: view.title }
  const appealable = mine('applicant') && view.facts.some((f) => f.term === '可申诉至')
  switch (collection) {
    case 'entries':
      return (
        <>
          {mine('applicant') && view.kind === 'operator' && view.state === 'admitted' && (
            <NewCase collection="usages" label="申请使用数据资源" {...about} />
          )}
          {appealable && <NewCase collection="appeals" label="提出申诉" {...about} />}
        </>
      )
    case 'usages':
      return appealable ? <NewCase collection="appeals" label="提出申诉" {...about} /> : null
    case 'platform-rules':
      return mine('publisher') && ['published', 'inForce'].includes(view.state) ? (
        <NewCase collection="platform-rules" label="起草新版" type="default" {...about} />
      ) : null
    case 'memberships':
      return view.final ? null : <NewCase collection="trainings" label="登记培训" type="default" {...about} />
    case 'items':
      return view.kind === 'resource' && view.state === 'listed' && mine('holder') ? (
        <BeginOneOf collection="consents" term="同意与证明" type="default" of={consents} {...about} />
      ) : null
    default:
      return null
  }
}
