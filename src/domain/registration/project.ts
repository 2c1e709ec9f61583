import type { Form, Json, JsonObject } from '#contract'
import type { Rules } from '#policy'
import type { Case } from '../kernel/index.ts'
import { text } from '../kernel/index.ts'
import { applicationForm, rule } from './pack.ts'
import { faceOf, recordContent, registrantsOf, validityOf } from './rules.ts'

/** A row of a published table, or null where the case publishes nothing (any more). */
export interface PublishedRow {
  readonly table: 'public_record' | 'public_notice' | 'public_announcement'
  readonly row: { readonly [column: string]: Json } | null
}

const group = (v: unknown): JsonObject =>
  typeof v === 'object' && v !== null && !Array.isArray(v) ? (v as JsonObject) : {}

/** The fields of the materials that the pack marks public, with their terms. Nothing else ever leaves the case. */
export const publicFields = (form: Form, content: JsonObject): { group: string; term: string; value: string }[] =>
  form.flatMap((g) =>
    (g.fields ?? []).flatMap((f) => {
      const value = group(content[g.key])[f.key]
      if (!f.public || value === undefined || value === '') return []
      const term = (v: unknown): string => f.options?.find((o) => o.value === v)?.term ?? text(v)
      return [{ group: g.term, term: f.term, value: Array.isArray(value) ? value.map(term).join('、') : term(value) }]
    }),
  )

const application = (s: Case): readonly PublishedRow[] => {
  const open = ['publicised', 'objected'].includes(s.at)
  const face = faceOf(s)
  return [
    {
      table: 'public_notice',
      row: open
        ? {
            id: s.id,
            holder: face.holder,
            kind: face.kind,
            object: face.object,
            name: face.name,
            summary: face.summary,
            registrar: text(s.data['start']?.['registrarName']),
            contact: text(s.data['start']?.['registrarContact']),
            division: s.division,
            notice_from: text(s.data['release']?.['noticeFrom']),
            notice_to: text(s.data['release']?.['noticeTo']),
            state: s.at,
          }
        : null,
    },
  ]
}

const record = (s: Case, rules: Rules): readonly PublishedRow[] => {
  const content = recordContent(s)
  const object = group(content[s.variant === 'product' ? 'product' : 'resource'])
  const { to } = validityOf(s)
  const first = s.data['register'] ?? {}
  const end = s.at === 'deregistered' || s.at === 'revoked'
  const last = s.data[s.at === 'revoked' ? 'revoke' : s.did['cancelLapsed'] ? 'cancelLapsed' : 'deregister']
  const certificate = s.data['certify']
  const registrants = registrantsOf(s)
  const holder = registrants.map((r) => r.name).join('、')
  const row = {
    id: s.id,
    code: text(first['code']),
    local_code: text(first['localCode']),
    object: s.variant,
    name: text(object['name']),
    summary: text(object['summary']),
    holder,
    holder_uscc: registrants.map((r) => r.uscc).join('、'),
    registrar: text(first['registrarName']),
    division: s.division,
    detail: publicFields(applicationForm(rules, 'first', s.variant), content),
    valid_from: text(first['validFrom']),
    valid_to: to,
    state: s.at,
    version: 1 + (s.did['amend']?.times ?? 0) + (s.did['renew']?.times ?? 0),
    demo: first['demo'] === true,
    certificate: certificate
      ? { file: text(certificate['file']), sha256: text(certificate['sha256']), sm3: text(certificate['sm3']) }
      : null,
    updated: s.day,
  }
  const announce =
    s.at === 'revoked' ||
    (s.did['cancelLapsed']
      ? rule(rules, 'registration.expiry.announce')
      : rule(rules, 'registration.kinds.deregistration').announce)
  return [
    { table: 'public_record', row },
    {
      table: 'public_announcement',
      row:
        end && announce
          ? {
              id: s.id,
              record: s.id,
              code: row.code,
              name: row.name,
              holder,
              registrar: row.registrar,
              division: s.division,
              term: s.at === 'revoked' ? '撤销登记公告' : s.did['cancelLapsed'] ? '期满注销公告' : '注销登记公告',
              body: text(last?.['announcement']) || `“${row.name}”的登记已注销。`,
              announced: text(last?.['announcedOn']) || s.day,
            }
          : null,
    },
  ]
}

const inWords = (day: string): string => {
  const [y, m, d] = day.split('-').map(Number)
  return `${y}年${m}月${d}日`
}

/** The announcement as it is prepared for the registrar, who completes and issues it; undefined for acts that announce nothing. */
export const preparedAnnouncement = (s: Case, act: string): string | undefined => {
  if (s.process !== 'record' || !['cancelLapsed', 'revoke'].includes(act)) return undefined
  const content = recordContent(s)
  const name = text(group(content[s.variant === 'product' ? 'product' : 'resource'])['name'])
  const registrants = registrantsOf(s).map((r) => r.name)
  const about = `“${name}”（登记主体：${registrants.join('、')}；登记结果查询码：${text(s.data['register']?.['code'])}）`
  return act === 'cancelLapsed'
    ? `${about}的登记有效期已于${inWords(validityOf(s).to)}届满，未按规定续展，现予注销，自公告之日起其登记证不再有效。`
    : `${about}经核实，符合撤销登记的情形，现予撤销，自公告之日起其登记证不再有效。`
}

/** What a case of registration publishes, as a function of its state and its rules. */
export const published = (s: Case, rules: Rules): readonly PublishedRow[] =>
  s.process === 'application' ? application(s) : s.process === 'record' ? record(s, rules) : []
