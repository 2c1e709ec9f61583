import type { Json, JsonObject } from '#contract'
import { refuse } from '#contract'
import type { Rules } from '#policy'
import type { Case, CaseEvent, Cx, Derive, Effect, Guard, Row, TableFact } from '../kernel/index.ts'
import { actOf, list, text } from '../kernel/index.ts'
import { openingRule } from './openingPack.ts'
import { tableSchema, type DataColumn } from './tableSchema.ts'

export type OpenClass = 'unconditional' | 'conditional'
const isOpenClass = (v: string): v is OpenClass => v === 'unconditional' || v === 'conditional'

/** 公共数据开放 of an entry: the holder's approver publishes the data, and stops it. Spread into the rows of the entry. */
export const openingRows: Readonly<Record<string, Row>> = {
  open: {
    term: '发布开放数据',
    from: ['listed'],
    to: '=',
    by: 'holder.approver',
    kinds: ['resource'],
    optional: true,
    grave: true,
    basis: 'catalogue.opening.classes',
    form: 'openData',
    guards: ['notSecret', 'published', 'openable', 'gradedForOpening', 'fileReadable', 'columnsKnown'],
    derive: 'opened',
    tell: ['bureau'],
  },
  closeOpening: {
    term: '停止开放',
    from: ['listed'],
    to: '=',
    by: ['holder.approver', 'bureau.approver', 'system'],
    kinds: ['resource'],
    optional: true,
    grave: true,
    basis: 'catalogue.opening.classes',
    guards: ['dataOpened'],
    tell: ['holder', 'bureau'],
    form: [{ key: 'reason', term: '原因', type: 'text', required: true, max: 300 }],
  },
}
export const openingForeseen = ['openable', 'gradedForOpening', 'dataOpened'] as const

/** What the rules of opening need to know of an entry; the entry's own module answers. */
export interface OpenedEntry {
  readonly data: (s: Case) => JsonObject
  readonly grade: (s: Case) => string
  readonly secret: (s: Case) => boolean
  readonly published: (s: Case) => boolean
}

const lastOf = (s: Case, acts: readonly string[]): string | undefined =>
  acts.filter((a) => s.did[a]).sort((a, b) => s.did[b]!.seq - s.did[a]!.seq)[0]
const wasOpened = (s: Case): boolean => lastOf(s, ['open', 'closeOpening']) === 'open'

const gradeProblem = (of: OpenedEntry, s: Case, rules: Rules): string | undefined => {
  const opening = text(of.data(s)['opening'])
  const grade = of.grade(s)
  if (!isOpenClass(opening)) return undefined
  if (grade === '') return '该目录项尚未定级，未定级的数据不得开放'
  const most = openingRule(rules, 'catalogue.opening.grades')[opening]
  if (!/^[1-4]$/.test(grade)) return '该目录项为重要数据或核心数据，不得开放'
  return Number(grade) > most
    ? `该目录项定为一般数据 ${grade} 级，${opening === 'unconditional' ? '无条件' : '有条件'}开放最高到 ${most} 级`
    : undefined
}

export const openingGuards = (of: OpenedEntry): Readonly<Record<string, Guard>> => ({
  openable: (s) =>
    isOpenClass(text(of.data(s)['opening']))
      ? undefined
      : refuse('not_openable', '该目录项属于不予开放，不能发布开放数据'),
  gradedForOpening: (s, _input, cx) => {
    const says = gradeProblem(of, s, cx.rules)
    return says ? refuse('grade', says) : undefined
  },
  dataOpened: (s) => (wasOpened(s) ? undefined : refuse('not_now', '该目录项没有开放数据')),
  fileReadable: (_s, input, cx) => {
    const read = cx.facts.tables?.[text(input['file'])]
    if (read && !('problem' in read)) return undefined
    const says = read?.problem ?? '没有读到数据文件，请重新上传'
    return refuse('invalid', says, { fields: { file: says } })
  },
  /** Nothing leaves that the catalogue does not name: what is not an information item has been neither described nor graded. */
  columnsKnown: (s, input, cx) => {
    const table = tableIn(cx.facts.tables, input)
    const items = list(of.data(s)['fields'])
    const known = new Set(items.flatMap((f) => [text(f['name']), text(f['field'])]).filter(Boolean))
    const strange = (table?.columns ?? []).map((c) => c.name).filter((n) => !known.has(n))
    if (items.length === 0)
      return refuse('fields_missing', '目录项没有信息项，请先补充信息项并定级，再发布开放数据', {
        fields: { file: '目录项没有信息项' },
      })
    return strange.length > 0
      ? refuse('invalid', `数据文件含有目录中没有的信息项：${strange.slice(0, 10).join('、')}`, {
          fields: { file: `目录中没有：${strange.slice(0, 10).join('、')}` },
        })
      : undefined
  },
})

const tableIn = (
  tables: Readonly<Record<string, TableFact | { readonly problem: string }>> | undefined,
  input: JsonObject,
): TableFact | undefined => {
  const read = tables?.[text(input['file'])]
  return read && !('problem' in read) ? read : undefined
}

export const openingDerive = (of: OpenedEntry): Readonly<Record<string, Derive>> => ({
  /** The class stands in the event: data opened under conditions does not become free of them because the entry is revised. */
  opened: (s, input, cx) => {
    const table = tableIn(cx.facts.tables, input)!
    const { fields, keys } = tableSchema(list(of.data(s)['fields']), table.columns)
    return {
      data: {
        class: text(of.data(s)['opening']),
        table: {
          file: table.file,
          size: table.size,
          sha256: table.sha256,
          sm3: table.sm3,
          rows: table.rows,
          keys: [...keys],
          columns: fields as unknown as Json,
        },
      },
    }
  },
})

/** The data of an entry that is open now, as one row of what anyone may know of it. */
export interface Dataset {
  readonly class: OpenClass
  readonly file: string
  readonly size: number
  readonly sha256: string
  readonly sm3: string
  readonly rows: number
  /** Columns that name a row, for the order of a recipient's copy. */
  readonly keys: readonly string[]
  readonly columns: readonly DataColumn[]
  readonly opened: string
  readonly dataDay: string
  readonly version: number
}

/**
 * What is open of an entry at this moment; undefined as soon as it is closed, secret, not published any more, ungraded or graded too high,
 * or of another class than the one it was opened under.
 */
export const datasetOf = (of: OpenedEntry, s: Case, rules: Rules): Dataset | undefined => {
  const said = s.data['open']
  const table = said?.['table'] as JsonObject | undefined
  if (!table || !wasOpened(s) || s.at !== 'listed' || of.secret(s) || !of.published(s)) return undefined
  const opening = text(of.data(s)['opening'])
  if (!isOpenClass(opening) || opening !== said!['class'] || gradeProblem(of, s, rules)) return undefined
  return {
    class: opening,
    file: text(table['file']),
    size: Number(table['size']),
    sha256: text(table['sha256']),
    sm3: text(table['sm3']),
    rows: Number(table['rows']),
    keys: (table['keys'] as readonly string[] | undefined) ?? [],
    columns: (table['columns'] ?? []) as unknown as readonly DataColumn[],
    opened: s.did['open']!.day,
    dataDay: text(said!['dataDay']),
    version: s.did['open']!.times,
  }
}

/** Data that is opened meets the plan in which it stood. */
export const openingEffects = (item: Case, e: CaseEvent, cx: Pick<Cx, 'related'>): readonly Effect[] =>
  actOf(e) !== 'open'
    ? []
    : cx.related
        .filter((c) => c.process === 'openingPlan' && c.at === 'planned' && c.links['item'] === item.id)
        .map((c) => ({ on: c.id, act: 'meet', input: {} }))
