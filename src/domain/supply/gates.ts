import type { Rules } from '#policy'
import { agreementItems, grantOf, pactOf, pactStanding, permitted } from '../authorization/index.ts'
import { gradeGate, gradeOf, isSecret, itemData, detected, qualityGate, type Grade } from '../catalogue/index.ts'
import { citeRule, list, text, texts, type Case, type GateFact } from '../kernel/index.ts'
import { consentGate, type Upstream } from '../platform/index.ts'
import { demandedItems } from './demand.ts'
import { rulesOfMasking } from './maskingRule.ts'
import { supplyRule } from './pack.ts'

export interface Supplied {
  readonly agreement: Case | undefined
  readonly item: Case | undefined
  /** Entries from which the item is made, with who holds them. */
  readonly upstream: readonly Upstream[]
  /** Consents and proofs about the item that stand. */
  readonly consents: readonly Case[]
  /** Demands of this agreement that have been confirmed. */
  readonly demands: readonly Case[]
  /** The rule of masking in force for item and agreement. */
  readonly masking: Case | undefined
  /** Service agreements under the agreement that are carried out. */
  readonly pacts: readonly Case[]
}

/** Service agreements that stand and cover an entry together with its source (数源单位是签订的一方). */
export const servicePacts = (s: Supplied, today: string): readonly Case[] => {
  const { agreement, item } = s
  if (!agreement || !item) return []
  const sources = (p: Case): readonly string[] => list(pactOf(p)['sources']).map((x) => text(x['party']))
  return s.pacts.filter(
    (p) =>
      p.kind === 'service' &&
      pactStanding(p, agreement, today) &&
      texts(pactOf(p)['items']).includes(item.id) &&
      sources(p).includes(item.seats['holder'] ?? ''),
  )
}

/** Information items that say something of persons, as detection finds them, unless whoever graded the entry said that none does. */
export const personalFields = (rules: Rules, item: Case): readonly string[] =>
  text(item.data['graded']?.['personal']) === 'none'
    ? []
    : detected(rules, item)
        .filter((f) => f.personal !== 'none')
        .map((f) => f.name)

/** Personal information items for which nobody has said what becomes of them. */
export const unmasked = (rules: Rules, item: Case, masking: Case | undefined): readonly string[] => {
  const said = new Set((masking ? rulesOfMasking(masking) : []).map((r) => r.name))
  return personalFields(rules, item).filter((name) => !said.has(name))
}

/**
 * Everything that has to be so before data of an entry is supplied under an agreement, as a checklist: each with what is missing and who
 * must act. Asked afresh at every step, so that what is withdrawn or suspended stops the next one.
 * @param batch the batch that is about to come, where there is one already: an order may close it alone
 */
export const supplyGates = (rules: Rules, s: Supplied, today: string, batch = ''): readonly GateFact[] => {
  const { agreement, item } = s
  const gate = (key: string, term: string, who: string, missing: string, basis = ''): GateFact => ({
    key,
    term,
    open: missing === '',
    says: missing,
    basis,
    who: missing === '' ? '' : who,
  })
  const name = item ? text(itemData(item)['name']) : ''
  const touched = [item?.id ?? '', batch].filter(Boolean)
  const no = permitted(agreement && grantOf(agreement), { what: 'new', objects: touched }, today)
  const gates = [
    gate(
      'agreement',
      '协议执行中',
      '实施机构、运营机构',
      !no
        ? ''
        : agreement?.at === 'suspended'
          ? '协议已暂停，恢复以前不得供数'
          : no.code === 'suspended'
            ? `${no.says}，不得供数`
            : '协议不在执行期内，不得供数',
      citeRule(rules, 'authorization.agreement.term'),
    ),
  ]
  if (!item) return gates
  const consent = consentGate(rules, item, s.upstream, s.consents, today)
  const lacking = (kind: string): string =>
    consent
      .filter((m) => m.kind === kind)
      .map((m) => m.says)
      .join('；')
  const grade = gradeOf(item)
  const graded = gradeGate(rules, grade === '' ? undefined : { grade: grade as Grade, decided: true }, 'supply')
  const open = unmasked(rules, item, s.masking)
  const asked = supplyRule(rules, 'supply.batch.demand').required
  const agreedOn = supplyRule(rules, 'supply.batch.service').required
  const quality = qualityGate(item)
  return [
    ...gates,
    gate(
      'scope',
      '在授权范围内',
      '实施机构、运营机构',
      agreement && agreementItems(agreement).includes(item.id) ? '' : `“${name}”不在协议的授权范围内`,
      citeRule(rules, 'authorization.agreement.clauses'),
    ),
    gate(
      'secret',
      '依法可以供给',
      '数源单位',
      isSecret(item) ? '依法保密的数据不纳入授权运营' : item.at === 'listed' ? '' : '目录项已经移出目录',
    ),
    gate('grade', '已经定级、级别允许', '数源单位', graded?.says ?? '', citeRule(rules, 'catalogue.grading.gate')),
    gate('subject', '个人信息的授权或匿名化', '数源单位', lacking('subject')),
    gate('sharing', '共享取得的数据经提供单位同意', '实施机构、数源单位征求，提供单位', lacking('sharing')),
    gate('desensitised', '不予开放的已经脱密脱敏', '数源单位', lacking('desensitised')),
    ...(asked
      ? [
          gate(
            'demand',
            '需求已经审定',
            '运营机构、实施机构',
            s.demands.some((d) => demandedItems(d).includes(item.id)) ? '' : '数据需求尚未审定',
            citeRule(rules, 'supply.batch.demand'),
          ),
        ]
      : []),
    ...(agreedOn
      ? [
          gate(
            'service',
            '已经签订服务协议',
            '实施机构、数源单位、运营机构和开发机构',
            servicePacts(s, today).length > 0 ? '' : '没有数源单位共同签订、涵盖这一目录项的开发利用服务协议',
            citeRule(rules, 'supply.batch.service'),
          ),
        ]
      : []),
    gate(
      'masking',
      '脱敏规则',
      '数源单位、实施机构',
      open.length === 0 ? '' : `含有个人信息而没有脱敏规则的信息项：${open.join('、')}`,
      citeRule(rules, 'supply.masking.duty'),
    ),
    gate('quality', '数据质量', '数源单位', quality?.says ?? ''),
  ]
}

/** The names of the information items of an entry with their fields. */
export const columnsOf = (item: Case): readonly { readonly name: string; readonly field: string }[] =>
  list(itemData(item)['fields']).map((f) => ({ name: text(f['name']), field: text(f['field']) }))
