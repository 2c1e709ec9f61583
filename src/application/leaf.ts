import { randomBytes } from 'node:crypto'
import type { Form, Json } from '#contract'
import { joinPersonal, placeholder, splitPersonal } from '#contract'
import type { Rules } from '#policy'
import type { Case, CaseEvent, Table } from '#domain/kernel'
import { actOf } from '#domain/kernel'
import { applicationForm, holdRows, published } from '#domain/registration'
import { grantRows } from '#domain/authorization'
import { consultationRow } from '#domain/authorization'
import { partyRows } from '#domain/parties'
import { selectionRows } from '#domain/authorization'
import { authorizationRows } from '#domain/authorization'
import { catalogueRows, importRows, sharedItemRows, shareRows, ticketRows, type Searchable } from '#domain/catalogue'
import { affiliationRows, expertRows, platformRuleRows } from '#domain/platform'
import { batchRows } from '#domain/supply'
import { canonical, commit as commitTo } from '#ledger'
import type { Doc, EventRow, Head } from '#store'
import { searchColumns } from './speech.ts'
import { matterOf } from './subjects.ts'

/** The form that what an event says answers to; a record says again, as its content, what was registered. */
export const formOf = (table: Table, rules: Rules, variant: string, act: string): Form => {
  const form = table.rows[act]?.form ?? []
  if (matterOf(table.process).laws.seals?.includes(act)) return [...form, sealSubjects]
  return table.process === 'record'
    ? [...form, { key: 'content', term: '登记内容', type: 'group', fields: applicationForm(rules, 'first', variant) }]
    : form
}

/** To whom certificates of electronic seals were issued: bodies as a rule, but it may be a person. */
const sealSubjects: Form[number] = {
  key: 'sealSubjects',
  term: '签章证书',
  type: 'list',
  fields: [{ key: 'subject', term: '证书主体', type: 'text', personal: true }],
}

/**
 * The leaf: canonical JSON in which every sealed value stands as a salted commitment, each personal value by itself. Values over 4 kB
 * are sealed whatever they are.
 */
export const toLeaf = (
  e: CaseEvent,
  form: Form,
  rules: string,
  request: string,
): NonNullable<Doc['events']>[number] => {
  const secret: Record<string, readonly [string, unknown]> = {}
  const hidden: Record<string, string> = {}
  const clear: Record<string, Json | undefined> = {}
  const seal = (field: string, value: unknown): void => {
    const salt = randomBytes(32)
    secret[field] = [salt.toString('hex'), value]
    hidden[field] = commitTo(`${e.type}.${field}`, salt, value)
  }
  const { rest: impersonal, personal } = splitPersonal(form, e.sealed)
  for (const [k, v] of Object.entries({ ...impersonal, ...personal })) if (v !== undefined) seal(k, v)
  for (const [k, v] of Object.entries(e.data))
    // as long as its canonical form, and much sooner made
    if (v !== undefined && JSON.stringify(v).length > 4096) seal(k, v)
    else clear[k] = v
  const { sealed: _s, data: _d, ...rest } = e
  const body = canonical({ ...rest, data: clear, sealed: hidden, rules, request })
  return Object.keys(secret).length > 0 ? { body, sealed: secret } : { body }
}

/** The event as it was decided, from its leaf and what has been neither erased nor restricted. */
export const fromLeaf = ({ body, sealed, restricted }: Pick<EventRow, 'body' | 'sealed' | 'restricted'>): CaseEvent => {
  const leaf = JSON.parse(body) as CaseEvent & { sealed: Record<string, string>; rules?: string }
  const whole: Record<string, Json> = {}
  const inside: Record<string, Json> = {}
  for (const k of Object.keys(leaf.sealed))
    (k.includes('.') ? inside : whole)[k] = sealed?.[k]
      ? sealed[k]![1]
      : placeholder(restricted?.includes(k) ? 'restricted' : 'erased')
  const { rules: _r, ...rest } = leaf
  return {
    ...rest,
    sealed: joinPersonal(whole, inside),
    ...(actOf(leaf) === 'adoptRules' ? { rules: leaf.rules! } : {}),
  }
}

export const headOf = (state: Case, table: Table, expected: number, touched: string): Head => {
  const laws = matterOf(state.process).laws
  const limits = state.due.filter((d) => d.kind === 'limit').map((d) => d.day)
  const final = table.states[state.at]?.final ?? false
  return {
    id: state.id,
    expected,
    process: state.process,
    kind: state.kind,
    variant: state.variant,
    state: state.at,
    version: state.version,
    final,
    title: laws.title(state),
    // what no supervisor sees stands in no territory
    division: laws.unseen ? '' : state.division,
    readers: [
      ...new Set([
        ...Object.entries(state.seats).flatMap(([seat, org]) => (table.seats[seat]?.reads && org ? [org] : [])),
        ...(laws.readers?.(state) ?? []),
      ]),
    ],
    turn: state.turn.flatMap((t) => {
      if (laws.spared?.(state, t)) return []
      const [seat = '', duty = ''] = t.split('.')
      return state.seats[seat] ? [`${state.seats[seat]}:${duty}`] : []
    }),
    due: limits.sort()[0] ?? null,
    opened: state.opened,
    touched,
    rules: state.rules,
    snapshot: state,
    links: state.links,
    claims: laws.claims?.(state) ?? [],
    deadlines: state.due.map(({ act, day, kind }) => ({ act, day, kind })),
  }
}

/** Rows of published tables, of people and of the catalogue, as functions of a case. */
export const rowsOf = (state: Case, rules: Rules): NonNullable<Doc['rows']> =>
  [
    ...published(state, rules),
    ...partyRows(state),
    ...holdRows(state),
    ...catalogueRows(state, rules),
    ...sharedItemRows(state),
    ...shareRows(state),
    ...importRows(state),
    ...ticketRows(state),
    ...selectionRows(state, rules),
    ...batchRows(state),
    ...platformRuleRows(state),
    ...affiliationRows(state),
    ...expertRows(state),
    ...grantRows(state),
    ...authorizationRows(state),
    ...(state.process === 'consultation' ? [{ table: 'public_consultation', row: consultationRow(state) }] : []),
  ].map((r) => ({
    table: r.table,
    id: state.id,
    // what is published is found by the next request
    row: r.table === 'public_item' && r.row ? { ...r.row, ...searchColumns(r.row as unknown as Searchable) } : r.row,
  }))
