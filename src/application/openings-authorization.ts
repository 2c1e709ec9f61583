import { refuse } from '#contract'
import { authorizationRule, levelOf } from '#domain/authorization'
import { notForPersons, type Opener } from './opener.ts'
import { agreementOpeners } from './openings-agreement.ts'
import { over } from './openings-levels.ts'

/**
 * Who names a 实施机构 is said by the rules: the data administration, a department for its own domain, or the government. Where no
 * government of that territory is registered here, its data administration records what the government has decided.
 */
const appointment: Opener = {
  route: ({ viewer, kind, body, rulesAt }) => {
    if (viewer.self || viewer.division === undefined) return notForPersons
    const rule = authorizationRule(
      rulesAt(viewer.division),
      `authorization.appointment.${kind as 'whole' | 'domain' | 'local'}`,
    )
    if (!rule.use || !rule.levels.includes(levelOf(viewer.division)))
      return refuse('not_here', '本地区不这样确定实施机构')
    const decides = rule.by === 'government' && body('government', viewer.division)?.division === viewer.division
    const by = rule.by === 'government' && !decides ? 'bureau' : rule.by
    if (!viewer.roles.includes(by))
      return refuse(
        'not_yours',
        decides ? '实施机构由本级人民政府确定，由其在平台办理' : '您所在单位不负责确定这一类实施机构',
      )
    return {
      division: viewer.division,
      seats: {
        appointer: viewer.org,
        implementer: '',
        unit: by === 'competentDept' ? viewer.org : '',
        ...over(body, viewer.division),
      },
      links: {},
    }
  },
}

export const authorizationOpeners: Readonly<Record<string, Opener>> = { appointment, ...agreementOpeners }
