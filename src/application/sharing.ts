import type { Directory, Purchases, Refusal, ShareFigureRow, SharingCases, SharingStatistics } from '#contract'
import { isRefusal, refuse } from '#contract'
import { citeRule } from '#domain/kernel'
import { catalogueRule, sharingRule } from '#domain/catalogue'
import type { Rules } from '#policy'
import type { ShareFigures, ShareMeasure, Viewer } from '#store'
import {
  asViewer,
  channelFigures,
  headsByIds,
  organisations,
  orgFacts,
  purchases,
  shareCases,
  sharedClasses,
  sharedDirectory,
  shareFigures,
  storedDay,
} from '#store'
import type { App } from './app.ts'
import { accessEntry, legalDay, rulesFor, signedOut } from './act.ts'
import { matterOf } from './subjects.ts'
import { decodeCursor, divisionName, partyNames, rowView } from './views.ts'

const unitsOnly = refuse(
  'not_yours',
  '共享目录供机关、事业单位和承担公共管理、公共服务职能的组织使用，请切换到所属单位',
)

/** Rules where the viewer is at home; what a person sees alone is nobody's territory. */
const homeRules = (app: App, v: Viewer, day: string): Rules => rulesFor(app, v.division ?? '000000', day).rules
const classesOf = (rules: Rules) => catalogueRule(rules, 'catalogue.sharing.classes')
const classTerm = (rules: Rules, value: string): string =>
  classesOf(rules).find((c) => c.value === value)?.term ?? value

export interface DirectoryRequest {
  readonly q?: string | undefined
  readonly sharing?: string | undefined
  readonly cursor?: string | undefined
  readonly limit: number
}
/** One page of 政务数据共享目录, for units that take part in sharing. Refuses `not_yours` to anybody else. */
export const sharingDirectory = async (
  app: App,
  token: Buffer,
  req: DirectoryRequest,
): Promise<Directory | Refusal> => {
  const cursor = decodeCursor(req.cursor)
  if (cursor && isRefusal(cursor)) return cursor
  const out = await asViewer(app.pool, token, app.idle, async (q, viewer) => {
    const rules = homeRules(app, viewer, legalDay(app, (await storedDay(q)).day))
    const { forms, roles } = sharingRule(rules, 'catalogue.sharing.bodies')
    const org = viewer.self ? undefined : (await orgFacts(q, [viewer.org]))[viewer.org]
    const may = org !== undefined && (forms.includes(org.form) || org.roles.some((r) => roles.includes(r)))
    if (!may) return { viewer, rules, page: undefined }
    const found = await sharedDirectory(q, {
      q: req.q,
      sharing: req.sharing,
      cursor: cursor ? { key: cursor.key.slice(0, 10), id: cursor.id } : undefined,
      limit: req.limit + 1,
    })
    return { viewer, rules, page: found, classes: req.cursor ? {} : await sharedClasses(q) }
  })
  if (!out) return signedOut
  const { viewer, rules, page } = out
  const classes: Readonly<Record<string, number>> = out.classes ?? {}
  await app.committer.commit({
    access: [accessEntry(app, page ? 'read' : 'denied', viewer, 'sharing.directory', { count: page?.length ?? 0 })],
  })
  if (!page) return unitsOnly
  const rows = page.slice(0, req.limit)
  const last = rows.at(-1)
  return {
    rows: rows.map((r) => ({
      id: r.id,
      name: r.name,
      code: r.code,
      summary: r.summary,
      units: [...r.units],
      divisionName: divisionName(app, r.division),
      sharing: r.sharing,
      sharingTerm: classTerm(rules, r.sharing),
      terms: r.terms,
      frequency: r.frequency,
      fields: [...r.fields],
      own: [r.holder, r.co_holder].includes(viewer.org),
      held: r.holder !== '',
    })),
    ...(page.length > req.limit && last
      ? { next: Buffer.from(JSON.stringify([last.updated, last.id])).toString('base64url') }
      : {}),
    classes: classesOf(rules).flatMap(({ value, term }) =>
      classes[value] === undefined ? [] : [{ value, term, count: classes[value] }],
    ),
  }
}

export interface StatisticsRequest {
  readonly by: 'holder' | 'requester'
  /** Days on which cases began; without them the legal year so far. */
  readonly from?: string | undefined
  readonly to?: string | undefined
}
const spanOf = (req: { from?: string | undefined; to?: string | undefined }, day: string) => ({
  from: req.from ?? `${day.slice(0, 4)}-01-01`,
  to: req.to ?? day,
  today: day,
})

const figureRow = (f: ShareFigures, unit: string, unitName: string): ShareFigureRow => ({ ...f, unit, unitName })
/** 共享统计 of the cases the viewer may read: by the units that hold the data, or by those that asked for it. */
export const sharingStatistics = async (
  app: App,
  token: Buffer,
  req: StatisticsRequest,
): Promise<SharingStatistics | Refusal> => {
  const out = await asViewer(app.pool, token, app.idle, async (q, viewer) => {
    const day = legalDay(app, (await storedDay(q)).day)
    const span = spanOf(req, day)
    const found = await shareFigures(q, req.by, span)
    const names = await partyNames(
      q,
      found.flatMap((f) => f.unit ?? []),
    )
    return { viewer, day, span, found, names, channels: await channelFigures(q, day) }
  })
  if (!out) return signedOut
  const { viewer, day, span, found, names, channels } = out
  await app.committer.commit({ access: [accessEntry(app, 'read', viewer, 'sharing.statistics', { by: req.by })] })
  const rules = homeRules(app, viewer, day)
  // the set of all is there even when it is empty
  const total = found.find((f) => f.unit === null)
  const { process } = matterOf('channel')
  return {
    by: req.by,
    from: span.from,
    to: span.to,
    day,
    rows: found.flatMap((f) => (f.unit ? [figureRow(f, f.unit, names[f.unit] ?? '')] : [])),
    total: figureRow(total!, '', '合计'),
    channels: channels.map((c) => ({
      ...c,
      kindTerm: process.kinds[c.kind] ?? c.kind,
      stateTerm: process.states[c.state]?.term ?? c.state,
    })),
    basis: [
      ...new Set(
        ['catalogue.sharing.principle', 'catalogue.sharing.answer', 'catalogue.sharing.provide.conditional'].map(
          (path) => citeRule(rules, path),
        ),
      ),
    ],
  }
}

/** The cases behind one figure of the statistics. */
export const sharingCases = async (
  app: App,
  token: Buffer,
  req: StatisticsRequest & { readonly unit?: string | undefined; readonly measure: ShareMeasure },
): Promise<SharingCases | Refusal> => {
  const out = await asViewer(app.pool, token, app.idle, async (q, viewer) => {
    const day = legalDay(app, (await storedDay(q)).day)
    const ids = await shareCases(q, req.by, req.unit, req.measure, spanOf(req, day), 200)
    const heads = await headsByIds(
      q,
      ids,
      viewer.duties.map((d) => `${viewer.org}:${d}`),
    )
    const names = await partyNames(
      q,
      heads.flatMap((h) => Object.values(h.snapshot.seats)),
    )
    return { viewer, day, heads, names }
  })
  if (!out) return signedOut
  await app.committer.commit({
    access: [accessEntry(app, 'read', out.viewer, 'share', { list: true, count: out.heads.length })],
  })
  return { rows: await Promise.all(out.heads.map((h) => rowView(app, h, out.day, out.names))) }
}

/** 统一采购台账 of the purchases the viewer may read, with totals. Without days: everything. */
export const purchaseRegister = async (
  app: App,
  token: Buffer,
  req: { readonly from?: string | undefined; readonly to?: string | undefined },
): Promise<Purchases | Refusal> => {
  const out = await asViewer(app.pool, token, app.idle, async (q, viewer) => {
    const rows = await purchases(q, req.from ?? '0001-01-01', req.to ?? '9999-12-31')
    const units = [...new Set(rows.map((r) => r.unit))]
    const names = units.length > 0 ? await organisations(q, { ids: units }) : []
    return { viewer, rows, names: Object.fromEntries(names.map((o) => [o.id, o.name])) }
  })
  if (!out) return signedOut
  await app.committer.commit({
    access: [accessEntry(app, 'read', out.viewer, 'acquisition', { list: true, count: out.rows.length })],
  })
  const rows = out.rows.map((r) => ({ ...r, unitName: out.names[r.unit] ?? '' }))
  const units = [...new Set(rows.map((r) => r.unitName))]
  return {
    rows,
    total: rows.reduce((sum, r) => sum + r.price, 0),
    byUnit: units.map((unitName) => {
      const own = rows.filter((r) => r.unitName === unitName)
      return { unitName, n: own.length, price: own.reduce((sum, r) => sum + r.price, 0) }
    }),
  }
}
