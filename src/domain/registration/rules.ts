import type { Json, JsonObject, Refusal } from '#contract'
import { isRefusal, refuse, splitPersonal } from '#contract'
import type { Case, CaseEvent, Claim, Cx, Day, Derive, Effect, Guard, Laws, OrgFact } from '../kernel/index.ts'
import { actOf, addPeriod, addRule, checkUscc, citeRule, nextWorkday, subtractPeriod, text } from '../kernel/index.ts'
import { applicationForm, dutyToRegister, rule } from './pack.ts'
import { applicationKinds } from './kinds.ts'

const group = (v: unknown): JsonObject =>
  typeof v === 'object' && v !== null && !Array.isArray(v) ? (v as JsonObject) : {}
const list = (v: unknown): readonly JsonObject[] => (Array.isArray(v) ? (v as JsonObject[]) : [])
const live = ['valid', 'renewing', 'lapsed', 'verifying']

/** The materials as last put forward: proposed for business review, resubmitted after a supplement, or after rectification. */
export const contentOf = (app: Case): JsonObject => {
  const last = ['propose', 'resubmit'].sort((a, b) => (app.did[b]?.seq ?? 0) - (app.did[a]?.seq ?? 0))[0]
  const { digest: _, ...content } = app.data[last ?? ''] ?? {}
  return content
}
/** The object's group of the materials: 数据资源情况 or 产品和服务信息. */
const objectOf = (content: JsonObject, variant: string): JsonObject =>
  group(content[variant === 'product' ? 'product' : 'resource'])
export const recordContent = (record: Case): JsonObject =>
  group((record.data['amend'] ?? record.data['register'])?.['content'])

export interface Registrant {
  readonly name: string
  /** Checked 统一社会信用代码; empty where it is 待核. */
  readonly uscc: string
}
/** The holders who apply together with the applicant; where they agreed that one applies alone, it alone is 登记主体 (26号 第七条). */
const jointHolders = (content: JsonObject): readonly Registrant[] => {
  const subject = group(content['subject'])
  return subject['jointly'] === 'joint'
    ? list(subject['holders']).map((h) => ({ name: text(h['name']), uscc: text(h['uscc']) }))
    : []
}
/** 登记主体 of a record: who applied, and who applied jointly. */
export const registrantsOf = (record: Case): readonly Registrant[] => {
  const content = recordContent(record)
  const subject = group(content['subject'])
  const name = text(subject['name']) || text(record.data['register']?.['holderName'])
  return [{ name, uscc: text(subject['uscc']) }, ...jointHolders(content)]
}

/** Fingerprints under which the record's present content was deposited. */
const depositsOf = (record: Case): readonly JsonObject[] =>
  list((record.data['amend'] ?? record.data['register'])?.['deposits'])

const byProcess = (cx: Cx, process: string): readonly Case[] => cx.related.filter((c) => c.process === process)
const recordOf = (state: Case, cx: Cx): Case | undefined =>
  byProcess(cx, 'record').find((r) => r.id === state.links['record'])
const objectionsTo = (application: string, cx: Cx): readonly Case[] =>
  byProcess(cx, 'objection').filter((o) => o.links['application'] === application)
const openObjections = (application: string, cx: Cx): readonly Case[] =>
  objectionsTo(application, cx).filter((o) => !['upheld', 'dismissed', 'refused', 'withdrawn', 'closed'].includes(o.at))

/** What the public may see of an application in notice: four fields and nothing else (26号 第十二条). */
export interface PublicFace {
  readonly holder: string
  readonly kind: string
  readonly object: string
  readonly name: string
  readonly summary: string
}
export const faceOf = (app: Case): PublicFace => ({
  holder: [text(app.data['start']?.['holderName']), ...jointHolders(contentOf(app)).map((h) => h.name)].join('、'),
  kind: applicationKinds[app.kind as keyof typeof applicationKinds],
  object: app.variant,
  name: text(objectOf(contentOf(app), app.variant)['name']) || text(app.data['start']?.['objectName']),
  summary: text(objectOf(contentOf(app), app.variant)['summary']) || text(app.data['start']?.['objectSummary']),
})

/** Which body must register this object, and whether this organisation is one (26号 第三、五条; the pack names the role). */
export const registrantProblem = (
  cx: Pick<Cx, 'rules'>,
  variant: string,
  scope: string,
  org: OrgFact | undefined,
): Refusal | undefined => {
  if (!org) return refuse('not_registrant', '申请人不是本系统登记的单位')
  const forms = rule(cx.rules, 'registration.registrant.forms')
  if (!(forms as readonly string[]).includes(org.form))
    return refuse(
      'not_registrant',
      `登记主体须为持有或管理数据的单位，或在授权范围内开发运营的法人组织；“${org.name}”的主体性质不在可登记范围内`,
    )
  const wanted = rule(
    cx.rules,
    `registration.registrant.${variant === 'product' ? 'product' : 'resource'}.${scope === 'authorized' ? 'authorized' : 'other'}`,
  )
  if (![wanted, ...(wanted.also ?? [])].some((w) => w.role === 'holder' || org.roles.includes(w.role)))
    return refuse(
      'not_registrant',
      `授权运营范围内的此类对象由${wanted.term}登记，“${org.name}”未被记录为${wanted.term}`,
    )
  return undefined
}

/** By kind of duty, the kinds of application that discharge it (登记细则 第七条(四)、第九条). */
const discharges: Readonly<Record<string, readonly string[]>> = {
  first: ['first'],
  legacy: ['first'],
  product: ['first'],
  subjectChange: ['change'],
  change: ['change', 'correction', 'deregistration'],
}

const guards: Record<string, Guard> = {
  kindFits: (state, _input, cx) => {
    if (state.kind === 'first') return undefined
    const record = recordOf(state, cx)
    if (!record) return refuse('no_record', '请从一条登记记录发起此类申请')
    if (!live.includes(record.at)) return refuse('record_ended', '该登记已经终结，不能再办理变更、更正、续展或注销')
    const own = record.seats['holder'] === state.seats['applicant']
    if (state.kind === 'correction')
      return own || cx.facts.realName
        ? undefined
        : refuse('not_real_name', '利害关系人申请更正须实名：您的身份尚未核验，请先完成实名核验')
    return own ? undefined : refuse('not_registrant', '只有登记主体可以办理此类申请；利害关系人请办理更正登记')
  },
  /** Only objects inside the registrable scope (登记细则 第三条). */
  objectFits: (state, _input, cx) =>
    rule(cx.rules, 'registration.scope.objects').some((o) => o.value === state.variant)
      ? undefined
      : refuse('not_registrable', '该类对象不在登记范围内', {
          basis: citeRule(cx.rules, 'registration.scope.objects'),
        }),
  /** An application discharges a duty of its own kind only. */
  obligationFits: (state, _input, cx) => {
    const duty = byProcess(cx, 'obligation').find((o) => o.id === state.links['obligation'])
    if (!duty) return undefined
    const object = duty.kind === 'product' ? 'product' : duty.variant
    return discharges[duty.kind]?.includes(state.kind) &&
      (state.kind !== 'first' || !object || object === state.variant)
      ? undefined
      : refuse('other_duty', '此类申请不能履行该登记义务，请按义务的种类办理')
  },
  registrantFits: (state, input, cx) => {
    if (state.kind !== 'first') return undefined
    return registrantProblem(cx, state.variant, text(input['scope']), cx.facts.orgs[state.seats['applicant'] ?? ''])
  },
  renewalWindow: (state, _input, cx) => {
    if (state.kind !== 'renewal') return undefined
    const record = recordOf(state, cx)
    const validTo = text(record && validityOf(record).to)
    const window = rule(cx.rules, 'registration.renewal.window')
    const opens = subtractPeriod(cx.calendar, validTo as Day, { value: window.value, unit: window.unit }).day
    if (cx.day < opens) return refuse('too_early', `续展申请自 ${opens} 起受理（有效期至 ${validTo}）`)
    if (cx.day > validTo) return refuse('too_late', `有效期已于 ${validTo} 届满，不能再申请续展`)
    return undefined
  },
  materialsFit: (state, input, cx) => {
    const fields: Record<string, string> = {}
    const subject = group(input['subject'])
    if (subject['uscc'] !== undefined) {
      const checked = checkUscc(text(subject['uscc']))
      if (isRefusal(checked)) fields['subject.uscc'] = checked.says
    }
    for (const [i, h] of list(subject['holders']).entries()) {
      const checked = checkUscc(text(h['uscc']))
      if (isRefusal(checked)) fields[`subject.holders.${i}.uscc`] = checked.says
    }
    const authorized = state.data['start']?.['scope'] === 'authorized'
    if (authorized && ['first', 'change'].includes(state.kind) && !group(input['risk'])['report'])
      fields['risk.report'] = '用于授权运营的，须上传数据安全风险评估报告'
    // validity follows the agreement's term, so a product in the authorized scope must say it
    const byAgreement = rule(cx.rules, 'registration.validity.byAgreement')
    if (
      authorized &&
      ['first', 'change'].includes(state.kind) &&
      (byAgreement.objects as readonly string[]).includes(state.variant)
    ) {
      const agreement = group(input['authorization'])
      for (const [k, term] of [
        ['agreementFrom', '协议开始日'],
        ['agreementTo', '协议截止日'],
      ] as const)
        if (!text(agreement[k]))
          fields[`authorization.${k}`] = `请填写${term}：授权运营范围内的登记有效期以运营期限为准`
      if (text(agreement['agreementTo']) && text(agreement['agreementTo']) < text(agreement['agreementFrom']))
        fields['authorization.agreementTo'] = '协议截止日早于开始日'
    }
    if (state.kind === 'correction') {
      const own = state.seats['applicant'] === state.seats['holder']
      if ((text(input['capacity']) === 'holder') !== own)
        fields['capacity'] = own ? '您就是登记主体' : '您不是该登记的登记主体，请选择利害关系人'
    }
    if (group(input['subject'])['holders'] && list(group(input['subject'])['holders']).some((h) => !h['consent']))
      fields['subject.holders'] = '由单独主体申请的，须上传其他持有主体协商一致的书面材料'
    if (state.kind === 'change' || state.kind === 'first') {
      const previous = state.kind === 'change' ? recordContent(recordOf(state, cx) ?? state) : undefined
      if (previous && unchanged(previous, input)) return refuse('no_change', '填报内容与现行登记没有差别，无需变更')
    }
    if (state.kind === 'renewal') {
      const until = text(input['until'])
      const { to } = validityOf(recordOf(state, cx) ?? state)
      if (until !== '' && until <= to) fields['until'] = `现有效期至 ${to}，续展应晚于该日`
    }
    if (state.kind === 'change') {
      const approved = text(group(input['change'])['approvedOn'])
      if (approved > cx.day) fields['change.approvedOn'] = '核准日期不能晚于今天'
    }
    return Object.keys(fields).length > 0 ? refuse('invalid', Object.values(fields)[0] ?? '', { fields }) : undefined
  },
  evidenceDeposited: (state, _input, cx) =>
    !['first', 'change'].includes(state.kind) ||
    !rule(cx.rules, 'registration.evidence').required ||
    state.did['deposit']
      ? undefined
      : refuse('no_evidence', '申请登记前应当存证，请先办理“存证”'),
  stillRegistrable: (state, _input, cx) => {
    if (state.kind === 'first') return undefined
    const record = recordOf(state, cx)
    return record && live.includes(record.at) ? undefined : refuse('record_ended', '该登记已经终结')
  },
  /** A late review goes on only after its reason has been told (26号 第十一条). */
  lateExplained: (state, _input, cx) => {
    if (!rule(cx.rules, 'registration.review.lateReason')) return undefined
    const late = state.due.some((d) => d.kind === 'limit' && d.rule === 'registration.review.limit' && d.day < cx.day)
    const told = (state.did['explainDelay']?.seq ?? 0) > (state.did['accept']?.seq ?? 0)
    return late && !told
      ? refuse('explain_first', '审核已超过期限，请先“说明未完成原因”并告知登记主体，再继续办理')
      : undefined
  },
  /** A duty is recorded only where the law makes registering a duty; elsewhere it is encouraged (26号 第五条). */
  dutyExists: (state, _input, cx) => {
    if (!cx.rules.values[`registration.obligation.${state.kind}`])
      return refuse('no_duty', '本地规则没有这一类登记期限，不能记录为登记义务')
    if (state.kind === 'subjectChange' || state.kind === 'change') return undefined
    const debtor = cx.facts.orgs[state.seats['debtor'] ?? '']
    const variant = state.variant === 'product' || state.kind === 'product' ? 'product' : 'resource'
    return debtor && dutyToRegister(cx.rules, variant, 'authorized', debtor.form) === 'mandatory'
      ? undefined
      : refuse('no_duty', '该单位对此类对象的登记属于鼓励而非应当，不能记录为登记义务')
  },
  late: (state, _input, cx) =>
    state.due.some((d) => d.kind === 'limit' && d.day < cx.day)
      ? undefined
      : refuse('not_late', '期限尚未届满，无需说明'),
  objectionsOpen: (state, _input, cx) =>
    openObjections(state.id, cx).length > 0 ? undefined : refuse('no_objection', '没有待处理的异议'),
  noObjectionsOpen: (state, _input, cx) =>
    openObjections(state.id, cx).length === 0
      ? undefined
      : refuse('objection_open', '有异议尚未处理完毕，不能继续办理'),
  correctionProven: (state, _input, cx) => {
    if (state.kind !== 'correction') return undefined
    const own = state.seats['applicant'] === state.seats['holder']
    const evidence = (contentOf(state)['evidence'] as readonly string[] | undefined) ?? []
    const ok = rule(cx.rules, 'registration.correction.proof')
    if ((ok.consent && (own || state.did['consent'])) || (ok.evidence && evidence.length > 0)) return undefined
    return refuse('not_proven', '更正须经登记主体书面同意，或有证据证明登记信息确有错误')
  },
  codeFits: (_state, input) =>
    /^[0-9A-Za-z一-鿿〔〕()-]{6,64}$/.test(text(input['code']))
      ? undefined
      : refuse('invalid', '登记结果查询码格式不正确', { fields: { code: '6 至 64 位字母、数字或连字符' } }),
  windowOpen: (state, _input, cx) => {
    const app = cx.related.find((c) => c.id === state.links['application'])
    const from = text(app?.data['release']?.['noticeFrom'])
    const to = text(app?.data['release']?.['noticeTo'])
    if (!app || app.at !== 'publicised' || cx.day < from) return refuse('no_notice', '该事项不在公示期内，不能提出异议')
    return cx.day <= to ? undefined : refuse('too_late', `公示期已于 ${to} 届满`)
  },
  realName: (_state, _input, cx) =>
    cx.facts.realName ? undefined : refuse('not_real_name', '异议须实名提出：您的身份尚未核验，请先完成实名核验'),
  renewalPending: (state, _input, cx) =>
    pendingRenewal(state, cx) ? undefined : refuse('no_renewal', '没有在办的续展申请'),
  noRenewalPending: (state, _input, cx) =>
    pendingRenewal(state, cx) ? refuse('renewal_open', '续展申请在办') : undefined,
  factNotAhead: (_state, input, cx) =>
    text(input['factDay']) > cx.day
      ? refuse('invalid', '事实发生日不能晚于今天', { fields: { factDay: '不能晚于今天' } })
      : undefined,
}

const pendingRenewal = (record: Case, cx: Cx): boolean =>
  cx.related.some(
    (c) =>
      c.process === 'application' &&
      c.kind === 'renewal' &&
      c.links['record'] === record.id &&
      c.did['submit'] !== undefined &&
      !['settled', 'refused', 'terminated', 'withdrawn'].includes(c.at),
  )

/** Equal whatever the order of keys: storage does not keep it. */
const same = (a: Json | undefined, b: Json | undefined): boolean =>
  typeof a === 'object' && a !== null && typeof b === 'object' && b !== null
    ? Array.isArray(a) === Array.isArray(b) &&
      [...new Set([...Object.keys(a), ...Object.keys(b)])].every((k) =>
        same((a as JsonObject)[k], (b as JsonObject)[k]),
      )
    : a === b
const unchanged = (previous: JsonObject, next: JsonObject): boolean => same({ ...next, change: undefined }, previous)

export interface Validity {
  readonly from: string
  readonly to: string
}
export const validityOf = (record: Case): Validity => {
  const last = (record.did['renew']?.seq ?? 0) > 0 ? record.data['renew'] : record.data['register']
  return { from: text(last?.['validFrom']), to: text(last?.['validTo']) }
}

/** Last day of validity of a first registration coded on `cx.day` (26号 第十五条). */
const firstValidity = (app: Case, cx: Cx): Validity => {
  const term = addRule(cx, cx.day, 'registration.validity.term')!.day
  const by = rule(cx.rules, 'registration.validity.byAgreement')
  const agreement = group(contentOf(app)['authorization'])
  const from = text(agreement['agreementFrom'])
  const to = text(agreement['agreementTo'])
  const applies =
    (by.objects as readonly string[]).includes(app.variant) &&
    app.data['start']?.['scope'] === 'authorized' &&
    from !== '' &&
    to !== ''
  const short =
    applies &&
    to <= addPeriod(cx.calendar, from as Day, { value: by.maxYears, unit: 'year', countStart: true, roll: false }).day
  return { from: cx.day, to: short ? to : term }
}

const derive: Record<string, Derive> = {
  parties: (state, _input, cx) => {
    const record = recordOf(state, cx)
    const holder = cx.facts.orgs[state.seats['holder'] ?? '']
    const content = record ? recordContent(record) : {}
    const object = objectOf(content, state.variant)
    // until materials are put forward, a case is called after what it was opened for
    const item = cx.related.find((c) => c.id === state.links['item'])
    const obligation = cx.related.find((c) => c.id === state.links['obligation'])
    const called =
      text((item?.data['update'] ?? item?.data['list'])?.['name']) || text(obligation?.data['record']?.['object'])
    return {
      sealed: {
        holderName: record ? text(record.data['register']?.['holderName']) : (holder?.name ?? ''),
        registrarName: cx.facts.orgs[state.seats['registrar'] ?? '']?.name ?? '',
        registrarContact: cx.facts.orgs[state.seats['registrar'] ?? '']?.contact ?? '',
        ...(record
          ? {
              objectName: text(object['name']),
              objectSummary: text(object['summary']),
              code: text(record.data['register']?.['code']),
            }
          : called
            ? { objectName: called }
            : {}),
      },
    }
  },
  deposit: (_state, input, cx) => {
    const named = [...((input['files'] as readonly string[]) ?? []), ...((input['sample'] as readonly string[]) ?? [])]
    const digests = named.map((id) => ({ sha256: cx.facts.files[id]!.sha256, sm3: cx.facts.files[id]!.sm3 }))
    const living =
      input['method'] === 'living'
        ? [cx.digest(JSON.stringify([input['schema'], input['provenance'], digests.map((d) => d.sha256)]))]
        : []
    return { data: { digests: [...digests, ...living].map((d) => ({ sha256: d.sha256, sm3: d.sm3 })), time: cx.at } }
  },
  /** The digest stands in clear: a telephone number must not be found from it by trying. */
  summary: (state, input, cx) => {
    const { rest } = splitPersonal(applicationForm(cx.rules, state.kind, state.variant), input)
    const { sha256, sm3 } = cx.digest(JSON.stringify(rest))
    return { data: { digest: { sha256, sm3 } }, ...(state.at === 'rectifying' ? {} : {}) }
  },
  notice: (_state, _input, cx) => {
    const from =
      rule(cx.rules, 'registration.notice.start') === 'nextWorkday'
        ? nextWorkday(cx.calendar, cx.day as Day).day
        : cx.day
    const end = addRule(cx, cx.day, 'registration.notice.period')!
    return { data: { noticeFrom: from, noticeTo: end.day } }
  },
  validity: (state, _input, cx) => {
    const v = firstValidity(state, cx)
    return { data: { validFrom: v.from, validTo: v.to } }
  },
  completion: (state, _input, cx) => {
    if (state.kind !== 'renewal') return {}
    const record = recordOf(state, cx)
    if (!record) return refuse('no_record', '找不到登记记录')
    const { to } = validityOf(record)
    const from = addPeriod(cx.calendar, to as Day, { value: 1, unit: 'day', roll: false }).day
    const longest = addRule(cx, from, 'registration.renewal.term')!.day
    const asked = text(contentOf(state)['until'])
    return { data: { validFrom: from, validTo: asked !== '' && asked < longest ? asked : longest } }
  },
  /** Registered against actual: information items that differ, and a number of records that moved by more than half. */
  drift: (state, input, _cx) => {
    const registered = list(objectOf(recordContent(state), state.variant)['fields'])
    const was = new Map(registered.map((f) => [text(f['name']), text(f['type'])]))
    const is = new Map(list(input['fields']).map((f) => [text(f['name']), text(f['type'])]))
    const missing = [...was.keys()].filter((n) => !is.has(n))
    const extra = [...is.keys()].filter((n) => !was.has(n))
    const changed = [...is].filter(([n, t]) => t !== '' && was.has(n) && was.get(n) !== t).map(([n]) => n)
    const before = objectOf(recordContent(state), state.variant)['records']
    const now = input['records']
    const grown = typeof before === 'number' && typeof now === 'number' && Math.abs(now - before) > before / 2
    const drift = missing.length + extra.length + changed.length > 0 || grown
    return {
      data: { drift },
      sealed: {
        difference: drift
          ? [
              missing.length ? `登记有而实际没有：${missing.join('、')}` : '',
              extra.length ? `实际有而登记没有：${extra.join('、')}` : '',
              changed.length ? `类型不同：${changed.join('、')}` : '',
              grown ? `记录数由 ${before} 变为 ${now}` : '',
            ]
              .filter(Boolean)
              .join('；')
          : '与登记一致',
      },
    }
  },
  announced: (_state, _input, cx) => ({ data: { announcedOn: cx.day } }),
  noticeEnd: (state, _input, cx) => {
    const app = cx.related.find((c) => c.id === state.links['application'])
    return {
      data: { noticeTo: text(app?.data['release']?.['noticeTo']) },
      sealed: { objectName: app ? faceOf(app).name : '' },
    }
  },
}

const correct = (content: JsonObject, variant: string, corrections: readonly JsonObject[]): JsonObject => {
  const key = variant === 'product' ? 'product' : 'resource'
  return corrections.reduce<JsonObject>((c, fix) => {
    const field = text(fix['field'])
    if (field === 'holder') return { ...c, subject: { ...group(c['subject']), name: text(fix['proposed']) } }
    if (field === 'other') return c
    return { ...c, [key]: { ...group(c[key]), [field]: text(fix['proposed']) } }
  }, content)
}

/**
 * The last day of the agreement under which an object in the authorized scope is registered, where its registration does not end with
 * it: the interest it rests on ends then (26号 第九条(四)2).
 */
const agreementEnd = (app: Case, validTo: string): { readonly agreementTo?: string } => {
  const to = text(group(contentOf(app)['authorization'])['agreementTo'])
  return app.data['start']?.['scope'] === 'authorized' && to !== '' && to !== validTo ? { agreementTo: to } : {}
}

const applicationEffects = (state: Case, e: CaseEvent, cx: Cx): readonly Effect[] => {
  const act = actOf(e)
  const record = recordOf(state, cx)
  const out: Effect[] = []
  if (act === 'submit')
    for (const o of byProcess(cx, 'obligation').filter((o) => o.id === state.links['obligation']))
      if (o.at === 'open') out.push({ on: o.id, act: 'meet', input: { data: { application: state.id } } })
      else if (o.at === 'breached') out.push({ on: o.id, act: 'meetLate', input: { data: { application: state.id } } })
  if (act === 'code')
    out.push({
      open: {
        process: 'record',
        kind: state.variant,
        variant: state.variant,
        division: state.division,
        seats: {
          holder: state.seats['holder'] ?? '',
          registrar: state.seats['registrar'] ?? '',
          bureau: state.seats['bureau'] ?? '',
        },
        links: { application: state.id, ...(state.links['item'] ? { item: state.links['item'] } : {}) },
      },
      act: 'register',
      input: {
        data: {
          code: text(e.data['code']),
          localCode: text(e.data['localCode']),
          ...(e.data['demo'] === true ? { demo: true } : {}),
          validFrom: text(e.data['validFrom']),
          validTo: text(e.data['validTo']),
          scope: text(state.data['start']?.['scope']),
          ...agreementEnd(state, text(e.data['validTo'])),
          deposits: list(state.data['deposit']?.['digests']),
        },
        sealed: {
          content: contentOf(state),
          holderName: text(state.data['start']?.['holderName']),
          registrarName: text(state.data['start']?.['registrarName']),
        },
      },
    })
  if (act === 'complete' && record)
    switch (state.kind) {
      case 'change': {
        const { change: _, ...content } = contentOf(state)
        out.push({
          on: record.id,
          act: 'amend',
          input: {
            data: {
              application: state.id,
              deposits: list(state.data['deposit']?.['digests']),
              ...agreementEnd(state, validityOf(record).to),
            },
            sealed: { content },
          },
        })
        break
      }
      case 'correction':
        out.push({
          on: record.id,
          act: 'amend',
          input: {
            data: { application: state.id, deposits: depositsOf(record) },
            sealed: { content: correct(recordContent(record), record.variant, list(contentOf(state)['corrections'])) },
          },
        })
        break
      case 'renewal':
        out.push({
          on: record.id,
          act: 'renew',
          input: {
            data: { application: state.id, validFrom: text(e.data['validFrom']), validTo: text(e.data['validTo']) },
          },
        })
        break
      case 'deregistration':
        out.push({
          on: record.id,
          act: 'deregister',
          input: { data: { application: state.id, ground: text(contentOf(state)['ground']), announcedOn: e.day } },
        })
    }
  // with the application gone there is nothing left to object to, and nobody's task either
  if (act === 'withdraw' || act === 'terminate')
    for (const o of openObjections(state.id, cx))
      out.push({ on: o.id, act: 'close', input: { data: { application: state.id } } })
  if (['refuse', 'withdraw', 'terminate'].includes(act) && state.kind === 'renewal' && record?.at === 'renewing')
    out.push({ on: record.id, act: 'lapseAfterAll', input: { data: { application: state.id } } })
  return out
}

/** The prompt that registered content has changed: a duty to apply for 变更登记, unless one is already open. */
export const changeDuty = (
  cx: Cx,
  record: Pick<Case, 'id' | 'seats' | 'links' | 'division'>,
  object: string,
  fact: string,
): readonly Effect[] => {
  const open = cx.related.some(
    (o) => o.process === 'obligation' && o.links['record'] === record.id && ['open', 'breached'].includes(o.at),
  )
  if (open || !cx.rules.values['registration.obligation.change']) return []
  const bureau = record.seats['bureau'] ?? ''
  return [
    {
      open: {
        process: 'obligation',
        kind: 'change',
        variant: '',
        division: record.division,
        seats: { debtor: record.seats['holder'] ?? '', recorder: bureau, bureau },
        links: { record: record.id, ...(record.links['item'] ? { item: record.links['item'] } : {}) },
      },
      act: 'record',
      input: { data: { factDay: cx.day }, sealed: { fact, object } },
    },
  ]
}

/** The catalogue entry that a registration is of learns its code, and that the registration has ended (登记细则 第四条). */
const catalogued = (state: Case, act: string, cx: Cx): readonly Effect[] => {
  const item = cx.related.find(
    (c) =>
      c.process === 'item' && c.at === 'listed' && (c.id === state.links['item'] || c.links['record'] === state.id),
  )
  if (!item) return []
  const data = { record: state.id, code: text(state.data['register']?.['code']) }
  if (act === 'register') return [{ on: item.id, act: 'coded', input: { data } }]
  return ['deregistered', 'revoked'].includes(state.at) && item.data['coded']?.['record'] === state.id
    ? [{ on: item.id, act: 'uncoded', input: { data } }]
    : []
}

const recordEffects = (state: Case, e: CaseEvent, cx: Cx): readonly Effect[] => [
  ...(actOf(e) === 'compare' && e.data['drift'] === true
    ? changeDuty(cx, state, text(objectOf(recordContent(state), state.variant)['name']), text(e.sealed['difference']))
    : []),
  ...catalogued(state, actOf(e), cx),
]

const objectionEffects = (state: Case, _e: CaseEvent, cx: Cx): readonly Effect[] => {
  const app = cx.related.find((c) => c.id === state.links['application'])
  if (!app) return []
  if (state.at === 'upheld' && ['publicised', 'objected'].includes(app.at))
    return [{ on: app.id, act: 'terminate', input: { data: { objection: state.id } } }]
  const others = openObjections(app.id, cx).filter((o) => o.id !== state.id)
  const ended = ['dismissed', 'refused', 'withdrawn'].includes(state.at)
  return ended && app.at === 'objected' && others.length === 0
    ? [{ on: app.id, act: 'resume', input: { data: { objection: state.id } } }]
    : []
}

const objectClaims = (item: string | undefined, digests: readonly JsonObject[]): Claim[] => [
  ...(item ? [{ scope: 'registration.item', key: item }] : []),
  ...digests.map((d) => ({ scope: 'registration.fingerprint', key: text(d['sha256']) })),
]

export const applicationLaws: Laws = {
  drafted: { seat: 'applicant', acts: ['propose', 'resubmit'] },
  guards,
  foreseen: ['late'],
  derive,
  title: (s) => faceOf(s).name || '(未命名)',
  /** 同一数据不得重复申请登记: held from submission until the application ends without registering. */
  claims: (s) => {
    if (!s.did['submit'] || ['settled', 'refused', 'terminated', 'withdrawn'].includes(s.at)) return []
    const record = s.links['record'] ?? ''
    // an interested party's 更正 must not keep anyone else from theirs
    if (s.kind === 'correction')
      return [{ scope: 'registration.pending.correction', key: `${record} ${s.seats['applicant']}` }]
    if (s.kind !== 'first') return [{ scope: `registration.pending.${s.kind}`, key: record }]
    return objectClaims(s.links['item'], list(s.data['deposit']?.['digests']))
  },
  effects: applicationEffects,
}

export const recordLaws: Laws = {
  guards,
  derive,
  title: (s) => text(objectOf(recordContent(s), s.variant)['name']),
  claims: (s) => [
    // a code is never given twice, not even after its registration has ended
    ...['code', 'localCode']
      .map((c) => text(s.data['register']?.[c]))
      .filter(Boolean)
      .map((key) => ({ scope: 'registration.code', key })),
    ...(live.includes(s.at) ? objectClaims(s.links['item'], depositsOf(s)) : []),
  ],
  facts: (s) => [
    { term: '登记码', value: text(s.data['register']?.['code']) },
    { term: '有效期至', value: validityOf(s).to },
  ],
  effects: recordEffects,
}

export const objectionLaws: Laws = {
  guards,
  derive,
  title: (s) => `对“${text(s.data['file']?.['objectName'])}”公示的异议`,
  effects: objectionEffects,
}
export const obligationLaws: Laws = {
  guards,
  derive,
  title: (s) => text(s.data['record']?.['object']),
  facts: (s) => [{ term: '事实发生日', value: text(s.data['record']?.['factDay']) }],
}
