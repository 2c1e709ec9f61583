import { z } from 'zod'
import type { Form } from '#contract'
import type { Rules, Section } from '#policy'
import { valueOf } from '#policy'
import { stepsSchema } from '../registration/index.ts'
import { authorizationRule } from './pack.ts'
import { pactKinds, type PactKind } from './pact.ts'

const forming = z.strictObject({ use: z.boolean(), says: z.string().min(1) })

export const pactSection = {
  ...(Object.fromEntries(
    Object.entries(pactKinds).map(([kind, term]) => [`authorization.pact.kinds.${kind}`, forming.describe(term)]),
  ) as Record<`authorization.pact.kinds.${PactKind}`, typeof forming>),
  ...(Object.fromEntries(
    Object.entries(pactKinds).map(([kind, term]) => [
      `authorization.pact.review.${kind}.steps`,
      stepsSchema.describe(`${term}签订前的审定`),
    ]),
  ) as Record<`authorization.pact.review.${PactKind}.steps`, typeof stepsSchema>),
  'authorization.pact.recruitment': z
    .strictObject({ recorded: z.boolean(), says: z.string() })
    .describe('开发主体的遴选、招募'),
  'authorization.pact.use': z.strictObject({ says: z.string() }).describe('按约定的场景使用数据'),
} as const satisfies Section
const pactRule = <K extends keyof typeof pactSection>(rules: Rules, path: K) => valueOf(pactSection, rules, path)

/** Who drafts a pact of each kind, and who signs it, in the order of their names in the documents. */
const forms = {
  nested: { author: 'operator', signers: ['implementer', 'operator'] },
  scenario: { author: 'operator', signers: ['operator', 'developer'] },
  partner: { author: 'operator', signers: ['operator', 'developer'] },
  service: { author: 'implementer', signers: ['implementer', 'source', 'sourceB', 'sourceC', 'operator', 'developer'] },
} as const satisfies Record<PactKind, { author: 'operator' | 'implementer'; signers: readonly string[] }>
export const pactForming = (
  rules: Rules,
  kind: string,
): { readonly use: boolean; readonly author: 'operator' | 'implementer'; readonly signers: readonly string[] } => ({
  ...forms[kind as PactKind],
  use: pactRule(rules, `authorization.pact.kinds.${kind as PactKind}`).use,
})
export const signersOf = (kind: string): readonly string[] => forms[kind as PactKind].signers
export const recruits = (rules: Rules): boolean => pactRule(rules, 'authorization.pact.recruitment').recorded

/** Others take part in every kind but the grant that is nested under an agreement. */
export const hasDeveloper = (kind: string): boolean => kind !== 'nested'

/** Kinds that a selection of those who develop leads to. */
export const selectedKinds: readonly string[] = ['scenario', 'partner']

export const pactForm = (rules: Rules, kind: string, variant = ''): Form => {
  const developer = authorizationRule(rules, 'authorization.developer').term
  const source = authorizationRule(rules, 'authorization.source').term
  return [
    { key: 'title', term: '名称', type: 'text', required: true, clear: true, max: 100 },
    { key: 'scenario', term: '场景名称', type: 'text', required: true, clear: true, max: 100 },
    { key: 'purpose', term: '场景内容和用途', type: 'paragraph', required: true, max: 4000 },
    { key: 'forbidden', term: '禁用场景', type: 'paragraph', required: true, max: 4000 },
    ...(hasDeveloper(kind)
      ? [{ key: 'developer', term: developer, type: 'party', required: true, clear: true } as const]
      : []),
    ...(kind === 'service'
      ? [
          {
            key: 'sources',
            term: source,
            type: 'list',
            required: true,
            max: 3,
            fields: [{ key: 'party', term: '单位', type: 'party', required: true }],
          } as const,
          { key: 'demand', term: '审定的数据资源需求', type: 'paragraph', required: true, max: 4000 } as const,
          { key: 'demandFiles', term: '需求审定材料', type: 'files', required: true, max: 5 } as const,
          {
            key: 'supply',
            term: '供数方式、更新和加工处理要求',
            type: 'paragraph',
            required: true,
            max: 4000,
          } as const,
        ]
      : []),
    { key: 'items', term: '使用的公共数据资源', type: 'items', required: true, max: 500 },
    { key: 'termFrom', term: '期限自', type: 'day', required: true, clear: true },
    { key: 'termTo', term: '期限至', type: 'day', required: true, clear: true },
    ...(selectedKinds.includes(kind) && variant !== 'selected' && recruits(rules)
      ? [
          {
            key: 'recruitment',
            term: '遴选、招募情况',
            type: 'group',
            required: true,
            fields: [
              { key: 'how', term: '方式和结果', type: 'paragraph', required: true, max: 2000 },
              { key: 'notice', term: '公告链接或文号', type: 'text', max: 300 },
              { key: 'decidedOn', term: '确定日期', type: 'day', required: true },
              { key: 'files', term: '遴选、招募文件', type: 'files', required: true, max: 10 },
            ],
          } as const,
        ]
      : []),
    { key: 'duties', term: '各方权利义务', type: 'paragraph', required: true, max: 8000 },
    { key: 'security', term: '数据安全要求', type: 'paragraph', required: true, max: 8000 },
    { key: 'exit', term: '退出条件和数据处置', type: 'paragraph', required: true, max: 4000 },
    { key: 'noOther', term: '不将数据用于约定以外的其他用途', type: 'yes', required: true, clear: true },
  ]
}
