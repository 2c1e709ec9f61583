import { createHash } from 'node:crypto'
import type {
  Announcement,
  Overview,
  PolicyView,
  PublicNotice,
  PublicRecord,
  PublicRecordList,
  Refusal,
  Registrar,
  Verification,
} from '#contract'
import { refuse } from '#contract'
import { cite, resolve } from '#policy'
import type { Day } from '#domain/kernel'
import { divisionLevel, workdaysLeft } from '#domain/kernel'
import { recordKinds, registrationMatters } from '#domain/registration'
import { detach } from '#evidence'
import type { PublicNoticeRow, RecordFilter, RecordRow } from '#store'
import {
  announcements as allAnnouncements,
  certificateBySha256,
  organisations,
  overviewCounts,
  publicNotices,
  publicRecord,
  publicRecords,
  storedDay,
} from '#store'
import type { App } from './app.ts'
import { legalDay, rulesFor } from './act.ts'
import { sectionOf, subjects } from './subjects.ts'
import { divisionName, periodTerm } from './views.ts'

const states = registrationMatters['record']!.process.states
const stateTerm = (s: string): string => states[s]?.term ?? s
const objectTerm = (o: string): string => recordKinds[o as keyof typeof recordKinds] ?? o
const today = async (app: App): Promise<string> => legalDay(app, (await storedDay(app.pool)).day)

const recordView = (app: App, r: RecordRow): PublicRecord => ({
  id: r.id,
  code: r.code,
  localCode: r.local_code,
  object: r.object,
  objectTerm: objectTerm(r.object),
  name: r.name,
  summary: r.summary,
  holder: r.holder,
  holderUscc: r.holder_uscc,
  registrar: r.registrar,
  division: r.division,
  divisionName: divisionName(app, r.division),
  validFrom: r.valid_from,
  validTo: r.valid_to,
  state: r.state,
  stateTerm: stateTerm(r.state),
  version: r.version,
  demo: r.demo,
  detail: [...r.detail],
  ...(r.certificate ? { certificate: { sha256: r.certificate.sha256, sm3: r.certificate.sm3 } } : {}),
  updated: r.updated,
})

export const searchRecords = async (app: App, f: RecordFilter): Promise<PublicRecordList> => {
  const { rows, counts } = await publicRecords(app.pool, { ...f, limit: f.limit + 1 })
  const page = rows.slice(0, f.limit)
  const facet = (
    key: 'object' | 'state' | 'division',
    term: (v: string) => string,
  ): { value: string; term: string; count: number }[] => {
    const sums = new Map<string, number>()
    // a facet counts under the other facets' choices, not under its own
    for (const c of counts)
      if ((['object', 'state'] as const).every((k) => k === key || !f[k] || c[k] === f[k]))
        sums.set(c[key], (sums.get(c[key]) ?? 0) + c.count)
    return [...sums].map(([value, count]) => ({ value, term: term(value), count })).sort((a, b) => b.count - a.count)
  }
  const chosen = counts.filter(
    (c) =>
      (!f.object || c.object === f.object) &&
      (!f.state || c.state === f.state) &&
      (!f.division || c.division.startsWith(f.division.replace(/(00)+$/, ''))),
  )
  const last = page.at(-1)
  return {
    rows: page.map((r) => recordView(app, r)),
    ...(rows.length > f.limit && last ? { next: last.updated + last.id } : {}),
    total: chosen.reduce((n, c) => n + c.count, 0),
    facets: {
      object: facet('object', objectTerm),
      state: facet('state', stateTerm),
      division: facet('division', (d) => divisionName(app, d)),
    },
  }
}

const noRecord = refuse('not_found', '登记簿中没有这一登记码')
export const recordByCode = async (app: App, code: string): Promise<PublicRecord | Refusal> => {
  const r = await publicRecord(app.pool, { code })
  return r ? recordView(app, r) : noRecord
}
const verdict = (app: App, r: RecordRow, extra: { sha256?: string } = {}): Verification => {
  const record = recordView(app, r)
  if (r.state === 'deregistered' || r.state === 'revoked')
    return { result: 'ended', says: `该登记${stateTerm(r.state)}，证书不再有效`, record, ...extra }
  if (r.state === 'lapsed')
    return { result: 'ended', says: `该登记有效期已于 ${r.valid_to} 届满，待注销`, record, ...extra }
  return {
    result: 'valid',
    says: `登记有效，有效期至 ${r.valid_to}${r.demo ? '(演示登记，不具法律效力)' : ''}`,
    record,
    ...extra,
  }
}
export const verifyCode = async (app: App, code: string): Promise<Verification> => {
  const r = await publicRecord(app.pool, { code: code.trim() })
  return r ? verdict(app, r) : { result: 'unknown', says: '登记簿中没有这一登记码，请核对后重试' }
}
export const verifyDigest = async (app: App, sha256: string): Promise<Verification> => {
  const digest = sha256.trim().toLowerCase()
  const current = await publicRecord(app.pool, { sha256: digest })
  if (current) return verdict(app, current, { sha256: digest })
  const earlier = await certificateBySha256(app.pool, digest)
  const r = earlier ? await publicRecord(app.pool, { id: earlier.record }) : undefined
  if (earlier && r)
    return {
      result: 'superseded',
      says: `这是第 ${earlier.version} 版登记证，现行为第 ${r.version} 版`,
      record: recordView(app, r),
      sha256: digest,
    }
  return { result: 'unknown', says: '没有签发过内容与此完全相同的登记证', sha256: digest }
}
/** The record whose code a PDF claims in its keywords: our certificates carry it there, in UTF-16 or in the XMP packet. */
const claimedRecord = async (app: App, pdf: Buffer): Promise<RecordRow | undefined> => {
  const body = pdf.toString('latin1')
  const hex = [...body.matchAll(/<FEFF([0-9A-Fa-f]{8,2000})>/g)].map((m) =>
    Buffer.from(m[1]!, 'hex').swap16().toString('utf16le'),
  )
  const xmp = /<pdf:Keywords>([^<]{1,1000})</.exec(pdf.toString('utf8'))?.[1] ?? ''
  for (const code of new Set(
    [...hex, xmp]
      .flatMap((t) => t.split(/[,，\s]+/))
      .filter((t) => t.length >= 6 && t.length <= 100)
      .slice(0, 50),
  )) {
    const r = await publicRecord(app.pool, { code })
    if (r) return r
  }
  return undefined
}

/** Verifies a certificate by its bytes; where they were never issued, says whether it claims a code that exists. */
export const verifyPdf = async (app: App, pdf: Buffer): Promise<Verification> => {
  const parts = detach(pdf)
  const whole = typeof parts === 'string' ? pdf : parts.base
  const sha256 = createHash('sha256').update(whole).digest('hex')
  const found = await verifyDigest(app, sha256)
  if (found.result !== 'unknown')
    return parts === 'none'
      ? { ...found, says: `${found.says}（所核验的是不带证据的登记证）` }
      : typeof parts === 'string'
        ? found
        : { ...found, says: `${found.says}（所核验的是带有登记证据的登记证，证面与发放的一致）` }
  const r = await claimedRecord(app, pdf)
  return r
    ? {
        result: 'altered',
        says: '该文件声称的登记码存在，但文件内容与登记簿签发的不一致，可能被改动',
        record: recordView(app, r),
        sha256,
      }
    : found
}

const noticeView = (app: App, n: PublicNoticeRow, day: string): PublicNotice => {
  const { rules } = rulesFor(app, n.division, day)
  const basis = rules.values['registration.notice.period']
  return {
    id: n.id,
    holder: n.holder,
    kind: n.kind,
    objectTerm: objectTerm(n.object),
    name: n.name,
    summary: n.summary,
    registrar: n.registrar,
    contact: n.contact,
    division: n.division,
    divisionName: divisionName(app, n.division),
    from: n.notice_from,
    to: n.notice_to,
    left: workdaysLeft(app.calendarFor(n.division), day as Day, n.notice_to as Day).workdays,
    open: n.state === 'publicised' && n.notice_from <= day && day <= n.notice_to,
    basis: basis ? cite(basis.basis) : '',
  }
}
export const runningNotices = async (app: App, division: string | undefined): Promise<readonly PublicNotice[]> => {
  const day = await today(app)
  return (await publicNotices(app.pool, day, { division })).map((n) => noticeView(app, n, day))
}
export const runningNotice = async (app: App, id: string): Promise<PublicNotice | Refusal> => {
  const day = await today(app)
  const [n] = await publicNotices(app.pool, day, { id })
  return n ? noticeView(app, n, day) : refuse('not_found', '没有这一公示，或公示期已满')
}
export const allAnnounced = async (app: App): Promise<readonly Announcement[]> =>
  (await allAnnouncements(app.pool)).map((a) => ({
    id: a.id,
    code: a.code,
    name: a.name,
    holder: a.holder,
    registrar: a.registrar,
    divisionName: divisionName(app, a.division),
    term: a.term,
    body: a.body,
    announced: a.announced,
  }))

/** The published directory of registrars: who serves where, and where one is required but not yet published (登记细则 第五条). */
export const registrarDirectory = async (app: App): Promise<readonly Registrar[]> => {
  const day = await today(app)
  const orgs = await organisations(app.pool, { role: 'registrar' })
  return [...app.divisions.values()]
    .filter((d) => d.code !== '000000')
    .map((d) => {
      const level = divisionLevel(d.code) ?? 'county'
      const { rules } = rulesFor(app, d.code, day)
      const levels = rules.values['registration.registrar.levels']
      const o = orgs.find((x) => x.division === d.code)
      return {
        division: d.code,
        divisionName: d.name,
        level,
        required: level !== 'nation' && ((levels?.value as Record<string, boolean> | undefined)?.[level] ?? false),
        name: o?.name ?? '',
        uscc: o?.uscc ?? '',
        appointment: o?.detail.appointment ?? '',
        contact: o?.detail.contact ?? '',
        basis: levels ? cite(levels.basis) : '',
      }
    })
}

export const overview = async (app: App): Promise<Overview> => {
  const stored = await storedDay(app.pool)
  const day = legalDay(app, stored.day)
  return { day, simulated: stored.day !== null, demo: app.demo, counts: await overviewCounts(app.pool, day) }
}

const known: Readonly<Record<string, string>> = Object.assign({}, ...subjects.map((s) => s.words))
const words = (v: unknown): string => {
  const period = periodTerm(v)
  if (period) return period
  if (typeof v === 'boolean') return v ? '是' : '否'
  if (typeof v === 'string' || typeof v === 'number') return known[v] ?? String(v)
  if (Array.isArray(v))
    return v
      .map((x) =>
        typeof x === 'object' && x !== null && 'term' in x ? String((x as { term: unknown }).term) : words(x),
      )
      .join('、')
  if (typeof v === 'object' && v !== null) {
    const o = v as Record<string, unknown>
    if (typeof o['term'] === 'string')
      return [
        o['term'],
        ...(o['notice'] === true ? ['公示'] : o['notice'] === false ? ['不公示'] : []),
        ...(o['voluntary'] === true ? ['自愿'] : []),
      ].join(' · ')
    if (typeof o['says'] === 'string') return o['says']
    return Object.entries(o)
      .map(([k, x]) => `${known[k] ?? k}：${words(x)}`)
      .join('；')
  }
  return ''
}
const section = sectionOf(subjects)
const sectionTerm = (path: string): string => section[path]?.description ?? path
const heading = (path: string): string =>
  subjects
    .filter((s) => Object.keys(s.section).some((p) => p.split('.')[0] === path.split('.')[0]))
    .flatMap((s) => s.headings)
    .find((h) => h.of.includes(path.split('.')[1] ?? ''))?.term ?? '其他'
const sectionOrder = Object.keys(section)

/** The rule library as it binds a division today. */
export const policyView = async (app: App, division: string): Promise<PolicyView | Refusal> => {
  if (!app.divisions.has(division)) return refuse('not_found', '没有这一行政区划')
  const rules = resolve(app.layers, division, await today(app), app.enabled)
  return {
    division,
    divisionName: divisionName(app, division),
    layers: rules.layers.map((l) => ({
      name: l.name,
      title: l.title,
      ...(l.empty ? { empty: l.empty } : {}),
      documents: Object.values(app.layers.find((x) => x.name === l.name)?.documents ?? {}).map((d) => ({
        title: d.title,
        number: d.number ?? '',
        status: d.status,
        text: d.text,
        inForce: d.inForce ?? '',
        until: d.until ?? '',
        note: d.note ?? '',
      })),
    })),
    rules: Object.entries(rules.values)
      .sort(([a], [b]) => sectionOrder.indexOf(a) - sectionOrder.indexOf(b))
      .map(([path, r]) => ({
        path,
        term: sectionTerm(path),
        group: heading(path),
        value: words(r.value),
        basis: cite(r.basis),
        note: r.basis.note ?? '',
        document: r.basis.title,
        certainty: r.basis.certainty,
        layer: r.layer,
        overrides: r.overrides.map((o) => ({ layer: o.layer, value: words(o.value), basis: cite(o.basis) })),
        displaced: r.displaced.map((o) => ({
          layer: o.layer,
          value: words(o.value),
          basis: cite(o.basis),
          by: cite(o.by),
        })),
      })),
  }
}
