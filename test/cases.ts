import type { CaseView, PublicRecord } from '#contract'
import { fill, type Actor, type Answered, type World } from './world.ts'

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json | undefined }
/** Values of a form; where one is undefined, what would stand there is left out. */
export type Values = Record<string, Json | undefined>

/** The people of one registration: two of the registrant, three of the registrar, one of the bureau. */
export interface Team {
  readonly clerk: Actor
  readonly boss: Actor
  readonly desk: Actor
  readonly second: Actor
  readonly approver: Actor
  readonly bureau: Actor
}
const casts = {
  luan: ['公积金经办', '公积金复核', '登记经办甲', '登记经办乙', '登记复核丙', '六安局经办'],
  luanOperator: ['运营机构经办', '运营机构复核', '登记经办甲', '登记经办乙', '登记复核丙', '六安局经办'],
  transport: ['交通局经办', '交通局复核', '登记经办甲', '登记经办乙', '登记复核丙', '六安局经办'],
  hunan: ['实施机构经办', '实施机构复核', '湘登记经办', '湘登记经办', '湘登记复核', '湖南局经办'],
  hunanOperator: ['湘运营经办', '湘运营复核', '湘登记经办', '湘登记经办', '湘登记复核', '湖南局经办'],
  zhaoqing: ['数源机构经办', '数源机构复核', '肇登记经办', '肇登记经办', '肇登记复核', '肇庆局经办'],
} as const
export const team = async (w: World, cast: keyof typeof casts | readonly string[]): Promise<Team> => {
  const [clerk, boss, desk, second, approver, bureau] = await Promise.all(
    (typeof cast === 'string' ? casts[cast] : cast).map((name) => w.as(name)),
  )
  return { clerk: clerk!, boss: boss!, desk: desk!, second: second!, approver: approver!, bureau: bureau! }
}

/** The body of an answer that must be a success. */
export const done = async <T>(answer: Promise<Answered<T>>): Promise<T> => {
  const a = await answer
  if (a.status !== 200) throw new Error(`${a.status} ${JSON.stringify(a.body)}`)
  return a.body
}
/** `status code` of an answer that must be a refusal. */
export const refusal = async (answer: Promise<Answered>): Promise<string> => {
  const { status, body } = await answer
  return `${status} ${(body as { code?: string }).code ?? 'done'}`
}
/** The fields a refusal complains of. */
export const complaints = async (answer: Promise<Answered>): Promise<string[]> => {
  const { status, body } = await answer
  if (status !== 422) throw new Error(`${status} ${JSON.stringify(body)}`)
  return Object.keys((body as { fields?: object }).fields ?? {}).sort()
}

/** Fills in an open act's form as the server describes it (over its first value) and does it. */
export const perform = async (
  who: Actor,
  id: string,
  act: string,
  over: Values = {},
  process = 'application',
): Promise<Answered<{ state: string; version: number }>> => {
  const open = (await who.see(id, process)).actions.find((a) => a.act === act)
  if (!open) return who.act(id, act, over, process)
  return who.act(id, act, fill(open.schema, await paper(who), deep((open.value ?? {}) as Values, over)), process)
}
const plain = (v: Json | undefined): v is Values => typeof v === 'object' && v !== null && !Array.isArray(v)
/** `over` laid over `base`, groups field by field; a field set to undefined is left out. */
export const deep = (base: Values, over: Values): Values =>
  Object.fromEntries(
    Object.entries({ ...base, ...over }).flatMap(([k, v]) =>
      v === undefined ? [] : [[k, plain(base[k]) && plain(over[k]) ? deep(base[k], over[k]) : v]],
    ),
  )

export interface Asked {
  readonly kind?: string
  readonly variant?: 'resource' | 'product'
  readonly scope?: 'authorized' | 'other'
  readonly item?: string
  readonly record?: string
  readonly obligation?: string
}
export const start = async (who: Actor, a: Asked = {}): Promise<string> =>
  (await done(who.send<{ id: string }>('POST', '/api/applications', { kind: 'first', ...a }))).id

/** A deposit of a new file. Returns the file. */
export const deposit = async (who: Actor, id: string): Promise<string> => {
  const file = (await who.upload('数据.pdf')).id
  await done(who.act(id, 'deposit', { method: 'files', files: [file], coverage: '全量', custody: 'self' }))
  return file
}

/** Materials that are complete and lawful whatever the object: agreement dates and a risk report included. */
export const materials = async (
  who: Actor,
  id: string,
  act = 'propose',
  over: Values = {},
  known?: CaseView,
): Promise<Values> => {
  const seen = known ?? (await who.see(id))
  const open = seen.actions.find((a) => a.act === act)
  if (!open) throw new Error(`no ${act} in ${seen.stateTerm}`)
  const file = await paper(who)
  const more: Values = ['first', 'change'].includes(seen.kind)
    ? {
        subject: { jointly: 'sole', central: 'no' },
        scenarios: { limits: 'none' },
        authorization: { agreementFrom: '2026-01-01', agreementTo: '2027-12-31' },
        risk: { report: file },
      }
    : {}
  // twice: what `over` takes out must not be filled in again
  return deep(fill(open.schema, file, deep(deep(more, (open.value ?? {}) as Values), over)), over)
}

/** States an application passes on its way, by name. */
export type Stage =
  'draft' | 'proposed' | 'ready' | 'submitted' | 'accepted' | 'checked' | 'reviewed' | 'released' | 'settled'
const order: readonly Stage[] = [
  'draft',
  'proposed',
  'ready',
  'submitted',
  'accepted',
  'checked',
  'reviewed',
  'released',
  'settled',
]

// One document serves as every attachment of a person's forms, and a form is asked for once: hundreds of applications are filled in.
const papers = new WeakMap<Actor, Promise<string>>()
const paper = (who: Actor): Promise<string> => {
  const known = papers.get(who) ?? who.upload().then((f) => f.id)
  papers.set(who, known)
  return known
}
const forms = new Map<string, CaseView['actions'][number]['schema']>()

/** Takes an application from where it is up to `to`, each step by whom the law names. `over` are values of the materials. */
export const drive = async (w: World, t: Team, id: string, to: Stage, over: Values = {}): Promise<CaseView> => {
  const c = await t.clerk.see(id)
  const goal = order.indexOf(to)
  const wanted = (s: Stage): boolean => order.indexOf(s) <= goal
  const by = async (who: Actor, act: string): Promise<string> => {
    const key = [c.rules.hash, c.kind, c.variant, act].join()
    const form = forms.get(key) ?? (await who.see(id)).actions.find((a) => a.act === act)?.schema
    if (!form) throw new Error(`${who.name} cannot ${act}`)
    forms.set(key, form)
    return (await done(who.act(id, act, fill(form, await paper(who))))).state
  }
  let at = c.state
  for (let round = 0; round < 20; round++) {
    if (at === 'draft' && wanted('proposed')) {
      if (['first', 'change'].includes(c.kind) && !c.timeline.some((x) => x.act === 'deposit'))
        await deposit(t.clerk, id)
      at = (await done(t.clerk.act(id, 'propose', await materials(t.clerk, id, 'propose', over, c)))).state
    } else if (at.startsWith('businessReview.') && wanted('ready')) at = await by(t.boss, at)
    else if (at === 'ready' && wanted('submitted')) at = await by(t.clerk, 'submit')
    else if (at === 'submitted' && wanted('accepted')) at = await by(t.desk, 'accept')
    else if (at === 'review.check' && wanted('checked')) at = await by(t.desk, at)
    else if (at === 'review.recheck' && wanted('reviewed')) at = await by(t.approver, at)
    else if (at === 'announcing' && wanted('released')) at = await by(t.approver, 'release')
    else if (at === 'publicised' && wanted('settled')) {
      await w.until(after(dueOf(await t.clerk.see(id), 'closeNotice')))
      at = (await t.clerk.see(id)).state
    } else if (at === 'finishing' && wanted('settled')) {
      at = await by(t.approver, 'complete')
      await w.settle()
    } else return t.clerk.see(id)
  }
  throw new Error('drive does not end')
}

/** The last day of a period that runs in a case. */
export const dueOf = (c: CaseView, act: string): string => {
  const due = c.dues.find((d) => d.act === act)
  if (!due) throw new Error(`no period for ${act} in ${c.stateTerm}: ${JSON.stringify(c.dues)}`)
  return due.day
}
/** The natural day `n` days after a day. */
export const after = (day: string, n = 1): string =>
  new Date(Date.parse(day) + n * 86_400_000).toISOString().slice(0, 10)
export const today = async (w: World): Promise<string> => (await done(w.anyone.get<{ day: string }>('/api/clock'))).day

export interface Registered {
  readonly application: string
  readonly record: string
  readonly code: string
}
/** A first registration from draft to certificate. */
export const registered = async (w: World, t: Team, asked: Asked = {}, over: Values = {}): Promise<Registered> => {
  const application = await start(t.clerk, asked)
  const c = await drive(w, t, application, 'settled', over)
  const record = c.links.find((l) => l.process === 'record')
  if (!record) throw new Error(`no record after ${c.stateTerm}`)
  const seen = await t.clerk.see(record.id, 'record')
  return { application, record: record.id, code: seen.facts.find((f) => f.term === '登记码')!.value }
}
export const publicRecord = async (w: World, code: string): Promise<PublicRecord> =>
  done(w.anyone.get<PublicRecord>(`/api/public/records/${encodeURIComponent(code)}`))

/** What an organisation has been told about a case, newest first. */
export const told = async (who: Actor, stream: string): Promise<string[]> =>
  (await done(who.get<{ stream: string; term: string }[]>('/api/notices')))
    .filter((n) => n.stream === stream)
    .map((n) => n.term)
