import type { Form, Json, JsonObject } from '#contract'
import { goneOf, refuse } from '#contract'
import type { Rules } from '#policy'
import type { Case, Derive, Guard, Laws, Process } from '../kernel/index.ts'
import { actOf, addPeriod, type Day, text } from '../kernel/index.ts'
import { changeDuty } from '../registration/index.ts'
import {
  datasetOf,
  openingDerive,
  openingEffects,
  openingForeseen,
  openingGuards,
  openingRows,
  type Dataset,
} from './opening.ts'
import { catalogueRule, itemForm } from './pack.ts'
import { assessmentOf, checksBegin, qualityLaws, qualityRows, verdictTerms } from './qualityacts.ts'
import { scopeDerive, scopeFacts, scopeForeseen, scopeGuards, scopeRows } from './scope.ts'

const plain = (v: Json | undefined): v is JsonObject =>
  typeof v === 'object' && v !== null && !Array.isArray(v) && goneOf(v) === undefined

/** An act of the system on one catalogue entry, which a decision about many entries leaves for the loops. */
export interface EntryAct {
  readonly item: string
  readonly act: string
  readonly data: JsonObject
}

/** 目录项: one entry of the catalogue, from its compiling by the unit that holds the data to its removal. */
export const item: Process = {
  name: 'item',
  term: '目录项',
  kinds: { resource: '公共数据资源', product: '公共数据产品和服务' },
  seats: {
    holder: { term: '数源单位', reads: true },
    coHolder: { term: '共同数源单位', reads: true },
    bureau: { term: '数据管理部门', reads: true },
  },
  states: {
    draft: { term: '编制中' },
    listed: { term: '在目录' },
    removed: { term: '已移出', final: true },
  },
  slots: {},
  rows: {
    compile: {
      term: '编制目录项',
      from: [],
      to: 'draft',
      by: 'holder.handler',
      kinds: ['resource'],
      basis: 'catalogue.guideline',
      form: 'item',
      guards: ['sharingJustified'],
      derive: 'freshness',
    },
    revise: {
      term: '修改目录项',
      from: ['draft', 'listed'],
      to: '=',
      by: 'holder.handler',
      kinds: ['resource'],
      optional: true,
      basis: 'catalogue.guideline',
      form: 'itemRevision',
      guards: ['sharingJustified', 'decisionStands', 'changesSomething'],
      derive: 'freshness',
    },
    enter: {
      term: '审定编入目录',
      from: ['draft'],
      to: 'listed',
      by: 'holder.approver',
      kinds: ['resource'],
      apart: 'compile',
      basis: 'catalogue.guideline',
      tell: ['bureau'],
    },
    discard: {
      term: '放弃编制',
      from: ['draft'],
      to: 'removed',
      by: 'holder.handler',
      kinds: ['resource'],
      optional: true,
      grave: true,
    },
    list: {
      term: '编入目录',
      from: [],
      to: 'listed',
      by: 'system',
      guards: ['sharingJustified'],
      derive: 'freshness',
    },
    update: {
      term: '更新目录项',
      from: ['listed'],
      to: '=',
      by: 'system',
      guards: ['sharingJustified'],
      derive: 'freshness',
    },
    collect: {
      term: '登记归集情况',
      from: ['listed'],
      to: '=',
      by: ['holder.handler', 'bureau.handler', 'system'],
      kinds: ['resource'],
      optional: true,
      basis: 'catalogue.frequencies',
      derive: 'collected',
      form: [
        {
          key: 'collected',
          term: '归集情况',
          type: 'choice',
          required: true,
          clear: true,
          options: [
            { value: 'yes', term: '已归集' },
            { value: 'no', term: '待归集' },
          ],
        },
        { key: 'platform', term: '归集到哪个平台或库', type: 'text', max: 100 },
      ],
    },
    refresh: {
      term: '登记数据更新',
      from: ['listed'],
      to: '=',
      by: ['holder.handler', 'system'],
      kinds: ['resource'],
      optional: true,
      basis: 'catalogue.frequencies',
      derive: 'refreshed',
      form: [
        { key: 'dataDay', term: '数据更新到哪一天', type: 'day', required: true, clear: true },
        { key: 'records', term: '更新后记录数', type: 'number', clear: true },
        { key: 'remark', term: '说明', type: 'text', max: 300 },
      ],
    },
    publish: {
      term: '向社会公布',
      from: ['listed'],
      to: '=',
      by: ['bureau.handler', 'system'],
      optional: true,
      basis: 'catalogue.guideline',
      guards: ['notSecret', 'notPublished'],
    },
    conceal: {
      term: '停止公布',
      from: ['listed'],
      to: '=',
      by: ['bureau.handler', 'system'],
      optional: true,
      guards: ['published'],
      form: [{ key: 'reason', term: '原因', type: 'text', required: true, max: 300 }],
    },
    assign: {
      term: '列入授权运营批次',
      from: ['listed'],
      to: '=',
      by: ['bureau.handler', 'system'],
      optional: true,
      guards: ['notSecret'],
      form: [{ key: 'batch', term: '批次', type: 'text', required: true, clear: true, max: 60 }],
    },
    sample: {
      term: '抽样识别',
      from: ['draft', 'listed'],
      to: '=',
      by: 'holder.handler',
      kinds: ['resource'],
      optional: true,
      basis: 'catalogue.grading.sampling',
      elsewhere: true,
      // what was looked at is told as shares of formats; no value of the sample is kept
      form: [
        { key: 'rows', term: '样本行数', type: 'number', required: true, clear: true },
        {
          key: 'formats',
          term: '识别出的格式',
          type: 'list',
          max: 2000,
          fields: [
            { key: 'name', term: '列', type: 'text', required: true, max: 100 },
            {
              key: 'formats',
              term: '格式',
              type: 'list',
              max: 20,
              fields: [
                { key: 'format', term: '格式', type: 'code', required: true, max: 30 },
                { key: 'share', term: '占比（%）', type: 'number', required: true, max: 100 },
              ],
            },
          ],
        },
      ],
    },
    ...qualityRows,
    graded: { term: '定级', from: ['draft', 'listed'], to: '=', by: 'system', basis: 'catalogue.grading.levels' },
    ...openingRows,
    ...scopeRows,
    unassign: {
      term: '移出授权运营批次',
      from: ['listed'],
      to: '=',
      by: ['bureau.handler', 'system'],
      optional: true,
      guards: ['assigned'],
      form: [{ key: 'reason', term: '原因', type: 'text', required: true, max: 300 }],
    },
    filed: { term: '已备案', from: ['listed'], to: '=', by: 'system' },
    recognise: { term: '认定数源', from: ['listed'], to: '=', by: 'system', basis: 'catalogue.authority' },
    coded: { term: '关联登记', from: ['listed'], to: '=', by: 'system' },
    uncoded: { term: '登记已终止', from: ['listed'], to: '=', by: 'system' },
    remove: {
      term: '移出目录',
      from: ['listed'],
      to: 'removed',
      by: ['holder.approver', 'system'],
      optional: true,
      grave: true,
      tell: ['bureau'],
      form: [{ key: 'reason', term: '原因', type: 'text', required: true, max: 300 }],
    },
  },
}

const contentActs = ['list', 'update', 'compile', 'revise']
export const latest = (s: Case, acts: readonly string[]): string | undefined =>
  acts.filter((a) => s.did[a]).sort((a, b) => s.did[b]!.seq - s.did[a]!.seq)[0]

/** What was answered to the form, its groups laid open: one flat record whoever wrote it. */
export const flatten = (said: JsonObject): JsonObject =>
  Object.assign({}, ...Object.entries(said).map(([k, v]) => (plain(v) ? v : { [k]: v }))) as JsonObject

/** What the catalogue says of an item now. */
export const itemData = (s: Case): JsonObject => {
  const act = latest(s, contentActs)
  const { change: _c, freshDue: _f, twins: _t, import: _i, unlike: _u, ...said } = act ? flatten(s.data[act] ?? {}) : {}
  return said
}

const truth = (v: Json | undefined): boolean | undefined => (typeof v === 'boolean' ? v : undefined)

/** Collected into the public data platform? Undefined where nobody has said. */
export const isCollected = (s: Case): boolean | undefined => {
  const act = latest(s, [...contentActs, 'collect'])
  if (act === 'collect') return s.data['collect']?.['collected'] === 'yes'
  const pending = truth(itemData(s)['pending'])
  // a revision that says nothing of it leaves what was known
  if (pending !== undefined) return !pending
  return s.did['collect'] ? s.data['collect']?.['collected'] === 'yes' : undefined
}
export const isPublished = (s: Case): boolean => {
  const last = latest(s, ['publish', 'conceal'])
  if (last) return last === 'publish'
  return contentActs.some((a) => s.data[a]?.['published'] === true)
}
export const isSecret = (s: Case): boolean => itemData(s)['secret'] === true
export const registrationOf = (s: Case): { readonly record: string; readonly code: string } | undefined =>
  latest(s, ['coded', 'uncoded']) === 'coded'
    ? { record: text(s.data['coded']?.['record']), code: text(s.data['coded']?.['code']) }
    : undefined
/** The grade that has been settled, '1' … '6'; empty while there is none. */
export const gradeOf = (s: Case): string => text(s.data['graded']?.['grade'])
/** What was graded is no longer what the entry says: its fields or its classes have changed since. */
export const isGradeStale = (s: Case): boolean => {
  const since = s.did['graded']?.seq ?? 0
  const act = latest(s, contentActs)
  if (since === 0 || !act || s.did[act]!.seq < since) return false
  const graded = new Set(
    (s.data['graded']?.['fields'] as readonly { readonly name?: string }[] | undefined)?.map((f) => f.name),
  )
  const names = ((itemData(s)['fields'] as readonly { readonly name?: string }[] | undefined) ?? []).map((f) => f.name)
  return names.some((n) => !graded.has(n)) || changedClasses(s)
}
const changedClasses = (s: Case): boolean =>
  ['sharing', 'opening'].some((k) => {
    const at = text(s.data['graded']?.[k])
    return at !== '' && at !== text(itemData(s)[k])
  })
export const batchOf = (s: Case): string => {
  // a list names its batch itself; a revision by the form does not speak of it
  const lists = ['list', 'update'].filter((a) => s.data[a]?.['batch'] !== undefined)
  const act = latest(s, [...lists, 'assign', 'unassign'])
  return act === undefined || act === 'unassign' ? '' : text(s.data[act]?.['batch'])
}
/** What has been decided of the entry as a source (一数一源). */
export const sourceOf = (s: Case): '' | 'sole' | 'reference' | 'distinct' => {
  const role = text(s.data['recognise']?.['role'])
  return role === 'sole' || role === 'reference' || role === 'distinct' ? role : ''
}

/** Last day on which the data of a collected item is up to date; empty where nothing is to be watched. */
export const freshDueOf = (s: Case): string => {
  if (s.at !== 'listed' || isCollected(s) !== true) return ''
  const act = latest(s, [...contentActs, 'collect', 'refresh'])
  return act ? text(s.data[act]?.['freshDue']) : ''
}
/** What the unit was told of entries of the same name, while nothing has been decided. */
export const twinsOf = (s: Case): string => {
  const act = latest(s, contentActs)
  return act && s.at !== 'removed' && sourceOf(s) === '' ? text(s.data[act]?.['twins']) : ''
}
/** The day the data was last said to be up to date. */
export const refreshedOn = (s: Case): string => text(s.data['refresh']?.['dataDay'])

/** Two entries that say the same under the same territory are looked at together (一数一源): the name without blanks, brackets and case. */
export const sameKey = (name: string): string => name.replace(/[\s()（）《》“”"'、，,.·]/g, '').toLowerCase()

/** The period after which an item of this frequency is overdue, counted from the day its data was last brought up to date. */
const dueAfter = (cx: Parameters<Derive>[2], frequency: string, from: string): string => {
  const period = catalogueRule(cx.rules, 'catalogue.frequencies').find((f) => f.value === frequency)?.period
  return period ? addPeriod(cx.calendar, from as Day, period).day : ''
}

// what has changed since it was graded is graded again before it is used
const entry = {
  data: itemData,
  grade: (s: Case) => (isGradeStale(s) ? '' : gradeOf(s)),
  secret: isSecret,
  published: isPublished,
}
/** The data of an entry that is open now. */
export const openDataOf = (s: Case, rules: Rules): Dataset | undefined => datasetOf(entry, s, rules)
/** Entries of the same name in the same territory, in words: the unit is told when it compiles (一数一源). */
const twinWords = (self: string, cx: Parameters<Derive>[2]): string => {
  const others = (cx.facts.entries ?? []).filter((e) => e.id !== self && e.source !== 'distinct')
  const sole = others.find((e) => e.source === 'sole')
  if (sole) return `“${sole.name}”的唯一数源已认定为${sole.units.join('、')}，请确认是否重复编目`
  return others.length === 0
    ? ''
    : `同一地区已有同名目录项：${others
        .slice(0, 5)
        .map((e) => `${e.units.join('、')}“${e.name}”`)
        .join('；')}${others.length > 5 ? `等 ${others.length} 项` : ''}`
}

const asks: NonNullable<Laws['asks']> = (s, act, input) => {
  const name = text(flatten(input)['name'])
  return (act === 'compile' || act === 'revise') && name !== '' && s.division !== ''
    ? { division: s.division, same: sameKey(name) }
    : undefined
}

/** What has been filed, and what is new beside it, is told to the bureau when it changes (省本级总体方案 三(四)1). */
const jobs: NonNullable<Laws['jobs']> = (s, e) => [
  ...(actOf(e) === 'enter' || (s.did['filed'] && ['revise', 'update', 'remove', 'collect'].includes(actOf(e)))
    ? [{ topic: 'refile', payload: { seq: e.seq } }]
    : []),
  ...(actOf(e) === 'assess' ? [{ topic: 'quality', payload: { org: e.org, seq: e.seq } }] : []),
]

const guards: Record<string, Guard> = {
  ...openingGuards(entry),
  ...scopeGuards,
  /** 以共享为原则、不共享为例外: who does not share says by what law. */
  sharingJustified: (_s, input) => {
    const said = flatten(input)
    return said['sharing'] === 'none' && text(said['sharingBasis']).trim() === ''
      ? refuse('invalid', '不予共享的，须写明法律、行政法规或政策依据', {
          fields: { 'access.sharingBasis': '请写明不予共享的依据' },
        })
      : undefined
  },
  /** What was decided in a dispute is not set aside by the unit's own revision (数据条例草案 第十五条). */
  decisionStands: (s, input) => {
    const { sharing, sharingDecision } = itemData(s)
    const wanted = flatten(input)['sharing']
    return text(sharingDecision) !== '' && wanted !== sharing
      ? refuse('decided', `共享属性已由“${text(sharingDecision)}”决定，本单位不能自行调整`, {
          fields: { 'access.sharing': '已由争议处理决定' },
        })
      : undefined
  },
  changesSomething: (s, input) => {
    const { change: _c, ...next } = flatten(input)
    const before = itemData(s)
    const keys = new Set([...Object.keys(before), ...Object.keys(next)])
    // what an import knows and the form does not ask stays as it is
    const asked = [...keys].filter(
      (k) =>
        k in next ||
        !['source', 'line', 'holders', 'published', 'sharingDecision', 'batch', 'category', 'form'].includes(k),
    )
    return asked.some((k) => JSON.stringify(before[k] ?? null) !== JSON.stringify(next[k] ?? null))
      ? undefined
      : refuse('nothing', '内容没有任何变化，不必提交修改')
  },
  notSecret: (s) =>
    isSecret(s) ? refuse('secret', '该目录项含有国家秘密，不得公布、共享、开放或列入授权运营') : undefined,
  assigned: (s) => (batchOf(s) === '' ? refuse('not_now', '该目录项不在授权运营批次中') : undefined),
  published: (s) => (isPublished(s) ? undefined : refuse('not_now', '该目录项没有公布')),
  notPublished: (s) => (isPublished(s) ? refuse('not_now', '该目录项已经公布') : undefined),
}

const derive: Record<string, Derive> = {
  ...openingDerive(entry),
  ...scopeDerive,
  /** What an import says of its units and source is kept when the unit revises by the form. */
  freshness: (s, input, cx) => {
    const said = flatten(input)
    const known = itemData(s)
    const kept = Object.fromEntries(
      ['source', 'line', 'holders', 'published', 'category', 'form', 'sharingDecision'].flatMap((k) =>
        known[k] === undefined || said[k] !== undefined ? [] : [[k, known[k]]],
      ),
    )
    const from = refreshedOn(s) || cx.day
    const shared = text(said['coHolder'])
    const units = [s.seats['holder'], shared || s.seats['coHolder']].flatMap((o) => cx.facts.orgs[o ?? '']?.name ?? [])
    // a list names its units itself; by the form they follow from the seats
    const holders = units.length > 0 && said['holders'] === undefined ? { holders: units } : {}
    const twins = twinWords(s.id, cx)
    return {
      ...(shared === '' ? {} : { seats: { coHolder: shared } }),
      data: {
        ...kept,
        ...holders,
        ...(twins === '' ? {} : { twins }),
        freshDue: dueAfter(cx, text(said['frequency']), from),
      },
    }
  },
  collected: (s, _input, cx) => ({
    data: { freshDue: dueAfter(cx, text(itemData(s)['frequency']), refreshedOn(s) || cx.day) },
  }),
  refreshed: (s, input, cx) => {
    const day = text(input['dataDay'])
    if (day > cx.day)
      return refuse('invalid', `数据更新日不能晚于今天（${cx.day}）`, { fields: { dataDay: '不能晚于今天' } })
    return { data: { freshDue: dueAfter(cx, text(itemData(s)['frequency']), day) } }
  },
}

/** An entry compiled from a registration belongs to it from the day it is entered (登记细则 第四条). */
const fromRecord = (state: Case, cx: Parameters<Derive>[2]): ReturnType<NonNullable<Laws['effects']>> => {
  const record = cx.related.find((c) => c.process === 'record' && c.id === state.links['record'])
  const data = { record: record?.id ?? '', code: text(record?.data['register']?.['code']) }
  return record && ['valid', 'renewing', 'verifying'].includes(record.at)
    ? [{ on: state.id, act: 'coded', input: { data } }]
    : []
}

/** A registered item whose catalogue entry changes prompts its registrant to apply for 变更登记 (登记细则 第七条(四)). */
const effects: NonNullable<Laws['effects']> = (state, e, cx) =>
  actOf(e) === 'enter'
    ? fromRecord(state, cx)
    : !['update', 'revise'].includes(actOf(e))
      ? openingEffects(state, e, cx)
      : cx.related
          .filter(
            (c) =>
              c.process === 'record' &&
              c.links['item'] === state.id &&
              ['valid', 'renewing', 'verifying'].includes(c.at),
          )
          .flatMap((record) =>
            changeDuty(cx, record, text(itemData(state)['name']), '目录项内容已更新，与登记内容可能不一致'),
          )

/** Short words for lists, where no rules are at hand; what a grade is called in full stands in the pack. */
export const gradeWord = (g: string): string =>
  g === '' ? '' : g === '6' ? '核心' : g === '5' ? '重要' : `一般 ${g} 级`

const collectedTerm = (c: boolean | undefined): string => (c === undefined ? '' : c ? '已归集' : '待归集')

const quality = qualityLaws(itemData)
const qualityWord = (s: Case): string => {
  const a = assessmentOf(s)
  return a
    ? [a.score === undefined ? '' : `${Math.floor(a.score / 100)} 分`, verdictTerms[a.verdict]].join(' ').trim()
    : ''
}

export const itemLaws: Laws = {
  effects,
  guards: { ...guards, ...quality.guards },
  derive: { ...derive, ...quality.derive },
  foreseen: ['published', 'notPublished', 'notSecret', 'assigned', ...openingForeseen, ...scopeForeseen],
  asks,
  jobs,
  title: (s) => text(itemData(s)['name']),
  claims: (s) => {
    const source = text(itemData(s)['source'])
    return s.at === 'listed' && source !== '' ? [{ scope: 'catalogue.source', key: source }] : []
  },
  facts: (s) => {
    const d = itemData(s)
    return [
      { term: '持有单位', value: (d['holders'] as readonly string[] | undefined)?.join('、') ?? '' },
      { term: '更新频率', value: text(d['frequency']) },
      { term: '归集', value: collectedTerm(isCollected(s)) },
      {
        term: '级别',
        value: isGradeStale(s) ? `${gradeWord(gradeOf(s))}（内容已变，须重新定级）` : gradeWord(gradeOf(s)),
      },
      { term: '质量', value: qualityWord(s) },
      { term: '服务形式', value: text(d['form']) },
      ...scopeFacts(s),
    ].filter((f) => f.value !== '')
  },
  content: (s, rules) => ({ form: itemForm(rules), value: grouped(itemForm(rules), itemData(s)) }),
  begin: (s, act, form, _around, rules) =>
    act === 'revise'
      ? grouped(form, itemData(s))
      : act === 'setChecks'
        ? checksBegin(s, itemData(s), rules)
        : undefined,
  // 重要 and 核心: protected with more care (数据安全法 第二十一条)
  onlyFor: (s) => (gradeOf(s) >= '5' ? ['approver', 'auditor', 'keeper'] : undefined),
  derived: {
    freshDue: '下次应更新于',
    twins: '同名提示',
    receipt: '回执号',
    code: '登记码',
    batch: '批次',
    legalBasis: '纳入依据',
  },
}

/** A flat record in the groups of a form; what the form does not ask is left out. */
const grouped = (form: Form, flat: JsonObject): JsonObject =>
  Object.fromEntries(
    form.flatMap((f): [string, Json][] => {
      if (f.type !== 'group') return flat[f.key] === undefined ? [] : [[f.key, flat[f.key]!]]
      const inner = grouped(f.fields ?? [], flat)
      return Object.keys(inner).length > 0 ? [[f.key, inner as Json]] : []
    }),
  )
