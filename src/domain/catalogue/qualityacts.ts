import { z } from 'zod'
import type { Form, Json, JsonObject, Refusal } from '#contract'
import { isRefusal, refuse } from '#contract'
import type { Rules, Section } from '#policy'
import { valueOf } from '#policy'
import type { Case, Derive, Guard, Process } from '../kernel/index.ts'
import { list, text } from '../kernel/index.ts'
import { catalogueRule } from './pack.ts'
import type { Check } from './quality.ts'
import { checkRows, readChecks } from './qualityForm.ts'
import type { Judgement, Trend } from './qualityJudgement.ts'
import { compare } from './qualityJudgement.ts'
import type { InformationItem } from './qualityProposal.ts'
import { proposeChecks } from './qualityProposal.ts'

/** When in the life of data it is checked: part of the catalogue section of a rule pack. */
export const assessmentSection = {
  'catalogue.quality.phases': z
    .array(z.strictObject({ value: z.enum(['before', 'during', 'after']), term: z.string() }))
    .min(1)
    .describe('质量检查的环节'),
} as const satisfies Section
export const phasesOf = (rules: Rules) => valueOf(assessmentSection, rules, 'catalogue.quality.phases')

/** What a unit and its bureau do about the quality of an entry's data: rows of the process of an entry. */
export const qualityRows: Process['rows'] = {
  setChecks: {
    term: '设定质量规则',
    from: ['draft', 'listed'],
    to: '=',
    by: ['holder.handler', 'bureau.handler'],
    kinds: ['resource'],
    optional: true,
    elsewhere: true,
    basis: 'catalogue.quality.dimensions',
    form: 'qualityRules',
    guards: ['checksReadable'],
  },
  assess: {
    term: '质量检查',
    from: ['draft', 'listed'],
    to: '=',
    by: ['holder.handler', 'bureau.handler'],
    kinds: ['resource'],
    optional: true,
    elsewhere: true,
    basis: 'catalogue.quality.phases',
    form: 'assessment',
    guards: ['oneSource', 'noneRunning'],
    derive: 'assessment',
  },
  assessed: {
    term: '质量检查结果',
    from: ['draft', 'listed'],
    to: '=',
    by: 'system',
    kinds: ['resource'],
    basis: 'catalogue.quality.scores',
    guards: ['awaited'],
    derive: 'assessed',
  },
  assessFailed: {
    term: '质量检查未完成',
    from: ['draft', 'listed'],
    to: '=',
    by: 'system',
    kinds: ['resource'],
    guards: ['awaited'],
    form: [{ key: 'says', term: '原因', type: 'text', max: 300 }],
  },
}

export const assessmentForm = (rules: Rules): Form => [
  {
    key: 'phase',
    term: '环节',
    type: 'choice',
    required: true,
    clear: true,
    options: phasesOf(rules).map(({ value, term }) => ({ value, term })),
  },
  {
    key: 'file',
    term: '数据文件',
    type: 'file',
    hint: 'CSV、Excel（.xlsx）或 Parquet；只留下各项检核的行数，不留下数据',
  },
  { key: 'source', term: '数据库来源', type: 'code', max: 60, hint: '管理员配置的来源名称；与数据文件二者选一' },
  { key: 'table', term: '表', type: 'code', max: 130, hint: '模式.表，如 public.jcmx' },
  {
    key: 'references',
    term: '引用表',
    type: 'list',
    max: 5,
    fields: [
      { key: 'name', term: '表名', type: 'code', required: true, max: 60 },
      { key: 'file', term: '数据文件', type: 'file', required: true },
    ],
  },
]

/** The information items of an entry as checks know them. */
export const informationItems = (entry: JsonObject): readonly InformationItem[] =>
  list(entry['fields']) as unknown as readonly InformationItem[]

/** The checks of an entry: those that were set, else those that follow from how it is described. */
export const checksFor = (s: Case, entry: JsonObject, rules: Rules): readonly Check[] => {
  const set = s.did['setChecks'] ? readChecks(list(s.data['setChecks']?.['rules']), informationItems(entry)) : []
  if (!isRefusal(set) && set.length > 0) return set
  const within = catalogueRule(rules, 'catalogue.frequencies').find((f) => f.value === entry['frequency'])?.period
  return proposeChecks(informationItems(entry), within, rules)
}
/** What the form of `setChecks` begins with. */
export const checksBegin = (s: Case, entry: JsonObject, rules: Rules): JsonObject => ({
  rules: checkRows(checksFor(s, entry, rules)).slice(0, 500) as unknown as Json,
})

/** A run that has been asked for and has not ended. */
export const isAssessing = (s: Case): boolean =>
  (s.did['assess']?.seq ?? 0) > Math.max(s.did['assessed']?.seq ?? 0, s.did['assessFailed']?.seq ?? 0)

/** A run in the history of an entry. Score in hundredths of a point. */
export interface Run {
  readonly day: string
  readonly phase: string
  readonly verdict: Judgement['verdict']
  readonly score?: number
  readonly rows: number
}
export interface Assessment extends Run {
  readonly dimensions: readonly { readonly value: string; readonly score?: number; readonly checks: number }[]
  readonly checks: Judgement['checks']
  readonly trend?: Trend
  /** The latest runs, the newest last. */
  readonly runs: readonly Run[]
}
/** What the last run that came to an end found. */
export const assessmentOf = (s: Case): Assessment | undefined =>
  s.did['assessed'] ? ({ day: s.did['assessed'].day, ...s.data['assessed'] } as unknown as Assessment) : undefined

const kept = 24

/** What the system says of a run: counts and scores. Nothing of it is a value of the data. */
export const assessmentSaid = (phase: string, j: Judgement): { data: JsonObject; sealed: JsonObject } => ({
  data: { phase, verdict: j.verdict, ...(j.score === undefined ? {} : { score: j.score }) },
  sealed: {
    rows: j.rows,
    dimensions: j.dimensions.map(({ value, score, checks }) => ({
      value,
      checks,
      ...(score === undefined ? {} : { score }),
    })),
    checks: j.checks as unknown as Json,
  },
})

const asJudgement = (a: Pick<Assessment, 'score' | 'rows' | 'dimensions' | 'checks'>): Judgement =>
  ({
    verdict: 'pass',
    score: a.score,
    rows: a.rows,
    dimensions: a.dimensions,
    checks: a.checks,
  }) as unknown as Judgement

/** Guards and derivations of these rows. `entryOf`: what the catalogue says of an entry now. */
export const qualityLaws = (
  entryOf: (s: Case) => JsonObject,
): { readonly guards: Readonly<Record<string, Guard>>; readonly derive: Readonly<Record<string, Derive>> } => ({
  guards: {
    checksReadable: (s, input) => {
      const read = readChecks(list(input['rules']), informationItems(entryOf(s)))
      return isRefusal(read) ? read : undefined
    },
    oneSource: (s, input, cx) => {
      const file = text(input['file'])
      const source = text(input['source'])
      const bad = (field: string, says: string): Refusal => refuse('invalid', says, { fields: { [field]: says } })
      if (file === '' && source === '') return bad('file', '请上传数据文件，或写明数据库来源和表')
      if (file !== '' && source !== '') return bad('source', '数据文件与数据库来源只选一个')
      const files: readonly (readonly [string, string])[] = [
        ['file', file],
        ...list(input['references']).map((r, i) => [`references.${i}.file`, text(r['file'])] as const),
      ]
      const strange = files.find(([, f]) => f !== '' && fileKind(cx.facts.files[f]?.name ?? '') === undefined)
      if (strange) return bad(strange[0], '请上传 CSV、Excel（.xlsx）或 Parquet 文件')
      if (source === '') return undefined
      // checks of one's own making would tell another's values one by one
      if (cx.org !== s.seats['holder']) return bad('source', '数据库来源只供数源单位自己使用，请改为上传数据文件')
      return /^[^.\s"]{1,63}(\.[^.\s"]{1,63})?$/.test(text(input['table']))
        ? undefined
        : bad('table', '请写明表，如 public.jcmx')
    },
    awaited: (s) => (isAssessing(s) ? undefined : refuse('not_now', '这次质量检查已经有了结果')),
    noneRunning: (s) => (isAssessing(s) ? refuse('not_now', '上一次质量检查还没有结束，请稍候') : undefined),
  },
  derive: {
    // a file of data is not handed out to those who may read the entry: the event names it where no form asks for a file
    assessment: (_s, input, cx) => ({
      sealed: {
        file: undefined,
        references: undefined,
        given: {
          ...(text(input['file']) === ''
            ? {}
            : { upload: text(input['file']), kind: fileKind(cx.facts.files[text(input['file'])]?.name ?? '') }),
          others: list(input['references']).map((r) => ({
            name: text(r['name']),
            upload: text(r['file']),
            kind: fileKind(cx.facts.files[text(r['file'])]?.name ?? ''),
          })),
        },
      },
    }),
    assessed: (s, input, cx) => {
      const now = input as unknown as Assessment
      const before = assessmentOf(s)
      const { score, rows, phase, verdict } = now
      const run: Run = { day: cx.day, phase, verdict, rows, ...(score === undefined ? {} : { score }) }
      const trend = before && compare(asJudgement(before), asJudgement(now))
      return {
        sealed: {
          ...(trend ? { trend: withoutUndefined(trend) } : {}),
          runs: [...(before?.runs ?? []), run].slice(-kept) as unknown as Json,
        },
      }
    },
  },
})
const withoutUndefined = (t: Trend): Json =>
  Object.fromEntries(Object.entries(t).filter(([, v]) => v !== undefined)) as unknown as Json

/** How a file of data is read, by its name; undefined for one that is no table. */
export const fileKind = (name: string): 'csv' | 'xlsx' | 'parquet' | undefined => {
  const ext = name.slice(name.lastIndexOf('.') + 1).toLowerCase()
  return ext === 'csv' || ext === 'xlsx' || ext === 'parquet' ? ext : undefined
}

/** What lists and dashboards count by: whole points rounded down, the verdict, the day. */
export const qualityColumns = (
  s: Case,
): {
  readonly score: number | null
  readonly quality: string
  readonly dimensions: JsonObject
  readonly assessed: string | null
} => {
  const a = assessmentOf(s)
  return {
    score: a?.score === undefined ? null : Math.floor(a.score / 100),
    quality: a?.verdict ?? '',
    dimensions: Object.fromEntries(
      (a?.dimensions ?? []).flatMap((d) => (d.score === undefined ? [] : [[d.value, Math.floor(d.score / 100)]])),
    ),
    assessed: a?.day ?? null,
  }
}

/**
 * May the data of this entry be supplied, as far as its quality goes? What was blocked stays blocked until a later run says otherwise; an
 * entry that was never checked is not held up here. Refusal code: `quality_blocked`.
 */
export const qualityGate = (s: Case): Refusal | undefined =>
  assessmentOf(s)?.verdict === 'blocked'
    ? refuse(
        'quality_blocked',
        `最近一次质量检查（${s.did['assessed']!.day}）的结论为阻断，整改并重新检查合格后方可供给`,
      )
    : undefined

export const verdictTerms: Readonly<Record<string, string>> = { pass: '合格', warn: '有提示', blocked: '阻断' }
