import type { Form, Json, JsonObject } from '#contract'
import type { Calendar, Rules } from '#policy'
import type { Case, Cx, Day, Digest } from '../kernel/index.ts'
import { addPeriod, list, subtractPeriod, text, texts } from '../kernel/index.ts'
import { agreementRule, type Clause, type ReportRule } from './agreement-pack.ts'

/** What the agreement says now: as written, or as recorded of an old one, and as supplements have changed it since. */
export const agreementOf = (s: Case): JsonObject => ({ ...(s.data['write'] ?? s.data['record']), ...s.data['amend'] })
export const agreementItems = (s: Case): readonly string[] => texts(agreementOf(s)['items'])
export const agreementNumber = (s: Case): string => text((s.data['start'] ?? s.data['record'])?.['number'])
export const agreementTitle = (s: Case): string => text(agreementOf(s)['title']) || agreementNumber(s)
export const productNames = (s: Case): readonly string[] => list(agreementOf(s)['products']).map((p) => text(p['name']))
/** Of what a case knows, what a form asks. */
export const answering = (form: Form, known: JsonObject): JsonObject =>
  Object.fromEntries(form.flatMap((f) => (known[f.key] === undefined ? [] : [[f.key, known[f.key]]])))

// a snapshot comes back with its keys in another order
const sorted = (v: Json | undefined): Json =>
  Array.isArray(v)
    ? v.map(sorted)
    : typeof v === 'object' && v !== null
      ? Object.fromEntries(
          Object.keys(v)
            .sort()
            .flatMap((k): [string, Json][] => {
              const inner = (v as JsonObject)[k]
              return inner === undefined ? [] : [[k, sorted(inner)]]
            }),
        )
      : (v ?? null)
/** Digests of a text as it is put before those who decide, independent of how it is stored. */
export const textDigest = (cx: Pick<Cx, 'digest'>, written: JsonObject): Digest =>
  cx.digest(JSON.stringify(sorted(written)))

const nextDay = (calendar: Calendar, day: string): Day =>
  addPeriod(calendar, day as Day, { value: 1, unit: 'day', roll: false }).day
/** The last day of a term that begins on a day and is as long as the rules have it in principle. */
export const lastDay = (
  cx: Pick<Cx, 'rules' | 'calendar'>,
  from: string,
  path: 'authorization.agreement.term' | 'authorization.agreement.renewal.term' = 'authorization.agreement.term',
): string => addPeriod(cx.calendar, from as Day, { ...agreementRule(cx.rules, path), countStart: true }).day
/** The first day of a term that follows another without a gap. */
export const followingDay = (cx: Pick<Cx, 'calendar'>, to: string): string => nextDay(cx.calendar, to)
/** The last day on which a renewal is asked for in time. */
export const renewBy = (cx: Pick<Cx, 'rules' | 'calendar'>, to: string): string => {
  const { value, unit } = agreementRule(cx.rules, 'authorization.agreement.renewal.window')
  return subtractPeriod(cx.calendar, to as Day, { value, unit }).day
}

/** Which of the clauses the rules list are there. */
export const clausesOf = (
  s: Case,
  rules: Rules,
): readonly { readonly clause: Clause; readonly there: boolean; readonly required: boolean }[] => {
  const said = agreementOf(s)
  return agreementRule(rules, 'authorization.agreement.clauses').map((clause) => ({
    clause,
    required: clause.required ?? true,
    there:
      clause.as === 'items'
        ? texts(said['items']).length > 0
        : clause.as === 'term'
          ? text(said['termFrom']) !== '' && text(said['termTo']) !== ''
          : clause.as === 'products'
            ? list(said['products']).length > 0
            : text(said[clause.key]) !== '',
  }))
}

export interface Gap {
  readonly key: string
  readonly term: string
  /** How it was closed; empty while it is open. */
  readonly closed: string
}
/**
 * What an agreement from before the rules lacks of what they ask: it is completed step by step, and runs meanwhile
 * (27号 第二十四条). Empty for agreements concluded under the rules.
 */
export const gapsOf = (s: Case, rules: Rules): readonly Gap[] => {
  if (s.kind !== 'legacy') return []
  const said = s.data['record'] ?? {}
  const closed = (key: string): string => {
    const found = list(s.data['fillGap']?.['filled']).filter((f) => f['gap'] === key)
    return text(found.at(-1)?.['note'])
  }
  const lacking = clausesOf({ ...s, data: { record: said } }, rules).filter((c) => c.required && !c.there)
  const now = new Set(clausesOf(s, rules).flatMap((c) => (c.there ? [c.clause.key] : [])))
  const receipt = text(s.data['filed']?.['receipt'])
  return [
    ...lacking.map(({ clause }) => ({
      key: clause.key,
      term: `协议没有约定：${clause.term}`,
      closed: now.has(clause.key) ? '已由补充协议约定' : closed(clause.key),
    })),
    ...(text(said['decidedOn']) === ''
      ? [{ key: 'deliberation', term: '没有“三重一大”审议记录', closed: closed('deliberation') }]
      : []),
    ...(text(said['receipt']) === ''
      ? [{ key: 'recordal', term: '协议没有备案', closed: receipt ? `备案编号 ${receipt}` : closed('recordal') }]
      : []),
    { key: 'selection', term: '运营机构的选择没有系统内的记录', closed: closed('selection') },
    { key: 'plan', term: '没有经审定的实施方案', closed: closed('plan') },
  ]
}

const ends: Readonly<Record<ReportRule['every'], readonly (readonly [day: string, term: string])[]>> = {
  quarter: [
    ['03-31', '第1季度'],
    ['06-30', '第2季度'],
    ['09-30', '第3季度'],
    ['12-31', '第4季度'],
  ],
  half: [
    ['06-30', '上半年'],
    ['12-31', '下半年'],
  ],
  year: [['12-31', '年度']],
}
export interface DueReport {
  readonly report: string
  readonly due: string
}
/** The reports due under an agreement, from the period in which it begins to the one in which it ends. */
export const reportsDue = (cx: Pick<Cx, 'rules' | 'calendar'>, from: string, to: string): readonly DueReport[] => {
  const { term, every, within } = agreementRule(cx.rules, 'authorization.reports.operation')
  const out: DueReport[] = []
  for (let year = Number(from.slice(0, 4)); year <= Number(to.slice(0, 4)); year++)
    for (const [i, [day, name]] of ends[every].entries()) {
      const end = `${year}-${day}`
      const before = i === 0 ? `${year - 1}-12-31` : `${year}-${ends[every][i - 1]![0]}`
      if (end < from || before >= to) continue
      const { value, unit } = within
      out.push({
        report: `${year}年${every === 'year' ? '度' : name}${term}`,
        due: addPeriod(cx.calendar, end as Day, { value, unit }).day,
      })
    }
  return out
}
/** The first day that is reported on: of an agreement from before the rules nothing is asked of the time before it was recorded. */
export const reportsFrom = (s: Case, day: string): string => {
  const from = text(agreementOf(s)['termFrom'])
  const since = s.kind === 'legacy' ? (s.did['confirm']?.day ?? day) : from
  return since > from ? since : from
}
/** What is due under it, and what of that has been received. */
export const reportRegister = (s: Case): readonly (DueReport & { readonly received: string })[] => {
  const schedule = [
    ...list(s.data['amend']?.['schedule'] ?? (s.data['countersign'] ?? s.data['confirm'])?.['schedule']),
  ]
  const received = list(s.data['receive']?.['received'])
  return schedule.map((d) => ({
    report: text(d['report']),
    due: text(d['due']),
    received: text(received.find((r) => r['report'] === d['report'])?.['on']),
  }))
}
