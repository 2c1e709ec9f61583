import type { Json } from '#contract'
import { isRefusal, refuse, wordOf } from '#contract'
import type { Case, Derive, Guard, Laws } from '../kernel/index.ts'
import { checkUscc, divisionLevel, text } from '../kernel/index.ts'
import { duties, legalForms, orgRoles } from './process.ts'

const officers = ['sysadmin', 'secadmin', 'auditadmin']

export const dutiesOf = (m: Case): readonly string[] =>
  (m.at === 'ended'
    ? []
    : ((m.did['change'] ? m.data['change'] : m.data['grant'])?.['duties'] as readonly string[] | undefined)) ?? []
export const rolesOf = (org: Case): readonly string[] => {
  const last =
    (org.did['appoint']?.seq ?? 0) > (org.did['dismiss']?.seq ?? 0) ? org.data['appoint'] : org.data['dismiss']
  return (last?.['roles'] as readonly string[] | undefined) ?? []
}

const guards: Record<string, Guard> = {
  codeFits: (_s, input) => {
    const fields: Record<string, string> = {}
    if (text(input['uscc']) !== '') {
      const checked = checkUscc(text(input['uscc']))
      if (isRefusal(checked)) fields['uscc'] = checked.says
    }
    if (input['division'] !== undefined && divisionLevel(text(input['division'])) === undefined)
      fields['division'] = '应为 6 位行政区划代码（GB/T 2260）'
    return Object.keys(fields).length ? refuse('invalid', Object.values(fields)[0] ?? '', { fields }) : undefined
  },
  /** 登记机构 is a 事业单位 set up or named by the data administration (26号 第三条); which legal forms may serve is the pack's. */
  roleFits: (s, input, cx) => {
    // whoever runs the platform may register bodies anywhere: a bureau cannot give away what it does not have
    if (input['role'] === 'platform' && cx.user !== 'system' && !cx.facts.orgs[cx.org]?.roles.includes('platform'))
      return refuse('not_yours', '平台运营方只能由平台运营方确定')
    if (input['role'] !== 'registrar') return undefined
    const allowed = (cx.rules.values['registration.registrar.kinds']?.value ?? []) as readonly string[]
    const form = text(s.data['register']?.['form'])
    return allowed.includes(form)
      ? undefined
      : refuse(
          'not_eligible',
          `登记机构须为${allowed.map((f) => legalForms.find((l) => l.value === f)?.term ?? f).join('、')}，该单位登记为${legalForms.find((l) => l.value === form)?.term ?? '未知'}`,
        )
  },
  /** 三员分立: system, security and audit administrators are three persons, counted over all of a person's organisations. */
  officersApart: (s, input, cx) => {
    const elsewhere = cx.related
      .filter((m) => m.process === 'membership' && m.id !== s.id && m.links['person'] === s.links['person'])
      .flatMap(dutiesOf)
    const held = new Set(
      [...elsewhere, ...((input['duties'] as readonly string[] | undefined) ?? [])].filter((d) => officers.includes(d)),
    )
    return held.size > 1 ? refuse('officers_apart', '系统管理员、安全管理员、审计管理员须由不同的人担任') : undefined
  },
  notOneself: (s, _input, cx) =>
    s.links['person'] === cx.user ? refuse('not_oneself', '不能调整自己的岗位，请由另一位管理员办理') : undefined,
}

const derive: Record<string, Derive> = {
  classified: (_s, input, cx) => {
    const kinds = (cx.rules.values['catalogue.holders']?.value ?? []) as readonly { value: string; term: string }[]
    return { data: { term: kinds.find((k) => k.value === input['kind'])?.term ?? '' } }
  },
  appointed: (s, input) => ({ data: { roles: [...new Set([...rolesOf(s), text(input['role'])])] } }),
  dismissed: (s, input) => ({ data: { roles: rolesOf(s).filter((r) => r !== text(input['role'])) } }),
}

export interface PartyRow {
  readonly table: 'organisation' | 'person' | 'membership'
  readonly row: { readonly [column: string]: Json } | null
}

/** The tables of people as functions of their cases. */
export const partyRows = (s: Case): readonly PartyRow[] => {
  switch (s.process) {
    case 'organisation': {
      const first = s.data['register'] ?? {}
      return [
        {
          table: 'organisation',
          row: {
            id: s.id,
            name: text(s.data['rename']?.['name']) || text(first['name']),
            uscc: text(s.data['confirmCode']?.['uscc']) || text(first['uscc']),
            form: text(first['form']),
            division: text(first['division']),
            parent: s.seats['authority'] && s.seats['authority'] !== s.id ? s.seats['authority'] : null,
            roles: [...rolesOf(s)],
            holder: text(s.data['classify']?.['kind']),
            detail: {
              contact: text(s.data['appoint']?.['contact']) || text(first['contact']),
              appointment: text(s.data['appoint']?.['document']),
              appointed: s.did['appoint']?.day ?? '',
            },
          },
        },
      ]
    }
    case 'person':
      return [
        {
          table: 'person',
          row: {
            id: s.id,
            name: wordOf(s.data['enrol']?.['name']),
            real_name: s.did['verify'] !== undefined,
            active: s.at === 'active',
          },
        },
      ]
    case 'membership':
      return [
        {
          table: 'membership',
          row:
            s.at === 'ended'
              ? null
              : { id: s.id, person: s.links['person'] ?? '', org: s.links['org'] ?? '', duties: [...dutiesOf(s)] },
        },
      ]
    default:
      return []
  }
}

const dutyTerms = (s: Case): string =>
  dutiesOf(s)
    .map((d) => duties.find((x) => x.value === d)?.term ?? d)
    .join('、')
export const organisationLaws: Laws = {
  guards,
  derive,
  title: (s) => text(s.data['rename']?.['name']) || text(s.data['register']?.['name']),
  facts: (s) => {
    const row = partyRows(s)[0]?.row ?? {}
    return [
      { term: '统一社会信用代码', value: text(row['uscc']) || '待核' },
      { term: '主体性质', value: legalForms.find((f) => f.value === row['form'])?.term ?? '' },
      { term: '职责角色', value: rolesOf(s).map(roleTerm).join('、') },
      { term: '持有单位类别', value: text(s.data['classify']?.['term']) || '未确定（按主体性质推定）' },
    ]
  },
}
export const personLaws: Laws = { guards, derive, title: (s) => wordOf(s.data['enrol']?.['name']) }
export const membershipLaws: Laws = {
  guards,
  derive,
  title: (s) => `岗位：${dutyTerms(s)}`,
  facts: (s) => {
    const courses = (s.data['trained']?.['courses'] ?? []) as readonly { term: string; until: string }[]
    const says = courses.map((c) => `${c.term}（至 ${c.until}）`).join('、')
    return s.did['trained'] ? [{ term: '平台培训', value: says || '已到期' }] : []
  },
  derived: { courses: '有效的培训' },
}
export const roleTerm = (role: string): string => orgRoles.find((r) => r.value === role)?.term ?? role
