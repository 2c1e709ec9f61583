import type { Form, Json, JsonObject } from '#contract'
import { isRefusal, refuse } from '#contract'
import type { Rules } from '#policy'
import type { Case, Cx, Derive, Effect, Guard, Laws, Process } from '../kernel/index.ts'
import { actOf, citeRule, list, text } from '../kernel/index.ts'
import { confirmDetection, detect, type Detected } from './detect.ts'
import type { FormatShare } from './formats.ts'
import {
  compareGrades,
  decidedBy,
  gradeTerm,
  gradingRule,
  highest,
  lowering,
  proposeGrade,
  type Grade,
  type Harm,
  type Personal,
} from './grading.ts'
import { gradeWord, itemData, latest } from './item.ts'

/** 定级: how an entry gets its grade. The unit proposes; its approver confirms 一般数据, the authority decides 重要 and 核心. */
export const grading: Process = {
  name: 'grading',
  term: '分类分级',
  kinds: { grading: '定级' },
  seats: {
    holder: { term: '数源单位', reads: true },
    bureau: { term: '数据管理部门', reads: true },
  },
  states: {
    confirming: { term: '待本单位确认' },
    deciding: { term: '待主管部门认定' },
    returned: { term: '退回重拟' },
    settled: { term: '已定级', final: true },
    dropped: { term: '已撤回', final: true },
  },
  slots: {},
  rows: {
    propose: {
      term: '拟定级别',
      from: [],
      to: 'confirming',
      by: ['holder.handler', 'system'],
      basis: 'catalogue.grading.levels',
      form: 'grading',
      guards: ['gradesKnownFields', 'personalConfirmed'],
      derive: 'proposal',
    },
    adopt: {
      term: '按清单拟定级别',
      from: [],
      to: 'confirming',
      by: 'holder.handler',
      basis: 'catalogue.grading.levels',
      form: 'gradeList',
      guards: ['listFits'],
      derive: 'listed',
    },
    confirm: {
      term: '确认级别',
      from: ['confirming'],
      to: 'settled',
      by: 'holder.approver',
      guards: ['unitDecides', 'anotherPerson'],
      basis: 'catalogue.grading.decides',
      derive: 'confirmed',
    },
    submit: {
      term: '报请认定',
      from: ['confirming'],
      to: 'deciding',
      by: 'holder.approver',
      guards: ['authorityDecides', 'anotherPerson'],
      basis: 'catalogue.grading.decides',
      tell: ['bureau'],
    },
    decide: {
      term: '认定级别',
      from: ['deciding'],
      to: 'settled',
      by: 'bureau.approver',
      grave: true,
      basis: 'catalogue.grading.decides',
      form: 'gradeDecision',
      derive: 'decided',
      tell: ['holder'],
    },
    return: {
      term: '退回重拟',
      from: ['confirming', 'deciding'],
      to: 'returned',
      by: ['holder.approver', 'bureau.approver'],
      optional: true,
      basis: 'catalogue.grading.levels',
      tell: ['holder'],
      form: [{ key: 'reason', term: '退回理由', type: 'paragraph', required: true, max: 1000 }],
    },
    revise: {
      term: '重拟级别',
      from: ['returned'],
      to: 'confirming',
      by: 'holder.handler',
      basis: 'catalogue.grading.levels',
      form: 'grading',
      guards: ['gradesKnownFields', 'personalConfirmed'],
      derive: 'proposal',
    },
    drop: {
      term: '撤回',
      from: ['confirming', 'returned'],
      to: 'dropped',
      by: 'holder.handler',
      optional: true,
    },
  },
}

const options = (of: readonly { readonly value: string; readonly term: string }[]) =>
  of.map(({ value, term }) => ({ value, term }))

const personalTerms = [
  { value: 'none', term: '不是个人信息' },
  { value: 'personal', term: '个人信息' },
  { value: 'sensitive', term: '敏感个人信息' },
]

/** What the unit answers when it proposes a grade. */
export const gradingForm = (rules: Rules): Form => {
  const harm = gradingRule(rules, 'catalogue.grading.harm')
  const { areas } = gradingRule(rules, 'catalogue.grading.breadth')
  const grades = options(gradingRule(rules, 'catalogue.grading.levels'))
  return [
    {
      key: 'fields',
      term: '逐项认定',
      type: 'list',
      max: 2000,
      hint: '系统按名称、含义和样本认出的个人信息已经填好；认定为更轻的，写明理由',
      fields: [
        { key: 'name', term: '信息项', type: 'text', required: true, max: 100 },
        { key: 'personal', term: '个人信息', type: 'choice', required: true, options: personalTerms },
        { key: 'object', term: '受影响的对象', type: 'choice', options: options(harm.objects) },
        { key: 'degree', term: '影响程度', type: 'choice', options: options(harm.degrees) },
        { key: 'reason', term: '认定理由', type: 'text', max: 300 },
      ],
    },
    { key: 'volume', term: '记录数（条）', type: 'number' },
    { key: 'breadth', term: '覆盖区域', type: 'choice', options: options(areas) },
    {
      key: 'harm',
      term: '整个数据集遭泄露、篡改、毁损后的危害',
      type: 'list',
      required: true,
      max: 12,
      basis: citeRule(rules, 'catalogue.grading.harm'),
      fields: [
        { key: 'object', term: '受影响的对象', type: 'choice', required: true, options: options(harm.objects) },
        { key: 'degree', term: '影响程度', type: 'choice', required: true, options: options(harm.degrees) },
      ],
    },
    {
      key: 'grade',
      term: '拟定级别',
      type: 'choice',
      hint: '不选即按规则得出的级别；低于规则得出的，写明理由',
      options: grades,
    },
    { key: 'reason', term: '低于规则级别的理由', type: 'paragraph', max: 1000 },
  ]
}

/** What a unit's own 分类分级清单 says of one entry. */
export const gradeListForm = (rules: Rules): Form => {
  const grades = options(gradingRule(rules, 'catalogue.grading.levels'))
  return [
    { key: 'document', term: '清单名称', type: 'text', required: true, max: 200 },
    { key: 'grade', term: '级别', type: 'choice', required: true, options: grades },
    { key: 'reason', term: '理由', type: 'paragraph', max: 1000 },
    {
      key: 'listed',
      term: '逐项级别',
      type: 'list',
      max: 2000,
      fields: [
        { key: 'name', term: '信息项', type: 'text', required: true, max: 100 },
        { key: 'grade', term: '级别', type: 'choice', required: true, options: grades },
        { key: 'reason', term: '理由', type: 'text', max: 300 },
      ],
    },
  ]
}

export const gradeDecisionForm = (rules: Rules): Form => [
  {
    key: 'grade',
    term: '认定级别',
    type: 'choice',
    required: true,
    clear: true,
    options: options(gradingRule(rules, 'catalogue.grading.levels')),
  },
  { key: 'opinion', term: '认定意见', type: 'paragraph', required: true, max: 2000 },
  { key: 'files', term: '认定文件', type: 'files' },
]

/** The entry's own fields as the detection finds them, a sample taken into account where one was looked at. */
export const detected = (rules: Rules, item: Case): readonly (Detected & { readonly name: string })[] => {
  const d = itemData(item)
  const sample = (item.data['sample']?.['formats'] ?? []) as unknown as readonly {
    readonly name: string
    readonly formats: readonly FormatShare[]
  }[]
  return list(d['fields']).map((f) => ({
    name: text(f['name']),
    ...detect(rules, {
      name: text(f['name']),
      english: text(f['field']),
      meaning: text(f['meaning']),
      item: text(d['name']),
      formats: sample.find((x) => x.name === f['name'] || x.name === f['field'])?.formats ?? [],
    }),
  }))
}

/** What the form begins with: what was detected, and why. */
export const gradingBegins = (rules: Rules, item: Case): JsonObject => ({
  fields: detected(rules, item).map((f) => ({
    name: f.name,
    personal: f.personal,
    ...(f.personal === 'none' ? {} : { reason: f.why[0] ?? '' }),
  })) as unknown as Json,
})

const itemOf = (s: Case, cx: Cx): Case | undefined => cx.related.find((c) => c.id === s.links['item'])
const harmOf = (v: JsonObject): readonly Harm[] =>
  text(v['object']) !== '' && text(v['degree']) !== '' ? [{ object: text(v['object']), degree: text(v['degree']) }] : []

/** What the rules make of the answers. */
const proposalOf = (s: Case, input: JsonObject, cx: Cx) => {
  const item = itemOf(s, cx)
  const d = item ? itemData(item) : {}
  const categories = new Map((item ? detected(cx.rules, item) : []).map((f) => [f.name, f.category]))
  return proposeGrade(cx.rules, {
    fields: list(input['fields']).map((f) => ({
      name: text(f['name']),
      personal: (text(f['personal']) || 'none') as Personal,
      ...(categories.get(text(f['name'])) ? { category: categories.get(text(f['name']))! } : {}),
      harm: harmOf(f),
    })),
    ...(text(d['sharing']) ? { sharing: text(d['sharing']) } : {}),
    ...(text(d['opening']) ? { opening: text(d['opening']) } : {}),
    ...(typeof input['volume'] === 'number' ? { volume: input['volume'] } : {}),
    ...(text(input['breadth']) ? { breadth: text(input['breadth']) } : {}),
    harm: list(input['harm']).flatMap(harmOf),
  })
}
/** What the rules alone make of an entry: as detected, with nothing said of harm. Lists are measured against it. */
export const gradeByRule = (rules: Rules, item: Case) => {
  const d = itemData(item)
  return proposeGrade(rules, {
    fields: detected(rules, item).map((f) => ({ name: f.name, personal: f.personal, category: f.category })),
    ...(text(d['sharing']) ? { sharing: text(d['sharing']) } : {}),
    ...(text(d['opening']) ? { opening: text(d['opening']) } : {}),
  })
}

const proposing = ['propose', 'revise', 'adopt'] as const
const said = (s: Case): JsonObject => s.data[latest(s, proposing) ?? ''] ?? {}
const proposedGrade = (s: Case): Grade => (text(said(s)['proposed']) || '1') as Grade

const guards: Record<string, Guard> = {
  gradesKnownFields: (s, input, cx) => {
    const item = itemOf(s, cx)
    if (!item) return refuse('not_found', '没有这一目录项')
    const names = list(itemData(item)['fields']).map((f) => text(f['name']))
    const rows = list(input['fields']).map((f) => text(f['name']))
    const missing = names.filter((n) => !rows.includes(n))
    if (missing.length > 0)
      return refuse('invalid', `还有信息项没有认定：${missing.slice(0, 5).join('、')}`, {
        fields: { fields: `缺 ${missing.length} 项` },
      })
    const strange = names.length === 0 ? undefined : rows.findIndex((n) => !names.includes(n))
    return strange === undefined || strange < 0
      ? undefined
      : refuse('invalid', `目录项没有信息项“${rows[strange]}”，请先修改目录项`, {
          fields: { [`fields.${strange}.name`]: '目录项里没有' },
        })
  },
  /** What the detection found is confirmed by a person, with a reason where it is said to be less (the reason is kept). */
  personalConfirmed: (s, input, cx) => {
    const item = itemOf(s, cx)
    const found = new Map((item ? detected(cx.rules, item) : []).map((f) => [f.name, f]))
    for (const [i, f] of list(input['fields']).entries()) {
      const known = found.get(text(f['name']))
      const confirmed =
        known &&
        confirmDetection(cx.rules, known, {
          personal: (text(f['personal']) || 'none') as Personal,
          reason: text(f['reason']),
        })
      if (isRefusal(confirmed))
        return refuse(confirmed.code, `“${text(f['name'])}”：${confirmed.says}`, {
          fields: { [`fields.${i}.reason`]: '请写明理由' },
        })
    }
    const proposal = proposalOf(s, input, cx)
    const set = (text(input['grade']) || proposal.grade) as Grade
    const low = lowering(
      cx.rules,
      proposal.grade,
      set,
      text(input['reason']),
      proposal.fields.map((f) => f.grade),
    )
    return low ?? undefined
  },
  listFits: (s, input, cx) => {
    const item = itemOf(s, cx)
    if (!item) return refuse('not_found', '没有这一目录项')
    const rule = gradeByRule(cx.rules, item)
    const listed = list(input['listed'])
    for (const [i, f] of listed.entries()) {
      const known = rule.fields.find((x) => x.name === f['name'])
      if (!known)
        return refuse('invalid', `目录项没有信息项“${text(f['name'])}”`, {
          fields: { [`listed.${i}.name`]: '目录项里没有' },
        })
      const low = lowering(cx.rules, known.grade, text(f['grade']) as Grade, text(f['reason']))
      if (low) return { ...low, fields: { [`listed.${i}.reason`]: '请写明理由' } }
    }
    const grades = rule.fields.map(
      (f) => (text(listed.find((x) => x['name'] === f.name)?.['grade']) || f.grade) as Grade,
    )
    return lowering(cx.rules, rule.grade, text(input['grade']) as Grade, text(input['reason']), grades)
  },
  /** 拟定与确认由两人办理. */
  anotherPerson: (s, _input, cx) => {
    const last = latest(s, proposing)
    return last && s.did[last]!.by === cx.user ? refuse('same_person', '拟定与确认须由两人办理，请换人办理') : undefined
  },
  unitDecides: (s, _input, cx) =>
    decidedBy(cx.rules, proposedGrade(s)).by === 'unit'
      ? undefined
      : refuse('not_now', `拟定为${gradeTerm(cx.rules, proposedGrade(s))}，须报请主管部门认定`),
  authorityDecides: (s, _input, cx) =>
    decidedBy(cx.rules, proposedGrade(s)).by === 'bureau'
      ? undefined
      : refuse('not_now', `拟定为${gradeTerm(cx.rules, proposedGrade(s))}，由本单位确认即可`),
}

const derive: Record<string, Derive> = {
  proposal: (s, input, cx) => {
    const p = proposalOf(s, input, cx)
    const proposed = (text(input['grade']) || p.grade) as Grade
    const item = itemOf(s, cx)
    return {
      data: { proposed, byRule: p.grade },
      sealed: {
        graded: p.fields.map((f) => ({ name: f.name, grade: f.grade })) as unknown as Json,
        why: [
          ...p.reasons.map((r) => `${r.says}${r.basis}`),
          ...(proposed === p.grade ? [] : [`拟定为${gradeTerm(cx.rules, proposed)}：${text(input['reason'])}`]),
          ...p.open,
        ],
        entry: item ? text(itemData(item)['name']) : '',
      },
    }
  },
  listed: (s, input, cx) => {
    const item = itemOf(s, cx)
    const rule = item ? gradeByRule(cx.rules, item) : undefined
    const listed = list(input['listed'])
    const found = item ? detected(cx.rules, item) : []
    return {
      data: { proposed: text(input['grade']), byRule: rule?.grade ?? '1' },
      sealed: {
        graded: (rule?.fields ?? []).map((f) => ({
          name: f.name,
          grade: text(listed.find((x) => x['name'] === f.name)?.['grade']) || f.grade,
        })) as unknown as Json,
        fields: found.map((f) => ({ name: f.name, personal: f.personal, reason: f.why[0] ?? '' })) as unknown as Json,
        why: [`依《${text(input['document'])}》`, ...(text(input['reason']) === '' ? [] : [text(input['reason'])])],
        entry: item ? text(itemData(item)['name']) : '',
      },
    }
  },
  confirmed: (s) => ({ data: { grade: proposedGrade(s) } }),
  decided: (s, input, cx) => {
    const fields = list(said(s)['graded']).map((f) => text(f['grade']) as Grade)
    const grade = text(input['grade']) as Grade
    // a dataset is at least its highest field, whoever decides
    const least = highest(fields.filter((g) => compareGrades(g, '5') < 0))
    return compareGrades(grade, least) < 0
      ? refuse('below_field', `其中有信息项为${gradeTerm(cx.rules, least)}，数据集不得低于它`, {
          fields: { grade: '低于最高的信息项' },
        })
      : {}
  },
}

/** What an entry says of persons, by its information items; of one without any nobody knows. */
const overall = (ofFields: readonly string[]): string =>
  ofFields.length === 0 ? 'unknown' : (['sensitive', 'personal'].find((p) => ofFields.includes(p)) ?? 'none')

/** The entry takes over the grade that has been settled, with those of its fields and what they were settled for. */
const effects: NonNullable<Laws['effects']> = (s, e, cx): readonly Effect[] => {
  const act = actOf(e)
  if (s.at !== 'settled' || !['confirm', 'decide'].includes(act)) return []
  const answers = said(s)
  const item = itemOf(s, cx)
  const d = item ? itemData(item) : {}
  const personal = list(answers['fields']).map((f) => text(f['personal']))
  return [
    {
      on: s.links['item'] ?? '',
      act: 'graded',
      input: {
        data: {
          grade: text(s.data[act]?.['grade']),
          personal: overall(personal),
          decided: act === 'decide' ? 'bureau' : 'unit',
          case: s.id,
          sharing: text(d['sharing']),
          opening: text(d['opening']),
        },
        sealed: {
          fields: (answers['graded'] ?? []) as Json,
          why: (answers['why'] ?? []) as Json,
          ...(typeof answers['volume'] === 'number' ? { volume: answers['volume'] } : {}),
        },
      },
    },
  ]
}

export const gradingLaws: Laws = {
  guards,
  foreseen: ['unitDecides', 'authorityDecides', 'anotherPerson'],
  derive,
  effects,
  claims: (s) =>
    ['settled', 'dropped'].includes(s.at) ? [] : [{ scope: 'catalogue.grading', key: s.links['item'] ?? '' }],
  title: (s) => `“${text(said(s)['entry'])}”的定级`,
  begin: (s, act, _form, around) => {
    if (act === 'decide') return { grade: proposedGrade(s) }
    if (act !== 'revise') return undefined
    const { proposed: _p, byRule: _b, graded: _g, why: _w, entry: _e, ...answers } = said(s)
    return around.length >= 0 ? answers : undefined
  },
  facts: (s) => {
    const settled = text(s.data[s.did['decide'] ? 'decide' : 'confirm']?.['grade'])
    return [
      { term: '拟定', value: gradeWord(proposedGrade(s)) },
      ...(settled === '' ? [] : [{ term: '定为', value: gradeWord(settled as Grade) }]),
    ]
  },
  content: (s, rules) => ({
    form: [
      { key: 'proposed', term: '拟定级别', type: 'text' },
      { key: 'byRule', term: '按规则得出', type: 'text' },
      { key: 'why', term: '理由', type: 'list', fields: [{ key: 'says', term: '理由与依据', type: 'text' }] },
      ...gradingForm(rules).filter((f) => f.key !== 'grade'),
    ],
    value: {
      ...said(s),
      proposed: gradeTerm(rules, proposedGrade(s)),
      byRule: gradeTerm(rules, (text(said(s)['byRule']) || '1') as Grade),
      why: (Array.isArray(said(s)['why']) ? (said(s)['why'] as string[]) : []).map((says) => ({ says })),
    },
  }),
}
