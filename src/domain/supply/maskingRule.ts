import type { Form, JsonObject } from '#contract'
import { refuse } from '#contract'
import type { Rules } from '#policy'
import type { Case, Effect, Guard, Laws, Process } from '../kernel/index.ts'
import { actOf, list, text } from '../kernel/index.ts'
import { agreementItems } from '../authorization/index.ts'
import type { FieldRule } from './masking.ts'
import { under } from './batch.ts'
import { methodsOf } from './pack.ts'

/** 脱敏规则: what becomes of each information item of an entry on its way under one agreement; made by source and implementer together. */
export const masking: Process = {
  name: 'masking',
  term: '脱敏规则',
  kinds: { masking: '脱敏规则' },
  variants: [''],
  seats: {
    source: { term: '数源单位', reads: true },
    implementer: { term: '实施机构', reads: true },
    bureau: { term: '数据管理部门', reads: true },
  },
  states: {
    proposed: { term: '待会同确定' },
    returned: { term: '退回修改' },
    inForce: { term: '执行中' },
    replaced: { term: '已被替代', final: true },
    dropped: { term: '已放弃', final: true },
  },
  slots: {},
  rows: {
    propose: {
      term: '拟定脱敏规则',
      from: [],
      to: 'proposed',
      by: 'source.handler',
      basis: 'supply.masking.duty',
      form: 'masking',
      guards: ['theirs', 'knownFields'],
      derive: 'named',
      tell: ['implementer'],
    },
    amend: {
      term: '修改',
      from: ['returned'],
      to: 'proposed',
      by: 'source.handler',
      basis: 'supply.masking.duty',
      form: 'maskingFields',
      guards: ['knownFields'],
      tell: ['implementer'],
    },
    agree: {
      term: '会同确定',
      from: ['proposed'],
      to: 'inForce',
      by: 'implementer.approver',
      apart: 'propose',
      within: 'supply.masking.agree',
      basis: 'supply.masking.duty',
      form: [{ key: 'opinion', term: '意见', type: 'paragraph', max: 2000 }],
      tell: ['source'],
    },
    return: {
      term: '退回修改',
      from: ['proposed'],
      to: 'returned',
      by: 'implementer.approver',
      optional: true,
      form: [{ key: 'reason', term: '修改意见', type: 'paragraph', required: true, max: 2000 }],
      tell: ['source'],
    },
    replace: { term: '被新规则替代', from: ['inForce'], to: 'replaced', by: 'system', tell: ['source'] },
    drop: { term: '放弃', from: ['proposed', 'returned'], to: 'dropped', by: 'source.handler', optional: true },
  },
}

const fieldsOf = (rules: Rules): Form[number] => ({
  key: 'fields',
  term: '逐项规则',
  type: 'list',
  required: true,
  max: 500,
  hint: '没有列出的信息项照原样提供；含有个人信息的须逐项列出',
  fields: [
    { key: 'name', term: '信息项', type: 'text', required: true, max: 200 },
    {
      key: 'method',
      term: '方法',
      type: 'choice',
      required: true,
      options: methodsOf(rules).map(({ value, term }) => ({ value, term })),
    },
    { key: 'band', term: '分档的宽度', type: 'number', max: 1_000_000_000, hint: '只有分档的填' },
    { key: 'reason', term: '理由', type: 'text', max: 300, hint: '保留原值的须说明' },
  ],
})
export const maskingForm = (rules: Rules, name: string): Form =>
  name === 'maskingFields'
    ? [fieldsOf(rules)]
    : [under, { key: 'item', term: '目录项', type: 'item', required: true, clear: true }, fieldsOf(rules)]

const said = (s: Case): JsonObject => ({ ...s.data['propose'], ...s.data['amend'] })
export const rulesOfMasking = (s: Case): readonly FieldRule[] =>
  list(said(s)['fields']).map((f) => ({
    name: text(f['name']),
    method: text(f['method']),
    ...(typeof f['band'] === 'number' && f['band'] > 0 ? { band: f['band'] } : {}),
    ...(text(f['reason']) === '' ? {} : { reason: text(f['reason']) }),
  }))
/** What a rule is for. */
export const maskingFor = (s: Case): { readonly agreement: string; readonly item: string } => ({
  agreement: text(s.data['propose']?.['agreement']),
  item: text(s.data['propose']?.['item']),
})

const guards: Record<string, Guard> = {
  theirs: (s, input, cx) => {
    const known = cx.facts.supply
    if (!known?.item || !known.agreement || !agreementItems(known.agreement).includes(text(input['item'])))
      return refuse('beyond_scope', '目录项不在协议的授权范围内', { fields: { item: '不在授权范围内' } })
    return known.item.holder === s.seats['source']
      ? undefined
      : refuse('not_yours', '脱敏规则由该目录项的数源单位拟定', { fields: { item: '不是本单位的目录项' } })
  },
  knownFields: (_s, input, cx) => {
    const methods = methodsOf(cx.rules)
    const names = new Set<string>()
    for (const [i, f] of list(input['fields']).entries()) {
      const at = (key: string, says: string) => refuse('invalid', says, { fields: { [`fields.${i}.${key}`]: says } })
      const method = methods.find((m) => m.value === f['method'])
      if (names.has(text(f['name']))) return at('name', `“${text(f['name'])}”写了两次`)
      names.add(text(f['name']))
      if (cx.facts.supply?.columns && !cx.facts.supply.columns.includes(text(f['name'])))
        return at('name', `目录项没有“${text(f['name'])}”这一信息项`)
      if (method?.kind === 'keep' && text(f['reason']) === '') return at('reason', '保留原值须说明理由')
      if (method?.kind === 'generalise' && method.to === 'band' && !(Number(f['band'] ?? 0) > 0))
        return at('band', '分档须写明宽度')
    }
    return undefined
  },
}

export const maskingLaws: Laws = {
  guards,
  derive: {
    named: (_s, input, cx) => ({
      data: { entry: cx.facts.supply?.item?.name ?? '' },
      links: { item: text(input['item']) },
    }),
  },
  title: (s) => `“${text(s.data['propose']?.['entry'])}”的脱敏规则`,
  facts: (s) => [{ term: '信息项', value: `${rulesOfMasking(s).length} 项` }],
  derived: { entry: '目录项', agreement: '协议' },
  begin: (s, act) => (act === 'amend' ? { fields: said(s)['fields'] ?? [] } : undefined),
  content: (s, rules) => ({ form: [fieldsOf(rules)], value: { fields: said(s)['fields'] ?? [] } }),
  // one in force for an entry under an agreement; the one before ends with it
  claims: (s) =>
    s.at === 'proposed' || s.at === 'returned'
      ? [{ scope: 'supply.masking.proposed', key: `${maskingFor(s).agreement} ${maskingFor(s).item}` }]
      : s.at === 'inForce'
        ? [{ scope: 'supply.masking', key: `${maskingFor(s).agreement} ${maskingFor(s).item}` }]
        : [],
  effects: (s, event, cx): readonly Effect[] =>
    actOf(event) === 'agree'
      ? cx.related
          .filter(
            (c) =>
              c.process === 'masking' &&
              c.at === 'inForce' &&
              c.id !== s.id &&
              maskingFor(c).agreement === maskingFor(s).agreement &&
              maskingFor(c).item === maskingFor(s).item,
          )
          .map((c) => ({ on: c.id, act: 'replace', input: {} }))
      : [],
}
