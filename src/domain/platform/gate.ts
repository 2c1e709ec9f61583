import type { Rules } from '#policy'
import { citeRule, type Case } from '../kernel/index.ts'
import { gradeOf, itemData } from '../catalogue/index.ts'
import { consentUntil } from './consent.ts'
import { platformPack } from './pack.ts'
import { text } from '../kernel/index.ts'

/** An entry from which another's data is made, as the gate has to know it. */
export interface Upstream {
  readonly id: string
  readonly name: string
  readonly holder: string
}
/** A consent or proof that an entry lacks, in a sentence that names the article. */
export interface Missing {
  readonly kind: 'sharing' | 'subject' | 'desensitised' | 'grade'
  readonly says: string
  readonly basis: string
  /** Kinds of consent and proof of which each makes it good; none where something else has to be done first. */
  readonly by: readonly string[]
  /** The entry whose provider has not consented. */
  readonly upstream?: string
}

const answers = {
  sharing: ['sharing'],
  subject: ['subject', 'anonymised'],
  desensitised: ['desensitised', 'anonymised'],
} as const

/**
 * What is missing before an entry's data may be supplied or used: personal information needs its subjects' authorization or a proof of
 * anonymisation, data of other units (an upstream entry that they hold) the consent of each, what is not to be opened a proof that it has
 * been desensitised; each where the pack asks for it. Nothing missing: an empty list. A consent counts to its last day.
 */
export const consentGate = (
  rules: Rules,
  item: Case,
  upstream: readonly Upstream[],
  consents: readonly Case[],
  today: string,
): readonly Missing[] => {
  const asks = platformPack(rules, 'platform.consent.gate')
  const name = text(itemData(item)['name'])
  const holding = consents.filter((c) => c.links['item'] === item.id && consentUntil(c) >= today)
  const has = (kinds: readonly string[]): boolean => holding.some((c) => kinds.includes(c.kind))
  const missing = (kind: Exclude<Missing['kind'], 'grade'>, says: string, more: Partial<Missing> = {}): Missing => {
    const basis = citeRule(rules, `platform.consent.rights.${kind}`)
    return { kind, says: `“${name}”${says}（${basis}）`, basis, by: answers[kind], ...more }
  }
  const personal = text(item.data['graded']?.['personal'])
  const foreign = upstream.filter((u) => u.holder === '' || u.holder !== item.seats['holder'])
  return [
    // whether it says anything of persons is settled with its grade
    ...(asks.personal && gradeOf(item) === ''
      ? [{ kind: 'grade' as const, says: `“${name}”尚未定级，不能判断是否含有个人信息`, basis: '', by: [] }]
      : []),
    ...(asks.personal && personal === 'unknown' && !has(answers.subject)
      ? [
          {
            kind: 'grade' as const,
            says: `“${name}”没有信息项，不能判断是否含有个人信息，请补充信息项后重新定级`,
            basis: '',
            by: answers.subject,
          },
        ]
      : []),
    ...(asks.personal && ['personal', 'sensitive'].includes(personal) && !has(answers.subject)
      ? [missing('subject', '含有个人信息，须取得个人信息主体授权或者经过匿名化处理')]
      : []),
    ...(asks.sharedIn
      ? foreign
          .filter((u) => !holding.some((c) => c.kind === 'sharing' && text(c.data['ask']?.['upstream']) === u.id))
          .map((u) => missing('sharing', `由共享取得的“${u.name}”加工而来，须征得提供单位同意`, { upstream: u.id }))
      : []),
    ...(asks.desensitised && text(itemData(item)['opening']) === 'none' && !has(answers.desensitised)
      ? [missing('desensitised', '属于不予开放类，须经脱密、脱敏处理')]
      : []),
  ]
}
