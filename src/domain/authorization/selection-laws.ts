import type { Field, Form, JsonObject, Refusal } from '#contract'
import type { Rules } from '#policy'
import { refuse } from '#contract'
import type { Case, Cx, Derive, Effect, Guard, Laws } from '../kernel/index.ts'
import { actOf, addRule, citeRule, list, text, texts } from '../kernel/index.ts'
import { conflictsOf, drawPanel, drawRecordOf, nextOf } from './drawing.ts'
import { allSigned, candidatesOf, scoresOf } from './evaluation.ts'
import { excepted, exceptionAsked } from './exception.ts'
import { authorizationRule } from './pack.ts'
import { isInForce, planTitle } from './plan-laws.ts'
import { levelOf, recordalOf } from './recordal.ts'
import { syncOf } from './result-sync.ts'
import { runHere, selectionKinds, tenders, winnerOf } from './selection.ts'
import { selectionForm } from './selection-form.ts'
import { selectionRule } from './selection-pack.ts'
import { criteriaOf, deadlineOf, noticeOf, panelOf, rankingOf, seatsClosed } from './selection-said.ts'
import { stepsOf } from './steps.ts'

const started = (s: Case): JsonObject => s.data['start'] ?? {}
export const selectionTitle = (s: Case): string =>
  text(started(s)['title']) || selectionKinds[s.kind as keyof typeof selectionKinds]
const planOfSelection = (cx: Pick<Cx, 'related'>, s: Case): Case | undefined =>
  cx.related.find((c) => c.id === s.links['plan'])
const agreementOfSelection = (cx: Pick<Cx, 'related'>, s: Case): Case | undefined =>
  cx.related.find((c) => c.process === 'agreement' && c.id === s.links['agreement'])
const develops = (s: Case): boolean => s.variant === 'developer'
const candidacies = (s: Case, cx: Pick<Cx, 'related'>): readonly Case[] =>
  cx.related.filter((c) => c.process === 'candidacy' && c.links['selection'] === s.id)
/** Those who applied in time, whatever was found of them. */
const applicants = (s: Case, cx: Pick<Cx, 'related'>): readonly Case[] =>
  candidacies(s, cx).filter((c) => c.did['open'])
/** What was proposed last. */
const proposal = (s: Case): JsonObject =>
  s.data[(s.did['nominate']?.seq ?? 0) > (s.did['decide']?.seq ?? 0) ? 'nominate' : 'decide'] ?? {}
const proposer = (s: Case) => (tenders.includes(s.kind) ? s.did['decide'] : s.did['nominate'])
const isLink = (v: string): boolean => /^https?:\/\/\S+$/.test(v)
const badLink = (key: string): Refusal =>
  refuse('invalid', '链接须以 http:// 或 https:// 开头', { fields: { [key]: '不是完整的网址' } })

/** How many operators there may be of the mode that this choice is for; undefined where nothing limits them. */
const limitOf = (s: Case, cx: Pick<Cx, 'rules'>) => {
  const kind = text(started(s)['planKind'])
  return kind === 'whole' || kind === 'domain' || kind === 'local'
    ? { kind, ...authorizationRule(cx.rules, `authorization.operators.${kind}`) }
    : undefined
}

const guards: Record<string, Guard> = {
  exceptionAsked,
  methodUsed: (s, _input, cx) =>
    selectionRule(cx.rules, 'authorization.selection.methods').some((m) => m.value === s.kind)
      ? undefined
      : refuse('not_here', '本地区不采用这一方式', { basis: citeRule(cx.rules, 'authorization.selection.methods') }),
  /** A plan in force; for those who develop, an agreement that is carried out in a territory that knows them. */
  restsOnWhatStands: (s, _input, cx) => {
    if (!develops(s)) {
      const plan = planOfSelection(cx, s)
      return plan && isInForce(plan)
        ? undefined
        : refuse('not_in_force', '实施方案审定同意、开始实施后，方可选择运营机构')
    }
    if (!authorizationRule(cx.rules, 'authorization.developer').use)
      return refuse('not_here', '本地区没有这一类主体', { basis: citeRule(cx.rules, 'authorization.developer') })
    return agreementOfSelection(cx, s)?.at === 'running' ? undefined : refuse('not_in_force', '运营协议执行中方可遴选')
  },
  askedBefore: (_s, input, cx) =>
    text(input['askedOn']) > cx.day
      ? refuse('invalid', '征求意见的日期不能晚于今天', { fields: { askedOn: '不能晚于今天' } })
      : undefined,
  consulted: (s, _input, cx) =>
    develops(s) || !selectionRule(cx.rules, 'authorization.selection.consultation').required || s.did['consult']
      ? undefined
      : refuse('not_yet', '授权运营协议内容须先充分征求各方意见，再发出招标、采购、谈判文件', {
          basis: citeRule(cx.rules, 'authorization.selection.consultation'),
        }),
  notOwnSubmission: (s, _input, cx) =>
    s.did['submit']?.by === cx.user ? refuse('same_person', '送审核的人不能审核自己送审的文件') : undefined,
  notOwnProposal: (s, _input, cx) =>
    proposer(s)?.by === cx.user ? refuse('same_person', '提出选定意见的人不能审定') : undefined,
  noticeFits: (s, input, cx) => {
    const until = text(input['until'])
    if (tenders.includes(s.kind)) {
      if (!isLink(text(input['link']))) return badLink('link')
      return text(input['projectNo']) === ''
        ? refuse('invalid', '请填写采购项目编号', { fields: { projectNo: '请填写' } })
        : undefined
    }
    const least = addRule(cx, cx.day, 'authorization.selection.notice')?.day ?? cx.day
    if (until < least)
      return refuse('invalid', `申请截止日不能早于 ${least}`, {
        fields: { until: `不早于 ${least}` },
        basis: citeRule(cx.rules, 'authorization.selection.notice'),
      })
    const factors = list(input['criteria']).map((c) => text(c['term']))
    return new Set(factors).size < factors.length || list(input['criteria']).some((c) => Number(c['most']) < 1)
      ? refuse('invalid', '评审因素不能重复，满分至少 1 分', { fields: { criteria: '重复或没有分值' } })
      : undefined
  },
  laterDeadline: (s, input, cx) =>
    cx.day <= deadlineOf(s) && text(input['until']) > deadlineOf(s)
      ? undefined
      : refuse('invalid', '只能在截止前延长，新的截止日须晚于原截止日', { fields: { until: '不晚于原截止日' } }),
  noticeOver: (s, input, cx) => {
    const until = deadlineOf(s)
    if (cx.day < until) return refuse('not_yet', `投标截止日为 ${until}，截止前不能有结果`)
    const on = text(input['resultOn'])
    return on < until || on > cx.day
      ? refuse('invalid', `结果公告日期应在 ${until} 至今天之间`, { fields: { resultOn: '不在截止之后、今天以前' } })
      : undefined
  },
  linked: (_s, input) => (isLink(text(input['link'])) ? undefined : badLink('link')),
  winnerFits: (s, input, cx) => {
    const org = cx.facts.orgs[text(input['winner'])]
    const of = develops(s) ? 'authorization.developer' : 'authorization.operator'
    if (!org) return refuse('invalid', '没有这一单位', { fields: { winner: '没有这一单位' } })
    if (text(input['winner']) === s.seats['organiser'])
      return refuse('not_eligible', '遴选单位不能选定自己', { fields: { winner: '是遴选单位' } })
    return (authorizationRule(cx.rules, of).forms as readonly string[]).includes(org.form)
      ? undefined
      : refuse('not_eligible', '该单位的主体性质不符合要求', {
          fields: { winner: '主体性质不符' },
          basis: citeRule(cx.rules, of),
        })
  },
  allChecked: (s, _input, cx) => {
    const all = applicants(s, cx)
    if (candidacies(s, cx).some((c) => c.at === 'submitted') || all.some((c) => ['opened', 'checked'].includes(c.at)))
      return refuse('not_yet', '还有申请没有完成资格审查')
    return all.some((c) => c.at === 'qualified')
      ? undefined
      : refuse('no_candidate', '没有符合条件的申请人，本次遴选只能按失败处理')
  },
  winnerQualified: (s, input, cx) =>
    candidatesOf(cx.related, s.id).some((c) => c.seats['applicant'] === input['winner'])
      ? undefined
      : refuse('not_eligible', '只能从符合条件、经过评审的申请人中选定', { fields: { winner: '不是合格申请人' } }),
  deviationExplained: (s, input) => {
    const first = rankingOf(s).filter((r) => r.place === 1)
    return first.some((r) => r.org === input['winner']) || text(input['deviation']) !== ''
      ? undefined
      : refuse('deviates', `排名第一的是${first.map((r) => r.name).join('、')}，选定其他申请人须说明理由`, {
          fields: { deviation: '请说明理由' },
        })
  },
  decidedByNow: (s, input, cx) => {
    const on = text(input['decidedOn'])
    return on > cx.day || on < deadlineOf(s)
      ? refuse('invalid', `选定日期应在 ${deadlineOf(s)} 至今天之间`, { fields: { decidedOn: '日期有误' } })
      : undefined
  },
  leavesRoom: (s, _input, cx) => {
    const limit = develops(s) ? undefined : limitOf(s, cx)
    return limit && !limit.strict ? undefined : refuse('not_now', '这一授权模式的运营机构家数没有例外')
  },
  /** Exactly one for the whole; in principle one for a domain, more with an agreed exception (授权运营规范 第十四条). */
  operatorsInNumber: (s, _input, cx) => {
    const limit = develops(s) ? undefined : limitOf(s, cx)
    if (!limit) return undefined
    const others = new Set(
      (cx.facts.operating ?? [])
        .filter((o) => o.kind === limit.kind && o.operator !== winnerOf(s))
        .map((o) => o.operator),
    )
    if (others.size + 1 <= limit.most) return undefined
    const basis = citeRule(cx.rules, `authorization.operators.${limit.kind}`)
    if (limit.strict)
      return refuse('one_operator', `只能有 ${limit.most} 家运营机构，现有的退出、进入交接后方可另行选定`, { basis })
    return excepted(s)
      ? undefined
      : refuse('in_principle', `原则上 ${limit.most} 家，确需多家的，须先说明理由并经数据管理部门同意`, { basis })
  },
}

/** How little there was to choose from, in words; empty where there was a choice. */
export const soleSource = (s: Case): string => {
  const n = Number(proposal(s)['bidders'] ?? proposal(s)['candidates'])
  return [n === 1 ? '只有一家参加' : '', s.kind === 'other' && proposer(s) ? '采用招标、谈判以外的方式' : '']
    .filter(Boolean)
    .join('，')
}

const derive: Record<string, Derive> = {
  started: (s, _input, cx) => {
    const plan = planOfSelection(cx, s)
    const agreement = agreementOfSelection(cx, s)
    return {
      data: {
        plan: plan ? planTitle(plan) : '',
        planKind: plan?.kind ?? '',
        agreement: agreement ? text((agreement.data['write'] ?? {})['title']) : '',
        organiserName: cx.facts.orgs[s.seats['organiser'] ?? '']?.name ?? '',
        milestone: develops(s) ? '' : selectionRule(cx.rules, 'authorization.selection.milestone')[levelOf(s.division)],
      },
    }
  },
  announced: (_s, _input, cx) => ({ data: { announcedOn: cx.day } }),
  chosen: (s, input, cx) => ({
    data: {
      winnerName: cx.facts.orgs[text(input['winner'])]?.name ?? '',
      ...(runHere.includes(s.kind) ? { candidates: candidatesOf(cx.related, s.id).length } : {}),
    },
    seats: { winner: text(input['winner']) },
    links: { winner: text(input['winner']) },
  }),
  drawn: (s, _input, cx) => {
    const { seed, experts = [], affiliates = {} } = cx.facts
    if (!seed) return refuse('not_yet', '申请截止后的日志检查点尚未签署，请稍候再抽取')
    const { size } = selectionRule(cx.rules, 'authorization.evaluation.panel')
    const parties = [s.seats['organiser'] ?? '', ...applicants(s, cx).map((c) => c.seats['applicant'] ?? '')]
    const conflicted = conflictsOf(experts, parties, affiliates)
    const { missing, ...record } = drawPanel(s.id, seed, experts, conflicted, size, cx.digest)
    if (missing > 0)
      return refuse('not_enough', `专家库中没有利害关系的专家不足 ${size} 人，还差 ${missing} 人`, {
        basis: citeRule(cx.rules, 'authorization.evaluation.panel'),
      })
    return {
      data: {
        ...record,
        skipped: record.skipped.map((x) => ({ ...x })),
        order: [...record.order],
        panel: [...record.panel],
      },
      // whoever is drawn is a number in the log
      sealed: {
        persons: Object.fromEntries(experts.map((e) => [e.id, e.person])),
        conflicted: { ...conflicted },
      },
    }
  },
  redrawn: (s, input) => {
    const record = drawRecordOf(s.data['draw'])
    const used = [...new Set([...panelOf(s), ...texts(s.data['redraw']?.['used']), ...(record?.panel ?? [])])]
    const conflicted = (s.data['draw']?.['conflicted'] ?? {}) as Readonly<Record<string, string>>
    const next = record ? nextOf(record, conflicted, used) : undefined
    const panel = panelOf(s).filter((id) => id !== input['left'])
    return {
      data: {
        panel: next ? [...panel, next] : panel,
        used: next ? [...used, next] : used,
        joined: next ?? '',
      },
    }
  },
  ranked: (s, _input, cx) => {
    const cards = cx.related.filter(
      (c) =>
        c.process === 'evaluation' &&
        c.at === 'signed' &&
        c.links['selection'] === s.id &&
        panelOf(s).includes(text(c.data['assign']?.['expert'])),
    )
    const totals = candidatesOf(cx.related, s.id).map((c) => ({
      candidacy: c.id,
      org: c.seats['applicant'] ?? '',
      name: text(c.data['start']?.['applicantName']),
      total: cards
        .flatMap(scoresOf)
        .filter((x) => x['candidate'] === c.seats['applicant'])
        .reduce((n, x) => n + Number(x['score']), 0),
    }))
    const ranking = totals
      .map((t) => ({ ...t, place: totals.filter((o) => o.total > t.total).length + 1 }))
      .sort((a, b) => a.place - b.place || (a.candidacy < b.candidacy ? -1 : 1))
    return { data: { ranking, reviewers: cards.length } }
  },
}

const assigned = (s: Case, cx: Pick<Cx, 'related'>, expert: string): Effect => {
  const persons = (s.data['draw']?.['persons'] ?? {}) as Readonly<Record<string, string>>
  return {
    open: {
      process: 'evaluation',
      kind: 'evaluation',
      variant: '',
      division: s.division,
      seats: { reviewer: persons[expert] ?? '', ...seatsClosed },
      links: {
        selection: s.id,
        ...Object.fromEntries(candidatesOf(cx.related, s.id).map((c, i) => [`candidate${i + 1}`, c.id])),
      },
    },
    act: 'assign',
    input: {
      data: {
        expert,
        selection: selectionTitle(s),
        criteria: criteriaOf(s).map((c) => ({ ...c })),
        limits: criteriaOf(s)
          .map((c) => `${c.term} ${c.most} 分`)
          .join('；'),
      },
    },
  }
}

const announcedForm: Form = [
  { key: 'until', term: '申请截止日', type: 'day' },
  { key: 'scope', term: '遴选内容', type: 'paragraph' },
  { key: 'contact', term: '联系方式', type: 'text' },
  { key: 'files', term: '遴选文件', type: 'files' },
]
/** What was recorded of a tender: its notice, and its result for whoever decides on it. */
const tendered = (s: Case, rules: Rules) => {
  const parts = [
    { key: 'notice', term: '遴选公告', said: s.data['announce'], as: 'selectionNotice' },
    { key: 'result', term: '结果和选定意见', said: s.data['decide'], as: 'selectionResult' },
  ].filter((x) => x.said)
  return {
    form: parts.map((x): Field => ({
      key: x.key,
      term: x.term,
      type: 'group',
      fields: selectionForm(rules, x.as, s.kind) ?? [],
    })),
    value: Object.fromEntries(parts.map((x): [string, JsonObject] => [x.key, x.said ?? {}])),
  }
}

export const selectionLaws: Laws = {
  guards,
  derive,
  foreseen: ['consulted', 'notOwnSubmission', 'notOwnProposal', 'exceptionAsked', 'leavesRoom'],
  title: selectionTitle,
  derived: {
    plan: '实施方案',
    agreement: '运营协议',
    announcedOn: '公告日期',
    milestone: '选定时限',
    winnerName: '选定的机构',
    origin: '日志',
    root: '检查点根值',
    joined: '递补',
    left: '离开',
  },
  told: (s, event) => (['decide', 'nominate', 'award'].includes(actOf(event)) ? soleSource(s) || undefined : undefined),
  facts: (s) =>
    [
      { term: develops(s) ? '运营协议' : '实施方案', value: text(started(s)[develops(s) ? 'agreement' : 'plan']) },
      { term: '申请截止', value: deadlineOf(s) },
      { term: '选定的机构', value: winnerOf(s) === '' ? '' : text(proposal(s)['winnerName']) },
      { term: '单一来源提示', value: soleSource(s) },
      { term: '选定日期', value: text(s.data['award']?.['decidedOn']) },
      { term: '备案编号', value: text(s.data['filed']?.['receipt']) },
    ].filter((f) => f.value !== ''),
  begin: (s, act, form, _around, rules) => {
    if (act === 'announce' && form.some((f) => f.key === 'criteria'))
      return {
        criteria: selectionRule(rules, 'authorization.selection.criteria').map(({ term, most }) => ({ term, most })),
      }
    if (act === 'consult') return s.data['consult']
    const [first, ...tied] = rankingOf(s).filter((r) => r.place === 1)
    return act === 'nominate' && first && tied.length === 0 ? { winner: first.org } : undefined
  },
  content: (s, rules) => (tenders.includes(s.kind) ? tendered(s, rules) : { form: announcedForm, value: noticeOf(s) }),
  // what has become of it is carried on to everybody who applied, each in a commit of their own
  jobs: (_s, event) =>
    ['close', 'draw', 'redraw', 'award', 'fail'].includes(actOf(event))
      ? [{ topic: 'selection.applicants', payload: {} }]
      : [],
  effects: (s, event, cx): readonly Effect[] => {
    const act = actOf(event)
    if (act === 'draw') return panelOf(s).map((id) => assigned(s, cx, id))
    if (act === 'redraw') {
      const joined = text(event.data['joined'])
      if (joined !== '') return [assigned(s, cx, joined)]
      return allSigned(s, cx.related) ? [{ on: s.id, act: 'rank', input: {} }] : []
    }
    if (act === 'rank')
      return cx.related
        .filter((c) => c.process === 'evaluation' && c.links['selection'] === s.id && c.at === 'signed')
        .map((c) => ({ on: c.id, act: 'reveal', input: {} }))
    if (act === 'filed') return syncOf(s, 'filed', cx.rules)
    if (act !== 'award' || develops(s)) return []
    const filing = recordalOf(s, 'selection', {
      filer: s.seats['organiser'] ?? '',
      hops: stepsOf(cx.rules, `authorization.recordal.selection.${levelOf(s.division)}.steps`),
      name: selectionTitle(s),
      decidedOn: text(s.data['award']?.['decidedOn']),
    })
    // where nothing is put on file there is no receipt to wait for
    return [...filing, ...(filing.length === 0 ? syncOf(s, 'any', cx.rules) : syncOf(s, 'award', cx.rules))]
  },
}
