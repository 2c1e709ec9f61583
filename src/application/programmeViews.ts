import type { EndingDocument, ProgrammeOverview, Refusal } from '#contract'
import { citeRule } from '#domain/kernel'
import {
  confirmedIn,
  milestoneState,
  programmeBeginning,
  programmeMilestones,
  programmeRule,
  programmeTitle,
  programmeUnits,
  reportsAsked,
  type UnitCases,
} from '#domain/authorization'
import { isWithin, type Case } from '#domain/kernel'
import { layersFor } from '#policy'
import type { OrgRow } from '#store'
import { asSystem, asViewer, casesIn, listHeads, organisations, storedDay } from '#store'
import type { App } from './app.ts'
import { rulesOf } from './app.ts'
import { accessEntry, legalDay, rulesFor, signedOut } from './act.ts'
import { endingDocuments } from './policies.ts'
import { matterOf } from './subjects.ts'
import { divisionName } from './views.ts'

const shows = ['appointment', 'plan', 'selection', 'agreement', 'filing', 'recordal']
type Programme = ProgrammeOverview['programmes'][number]

/** A unit's name as documents say it: 省教育厅 for 某某省教育厅, and without what marks a demo body. */
const plainName = (name: string, division: string): string => {
  const bare = name.replace(/（[^）]*）$/, '')
  return bare.startsWith(division) ? `${division.slice(-1)}${bare.slice(division.length)}` : bare
}

const overviewOf = async (
  app: App,
  s: Case,
  o: {
    readonly day: string
    readonly cases: readonly Case[]
    readonly orgs: readonly OrgRow[]
    readonly viewer: string
    readonly leads: boolean
  },
): Promise<Programme> => {
  const division = divisionName(app, s.division)
  const own = o.orgs.filter((x) => x.division === s.division)
  const milestones = programmeMilestones(s)
  const confirmed = confirmedIn(s)
  const by = (unit: string, key: string): string =>
    confirmed.find((c) => c.unit === unit && c.milestone === key)?.doneOn ?? ''
  const all = programmeUnits(s).map((u) => {
    const org =
      own.find((x) => x.id === u.org) ?? own.find((x) => plainName(x.name, division) === plainName(u.name, division))
    const appointed = o.cases.find(
      (c) =>
        c.process === 'appointment' &&
        c.at === 'standing' &&
        (u.mode === 'whole'
          ? c.kind === 'whole'
          : c.kind === 'domain' && org !== undefined && c.seats['unit'] === org.id),
    )
    const implementer = appointed?.seats['implementer'] ?? ''
    const orgs = [org?.id ?? '', implementer].filter((x) => x !== '')
    const known: UnitCases | undefined =
      u.mode === 'whole' || orgs.length > 0 ? { mode: u.mode, orgs, cases: o.cases } : undefined
    return {
      orgs,
      row: {
        name: u.name,
        mode: u.mode,
        org: org?.id ?? '',
        orgName: org?.name ?? '',
        implementer: o.orgs.find((x) => x.id === implementer)?.name ?? '',
        states: milestones.filter((m) => !m.common).map((m) => milestoneState(m, known, by(u.name, m.key), o.day)),
      },
    }
  })
  const units = all.filter((u) => o.leads || u.orgs.includes(o.viewer)).map((u) => u.row)
  const common = milestones.filter((m) => m.common).map((m) => milestoneState(m, undefined, by('', m.key), o.day))
  return {
    id: s.id,
    kind: s.kind,
    title: programmeTitle(s),
    begins: programmeBeginning(s),
    stateTerm: matterOf('programme').process.states[s.at]?.term ?? s.at,
    final: s.at === 'closed',
    basis: citeRule(await rulesOf(app, s.rules), 'authorization.programme.milestones'),
    leads: o.leads,
    milestones: milestones.map(({ key, term, due, article, common: shared }) => {
      const states = (shared ? common : units.flatMap((u) => u.states)).filter((x) => x.key === key)
      return {
        key,
        term,
        due,
        article,
        common: shared,
        met: states.filter((x) => x.state === 'met' || x.state === 'metLate').length,
        late: states.filter((x) => x.state === 'late').length,
        of: states.length,
      }
    }),
    common,
    units,
  }
}

/**
 * All batches a caller has to do with: whole for the data administration of the territory and those over it, for a unit only its own row.
 * What a unit has reached is read from the cases as they stand now.
 */
export const programmeOverview = async (app: App, token: Buffer): Promise<ProgrammeOverview | Refusal> => {
  const out = await asViewer(app.pool, token, app.idle, async (q, viewer) => ({
    viewer,
    day: legalDay(app, (await storedDay(q)).day),
    orgs: await organisations(q),
  }))
  if (!out) return signedOut
  const { viewer, day, orgs } = out
  await app.committer.commit({ access: [accessEntry(app, 'read', viewer, 'programmes', { list: true })] })
  const found = await asSystem(app.pool, async (q) => {
    const heads = await listHeads(q, { process: 'programme', order: 'touched', limit: 100 }, [])
    const programmes = heads
      .map((h) => h.snapshot)
      .sort((a, b) => (programmeBeginning(a) < programmeBeginning(b) ? -1 : 1))
    const cases = new Map<string, readonly Case[]>()
    for (const d of new Set(programmes.map((p) => p.division))) cases.set(d, await casesIn(q, d, shows))
    return { programmes, cases }
  })
  const programmes = await Promise.all(
    found.programmes.map((s) =>
      overviewOf(app, s, {
        day,
        cases: found.cases.get(s.division) ?? [],
        orgs,
        viewer: viewer.org,
        leads:
          viewer.roles.includes('bureau') && viewer.division !== undefined && isWithin(s.division, viewer.division),
      }),
    ),
  )
  const { rules } = rulesFor(app, viewer.division ?? '000000', day)
  return {
    day,
    templated: programmeRule(rules, 'authorization.programme.milestones').length > 0,
    reports: reportsAsked(rules),
    programmes: programmes.filter((p) => p.leads || p.units.length > 0),
  }
}

/** Days before the end of a document from which those who work under it are warned. */
const ahead = 180

/** Documents of the rules that bind the caller's territory and run out soon, or have run out. */
export const endingHere = async (app: App, token: Buffer): Promise<readonly EndingDocument[] | Refusal> => {
  const out = await asViewer(app.pool, token, app.idle, async (q, viewer) => ({
    division: viewer.division ?? '000000',
    day: legalDay(app, (await storedDay(q)).day),
  }))
  if (!out) return signedOut
  return endingDocuments(layersFor(app.layers, out.division, app.enabled), out.day, ahead).map((d) => ({
    ...d,
    layerTitle: app.layers.find((l) => l.name === d.layer)?.title ?? d.layer,
  }))
}
