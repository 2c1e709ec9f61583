import { z } from 'zod'
import type { Form } from '#contract'
import { refuse } from '#contract'
import type { Section } from '#policy'
import type { Case, Derive, Fact, Guard, Row } from '../kernel/index.ts'
import { list, text } from '../kernel/index.ts'

// What a holder puts into the scope of authorized operation, on which legal basis and with whose approval; and who has which right to the data.

export const scopeSection = {
  'catalogue.scope': z.strictObject({ says: z.string() }).describe('纳入授权运营范围'),
  'catalogue.rights': z.strictObject({ says: z.string() }).describe('数据持有权、使用权、经营权'),
} as const satisfies Section

const right = (key: string, term: string): Form[number] => ({
  key,
  term,
  type: 'list',
  max: 20,
  required: key === 'holding',
  fields: [
    { key: 'party', term: '权利人', type: 'text', required: true, max: 100 },
    { key: 'basis', term: '依据', type: 'text', required: true, max: 300, hint: '法律法规、职责、协议等' },
    { key: 'from', term: '自', type: 'day' },
    { key: 'to', term: '至', type: 'day' },
  ],
})

export const scopeRows: Readonly<Record<string, Row>> = {
  nominate: {
    term: '提出纳入授权运营范围',
    from: ['listed'],
    to: '=',
    by: 'holder.handler',
    kinds: ['resource'],
    optional: true,
    basis: 'catalogue.scope',
    guards: ['notSecret', 'outOfScope'],
    form: [
      {
        key: 'legalBasis',
        term: '持有和纳入的法律依据',
        type: 'text',
        required: true,
        clear: true,
        max: 300,
      },
      {
        key: 'origin',
        term: '数据来源',
        type: 'choice',
        required: true,
        clear: true,
        options: [
          { value: 'own', term: '本单位依法持有' },
          { value: 'shared', term: '以政务数据共享方式获得' },
        ],
      },
      {
        key: 'consent',
        term: '共享数据提供单位同意的文件',
        type: 'files',
        required: true,
        max: 5,
        when: { key: 'origin', is: ['shared'] },
      },
      { key: 'reason', term: '说明', type: 'paragraph', max: 2000 },
    ],
  },
  admit: {
    term: '同意纳入授权运营范围',
    from: ['listed'],
    to: '=',
    by: 'holder.approver',
    kinds: ['resource'],
    optional: true,
    apart: 'nominate',
    basis: 'catalogue.scope',
    guards: ['notSecret', 'nominated'],
    derive: 'admitted',
    tell: ['bureau'],
  },
  withhold: {
    term: '移出授权运营范围',
    from: ['listed'],
    to: '=',
    by: 'holder.approver',
    kinds: ['resource'],
    optional: true,
    basis: 'catalogue.scope',
    guards: ['inScope'],
    form: [{ key: 'reason', term: '原因', type: 'text', required: true, max: 300 }],
    tell: ['bureau'],
  },
  rights: {
    term: '登记数据权利',
    from: ['listed'],
    to: '=',
    by: 'holder.handler',
    optional: true,
    basis: 'catalogue.rights',
    form: [right('holding', '持有权'), right('use', '使用权'), right('operating', '经营权')],
  },
}

const seq = (s: Case, act: string): number => s.did[act]?.seq ?? 0
/** In the scope of authorized operation: on which basis, since when; undefined where it is not. */
export const scopeOf = (
  s: Case,
): { readonly basis: string; readonly since: string; readonly by: string } | undefined =>
  seq(s, 'admit') > Math.max(seq(s, 'withhold'), 0)
    ? { basis: text(s.data['admit']?.['legalBasis']), since: s.did['admit']!.day, by: s.did['admit']!.by }
    : undefined

export const scopeGuards: Readonly<Record<string, Guard>> = {
  outOfScope: (s) => (scopeOf(s) ? refuse('not_now', '该目录项已经纳入授权运营范围') : undefined),
  inScope: (s) => (scopeOf(s) ? undefined : refuse('not_now', '该目录项没有纳入授权运营范围')),
  nominated: (s) =>
    seq(s, 'nominate') > Math.max(seq(s, 'admit'), seq(s, 'withhold'))
      ? undefined
      : refuse('not_now', '须先由经办提出纳入并写明依据'),
}
export const scopeForeseen = ['outOfScope', 'inScope', 'nominated'] as const
export const scopeDerive: Readonly<Record<string, Derive>> = {
  admitted: (s) => ({ data: { legalBasis: text(s.data['nominate']?.['legalBasis']) } }),
}
export const scopeFacts = (s: Case): readonly Fact[] => {
  const scope = scopeOf(s)
  const named = (key: string): string =>
    list(s.data['rights']?.[key])
      .map((r) => text(r['party']))
      .join('、')
  return [
    { term: '授权运营范围', value: scope ? `${scope.since} 纳入（${scope.basis}）` : '' },
    { term: '持有权', value: named('holding') },
    { term: '使用权', value: named('use') },
    { term: '经营权', value: named('operating') },
  ]
}
