import type { Json, JsonObject } from '#contract'
import type { Rules } from '#policy'
import type { Case } from '../kernel/index.ts'
import { list, text, texts } from '../kernel/index.ts'
import { exitRule } from './exit-pack.ts'
import type { ExitKind } from './exit.ts'
import { productKey } from './gate.ts'

const opened = (s: Case): JsonObject => s.data['open'] ?? s.data['ask'] ?? {}
/** What an act has gathered so far under a name; each time it is done it says all of it. */
export const gathered = (s: Case, act: string, key: string): readonly JsonObject[] => list(s.data[act]?.[key])
/** The number of the agreement that is left. */
export const leftNumber = (s: Case): string => text(opened(s)['agreementNumber'])
/** Catalogue entries that the agreement was about. */
export const exitItems = (s: Case): readonly string[] => texts(opened(s)['items'])
export const exitTitle = (s: Case): string => text(opened(s)['agreementTitle'])

/** A line of the handover: what it is, how far it has come, and who must act next (empty: settled). */
export interface Line {
  readonly ref: string
  readonly term: string
  readonly said: string
  readonly state: string
  readonly day: string
  readonly next: string
  readonly files: readonly string[]
}

export const checklistOf = (s: Case, rules: Rules) =>
  exitRule(rules, 'authorization.exit.checklist').filter((c) => c.kinds?.includes(s.kind as ExitKind) !== false)

const lastOf = (of: readonly JsonObject[], key: string, ref: string): JsonObject | undefined =>
  of.filter((x) => x[key] === ref).at(-1)

/** The items that are handed over and taken over. */
export const handoverLines = (s: Case, rules: Rules): readonly Line[] =>
  checklistOf(s, rules).map(({ key, term }) => {
    const given = lastOf(gathered(s, 'deliver', 'given'), 'item', key)
    const taken = lastOf(gathered(s, 'receive', 'taken'), 'item', key)
    const answered = taken && given && taken['times'] === given['times'] ? taken : undefined
    const whole = answered?.['finding'] === 'complete'
    return {
      ref: key,
      term,
      said: text(given?.['content']),
      state: !given ? '未移交' : !answered ? '已移交，待接收' : whole ? '已接收' : `须补充：${text(answered['note'])}`,
      day: text((answered ?? given)?.['day']),
      next: !given || (answered && !whole) ? 'operator' : !answered ? 'receiver' : '',
      files: texts(given?.['files']),
    }
  })

/** What the operator may still hold: the entries it was authorised for, batches supplied, and what else has been listed. */
export const retained = (s: Case): readonly { readonly ref: string; readonly term: string }[] => [
  ...texts(opened(s)['items']).map((id) => ({
    ref: id,
    term: text(lastOf(gathered(s, 'registered', 'entries'), 'entry', id)?.['name']) || id,
  })),
  ...gathered(s, 'registered', 'batches').map((b) => ({ ref: text(b['batch']), term: text(b['name']) })),
  ...gathered(s, 'list', 'listed').map((b) => ({
    ref: text(b['ref']),
    term: [text(b['name']), text(b['place'])].filter(Boolean).join('，'),
  })),
]
/** Batches that were supplied, and whose return or deletion has been certified and verified: they go from the platform as well. */
export const confirmedBatches = (s: Case): readonly string[] => {
  const batches = new Set(gathered(s, 'registered', 'batches').map((b) => text(b['batch'])))
  return deletionLines(s).flatMap((l) => (batches.has(l.ref) && l.next === 'system' ? [l.ref] : []))
}
const means: Readonly<Record<string, string>> = { deleted: '已删除', returned: '已返还', never: '未曾留存' }
export const deletionLines = (s: Case): readonly Line[] => {
  const batches = new Set(gathered(s, 'registered', 'batches').map((b) => text(b['batch'])))
  const gone = new Map(gathered(s, 'purged', 'gone').map((b) => [text(b['batch']), text(b['day'])]))
  return retained(s).map(({ ref, term }) => {
    const done = lastOf(gathered(s, 'certify', 'certified'), 'ref', ref)
    const seen = lastOf(gathered(s, 'verify', 'verified'), 'ref', ref)
    const answered = seen && done && seen['times'] === done['times'] ? seen : undefined
    const good = answered?.['finding'] === 'confirmed'
    // what the certificate says of the operator's copies, the platform does with its own
    const kept = batches.has(ref) && !gone.has(ref)
    return {
      ref,
      term,
      said: [means[text(done?.['means'])] ?? '', text(done?.['doneOn'])].filter(Boolean).join('，'),
      state: !done
        ? '未处理'
        : !answered
          ? '已出具证明，待核验'
          : good
            ? kept
              ? '已核验，平台删除中'
              : batches.has(ref)
                ? '已核验，平台已删除'
                : '已核验'
            : `核验不符：${text(answered['note'])}`,
      day: gone.get(ref) ?? text((answered ?? done)?.['day']),
      next: !done || (answered && !good) ? 'operator' : !answered ? 'verifier' : kept ? 'system' : '',
      files: texts(done?.['files']),
    }
  })
}

/** The services of the agreement, and in whose hands they go on. */
export const serviceLines = (s: Case): readonly (Line & { readonly keeper: string; readonly until: string })[] =>
  texts(opened(s)['products']).map((name) => {
    const done = gathered(s, 'reassign', 'assigned')
      .filter((a) => productKey(text(a['product'])) === productKey(name))
      .at(-1)
    const how = text(done?.['mode'])
    return {
      ref: productKey(name),
      term: name,
      said: how === 'stop' ? text(done?.['reason']) : '',
      state: !done ? '未安排' : how === 'stop' ? '停止服务' : how === 'custody' ? '托管' : '由承接单位承接',
      day: text(done?.['from']),
      next: done ? '' : 'implementer',
      files: [],
      keeper: text(done?.['keeper']),
      until: text(done?.['until']),
    }
  })

const endedRecord = ['deregistered', 'revoked']
const outcomes: Readonly<Record<string, string>> = {
  deregistered: '已注销',
  changed: '已变更登记主体',
  kept: '依法保留',
}
/** What has been registered on the strength of the agreement. A record that has ended is settled by that. */
export const recordLines = (s: Case, around: readonly Case[]): readonly Line[] =>
  gathered(s, 'registered', 'records').map((r) => {
    const ref = text(r['record'])
    const record = around.find((c) => c.id === ref)
    const noted = lastOf(gathered(s, 'register', 'noted'), 'ref', ref)
    const gone = record ? endedRecord.includes(record.at) : false
    // a deregistration is not believed but seen
    const settled = gone || ['changed', 'kept'].includes(text(noted?.['outcome']))
    return {
      ref,
      term: text(r['name']),
      said: text(noted?.['note']),
      state: gone ? '已注销' : (outcomes[text(noted?.['outcome'])] ?? '待注销或者变更'),
      day: text(noted?.['day']),
      next: settled ? '' : 'holder',
      files: [],
    }
  })

/** Adds lines to what has been gathered; each carries the day and how often this was said of the same thing. */
export const gather = (
  before: readonly JsonObject[],
  lines: readonly JsonObject[],
  key: string,
  day: string,
): readonly Json[] =>
  lines.reduce<JsonObject[]>(
    (all, line) => {
      const last = all.filter((x) => x[key] === line[key]).at(-1)
      // what was said before of the same thing stands in its event
      return [...all.filter((x) => x[key] !== line[key]), { ...line, day, times: Number(last?.['times'] ?? 0) + 1 }]
    },
    [...before],
  )
