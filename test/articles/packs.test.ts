import { describe, expect, test } from 'vitest'
import type { Form, Json, JsonObject } from '#contract'
import { isRefusal, loosen, parseForm } from '#contract'
import type { Case, Cx, Day, Opening, OrgFact, Table } from '#domain/kernel'
import { addPeriod, decide, evolve, open } from '#domain/kernel'
import { applicationForm, dutyToRegister, registrantProblem, registrationMatters, rule } from '#domain/registration'
import { digestOf } from '#ledger'
import type { Layer, Rules } from '#policy'
import { cite, parseLayer, resolve } from '#policy'
import { bindFor, checkPacks, endingDocuments, explain, hashRules, loadLayers } from '../../src/application/policies.ts'

const { layers, calendar } = loadLayers(new URL('../../policies/', import.meta.url).pathname)

const [changsha, zhaoqing, luan] = ['430100', '441200', '341500']
const day = '2026-03-16'
const rulesOf = (division: string, on = day, enabled: readonly string[] = []): Rules =>
  resolve(layers, division, on, enabled)
const nationRules = rulesOf('000000')

const applicant = 'org-applicant'
const registrar = 'org-registrar'
const org = (more: Partial<OrgFact>): OrgFact => ({
  name: '某单位',
  uscc: '',
  form: 'organ',
  division: changsha,
  roles: [],
  ...more,
})
const file = '01890a5d-ac96-774b-bcce-b302099a8057'

interface Who {
  readonly user: string
  readonly org: string
}
const clerk: Who = { user: 'p1', org: applicant }
const chief: Who = { user: 'p2', org: applicant }
const desk: Who = { user: 'p3', org: registrar }
const second: Who = { user: 'p4', org: registrar }
const third: Who = { user: 'p5', org: registrar }
const system: Who = { user: 'system', org: 'system' }
const objector: Who = { user: 'p6', org: 'p6' }

/** A process under the rules of a place, driven through the kernel as the application drives it. */
const desktop = (
  rules: Rules,
  process: 'application' | 'objection',
  kind: string,
  variant: string,
  related: readonly Case[] = [],
) => {
  const { process: p, laws } = registrationMatters[process]!
  const table: Table = bindFor(rules, p, kind, variant)
  const cx = (who: Who, on: string): Cx => ({
    ...who,
    duties: ['handler', 'approver'],
    day: on,
    at: `${on}T02:00:00Z`,
    rules,
    calendar,
    related,
    facts: {
      orgs: { [applicant]: org({ roles: ['implementer', 'operator', 'dataSource', 'dataProvider'] }) },
      files: { [file]: { ...digestOf('file'), name: 'file.pdf', size: 4 } },
      realName: true,
    },
    digest: digestOf,
  })
  const opening: Opening = {
    process,
    kind,
    variant,
    division: rules.division,
    rules: hashRules(rules),
    seats: { applicant, holder: applicant, registrar, bureau: 'org-bureau', objector: 'p6' },
    links: related[0] ? { application: related[0].id } : {},
  }
  return {
    table,
    start: (who: Who, act: string, input: JsonObject, on = day): Case => {
      const d = open(table, laws, `${process}-1`, opening, act, input, cx(who, on))
      if (isRefusal(d)) throw new Error(JSON.stringify(d))
      return evolve(undefined, d.event)
    },
    does: (state: Case, who: Who, act: string, input: JsonObject = {}, on = day): Case => {
      const d = decide(table, laws, state, act, input, cx(who, on))
      if (isRefusal(d)) throw new Error(`${act}: ${JSON.stringify(d)}`)
      return evolve(state, d.event)
    },
    refuses: (state: Case, who: Who, act: string, input: JsonObject = {}, on = day): string => {
      const d = decide(table, laws, state, act, input, cx(who, on))
      return isRefusal(d) ? d.code : 'done'
    },
    /** A case found at a state, for tests of one article. */
    at: (state: string, more: Partial<Case> = {}): Case => ({
      id: `${process}-1`,
      ...opening,
      at: state,
      version: 1,
      opened: day,
      day,
      did: {},
      data: {},
      due: [],
      turn: [],
      ...more,
    }),
  }
}

const limits = (state: Case): Record<string, string> =>
  Object.fromEntries(state.due.filter((d) => d.kind === 'limit').map((d) => [d.act, d.day]))

/** Fills in a form as a careful clerk would: everything asked, the first option of each choice. */
const fill = (form: Form): JsonObject =>
  Object.fromEntries(
    form
      .filter((f) => !f.when)
      .map((f): [string, Json] => {
        switch (f.type) {
          case 'group':
            return [f.key, fill(f.fields ?? [])]
          case 'list':
            return [f.key, [fill(f.fields ?? [])]]
          case 'choice':
            return [f.key, f.options![0]!.value]
          case 'choices':
            return [f.key, [f.options![0]!.value]]
          case 'number':
            return [f.key, 1]
          case 'yes':
            return [f.key, true]
          case 'day':
            return [f.key, '2026-01-01']
          case 'file':
            return [f.key, file]
          case 'files':
            return [f.key, [file]]
          case 'uscc':
            return [f.key, '91110000802100433B']
          default:
            return [f.key, '某']
        }
      }),
  )
const materials = (rules: Rules, variant: string): JsonObject => {
  const content = fill(applicationForm(rules, 'first', variant))
  const subject = content['subject'] as JsonObject
  const scenarios = content['scenarios'] as JsonObject
  return {
    ...content,
    subject: { ...subject, uscc: '91110000802100433B' },
    scenarios: { ...scenarios, limits: 'none' },
  }
}
const deposit = { method: 'files', files: [file], coverage: '全量', custody: 'self' }

describe('登记办法 第五条、第九条: who registers, and whether they must', () => {
  const problem = (rules: Rules, variant: string, scope: string, o: Partial<OrgFact>): string | undefined =>
    registrantProblem({ rules }, variant, scope, org(o))?.says

  test('ZQ-029 in Zhaoqing the resource is registered by the 数源机构, not by the 实施机构 as in Hunan', () => {
    const rules = rulesOf(zhaoqing)
    expect(problem(rules, 'resource', 'authorized', { roles: ['dataSource'] })).toBeUndefined()
    expect(problem(rules, 'resource', 'authorized', { roles: ['implementer'] })).toContain('由数源机构登记')
    expect(problem(rules, 'product', 'authorized', { roles: ['operator'], form: 'enterprise' })).toBeUndefined()
    expect(problem(rulesOf(changsha), 'resource', 'authorized', { roles: ['dataSource'] })).toContain('由实施机构登记')
    expect(problem(rulesOf(changsha), 'resource', 'authorized', { roles: ['implementer'] })).toBeUndefined()
    expect(cite(rules.values['registration.registrant.resource.authorized']!.basis)).toBe('《肇庆办法》第十七条')
  })

  test("LA-062 in Lu'an it is the data-providing department, by a text that is still a consultation draft", () => {
    const rules = rulesOf(luan)
    expect(problem(rules, 'resource', 'authorized', { roles: ['dataProvider'] })).toBeUndefined()
    expect(problem(rules, 'resource', 'authorized', { roles: ['dataSource', 'implementer'] })).toContain(
      '由数据提供部门登记',
    )
    expect(cite(rules.values['registration.registrant.resource.authorized']!.basis)).toBe(
      '《六安方案》四(一)（征求意见稿）',
    )
  })

  test('CN-003 products of operators and everything of public utilities are encouraged, resources of organs and institutions mandatory; a local text may bind', () => {
    const duty = (rules: Rules, variant: 'resource' | 'product', scope: 'authorized' | 'other', form: string): string =>
      dutyToRegister(rules, variant, scope, form)
    expect(duty(nationRules, 'resource', 'authorized', 'organ')).toBe('mandatory')
    expect(duty(nationRules, 'resource', 'authorized', 'institution')).toBe('mandatory')
    expect(duty(nationRules, 'resource', 'authorized', 'enterprise')).toBe('encouraged')
    expect(duty(nationRules, 'resource', 'other', 'organ')).toBe('encouraged')
    expect(duty(nationRules, 'product', 'authorized', 'enterprise')).toBe('encouraged')
    expect(duty(nationRules, 'product', 'other', 'enterprise')).toBe('encouraged')
    for (const place of [changsha, zhaoqing, luan])
      expect(duty(rulesOf(place), 'product', 'authorized', 'enterprise')).toBe('mandatory')
    expect(duty(rulesOf(changsha), 'product', 'other', 'enterprise')).toBe('encouraged')
  })

  test('HNL-041 natural persons and unincorporated bodies register only where the draft ordinance is switched on', () => {
    for (const form of ['person', 'unincorporated']) {
      expect(problem(rulesOf(changsha), 'product', 'other', { form })).toContain('不在可登记范围内')
      expect(problem(rulesOf(changsha, day, ['hunan-ordinance-draft']), 'product', 'other', { form })).toBeUndefined()
    }
    const forms = rulesOf(changsha, day, ['hunan-ordinance-draft']).values['registration.registrant.forms']!
    expect(cite(forms.basis)).toContain('已被取代')
    expect(
      problem(rulesOf(zhaoqing, day, ['hunan-ordinance-draft']), 'product', 'other', { form: 'person' }),
    ).toContain('不在可登记范围内')
  })
})

describe('登记办法 第九条: kinds of application', () => {
  test('HNR-031 each kind is one of a closed list, with its own form, guards and clocks', () => {
    const rules = rulesOf(changsha)
    const { process } = registrationMatters['application']!
    const kinds = Object.keys(process.kinds)
    expect(kinds).toEqual(['first', 'change', 'correction', 'deregistration', 'renewal'])
    expect(() => bindFor(rules, process, 'transfer', 'resource')).toThrow('unknown kind "transfer"')
    const tables = Object.fromEntries(kinds.map((k) => [k, bindFor(rules, process, k, 'resource')])) as Record<
      string,
      Table
    >
    const keys = (k: string): string[] => tables[k]!.rows['propose']!.form.map((f) => f.key)
    expect(keys('first')).toEqual([
      'subject',
      'compliance',
      'resource',
      'authorization',
      'evidence',
      'products',
      'scenarios',
      'risk',
    ])
    expect(keys('change')).toEqual(['change', ...keys('first')])
    expect(keys('correction')).toEqual(['corrections', 'capacity', 'interest', 'evidence'])
    expect(keys('deregistration')).toEqual(['ground', 'statement', 'evidence'])
    expect(keys('renewal')).toEqual(['until', 'statement', 'unchanged'])
    expect(tables['first']!.rows['code']?.guards).toContain('codeFits')
    expect(tables['change']!.rows['code']).toBeUndefined()
    expect(tables['correction']!.rows['complete']?.guards).toContain('correctionProven')
    expect(Object.keys(tables['deregistration']!.clocks)).toEqual(['finish'])
    expect(Object.keys(tables['first']!.clocks)).toEqual([])
    expect(kinds.filter((k) => tables[k]!.rows['review.recheck']!.to === 'announcing')).toEqual(['first', 'change'])
  })

  test('CN-005 HNR-047 deregistration is finished within 10 working days of acceptance, within 7 in Hunan', () => {
    const finish = (division: string): string | undefined => {
      const d = desktop(rulesOf(division), 'application', 'deregistration', 'resource')
      return limits(d.does(d.at('submitted'), desk, 'accept'))['finish']
    }
    expect(finish(luan)).toBe('2026-03-30')
    expect(finish(zhaoqing)).toBe('2026-03-30')
    expect(finish(changsha)).toBe('2026-03-25')
  })

  test.each(['resource', 'product'])(
    'an application for a %s filled in with all that is asked, and no more, passes the form',
    (variant) => {
      for (const place of [changsha, zhaoqing, luan]) {
        const form = applicationForm(rulesOf(place), 'first', variant)
        const content = materials(rulesOf(place), variant)
        expect(parseForm(form, content)).toMatchObject({ ok: true })
        expect(parseForm(loosen(form), {})).toMatchObject({ ok: true })
        for (const group of form.filter((f) => f.required)) {
          const { [group.key]: _, ...rest } = content
          expect(parseForm(form, rest), group.key).toMatchObject({ ok: false })
        }
      }
    },
  )

  test('forbidden scenarios are listed, or declared not to exist', () => {
    const form = applicationForm(nationRules, 'first', 'resource')
    const content = materials(nationRules, 'resource')
    const scenarios = content['scenarios'] as JsonObject
    const one = { name: '某', industry: '某', problem: '某' }
    const says = (more: JsonObject): string[] => {
      const parsed = parseForm(form, { ...content, scenarios: { ...scenarios, ...more } })
      return parsed.ok ? [] : parsed.problems.map((p) => p.path)
    }
    expect(says({ limits: 'none' })).toEqual([])
    expect(says({ limits: 'some' })).toEqual(['scenarios.forbidden'])
    expect(says({ limits: 'some', forbidden: [one] })).toEqual([])
    expect(says({ allowed: [] })).toEqual(['scenarios.allowed'])
  })
})

describe('登记办法 第十一条、细则第十一条: formal review', () => {
  test('CN-006 HNR-052 20 working days from acceptance, 15 in Hunan; once they are over the registrar can send the reason, not before and not without one', () => {
    for (const [place, last, next] of [
      [luan, '2026-04-14', '2026-04-15'],
      [changsha, '2026-04-07', '2026-04-08'],
    ] as const) {
      const d = desktop(rulesOf(place), 'application', 'first', 'resource')
      const accepted = d.does(d.at('submitted'), desk, 'accept')
      expect(limits(accepted)).toEqual({ 'review.check': last })
      const checked = d.does(
        accepted,
        desk,
        'review.check',
        { items: [{ group: '登记主体信息', result: 'pass' }] },
        last,
      )
      expect(limits(checked)).toEqual({ 'review.recheck': last })
      expect(d.refuses(checked, desk, 'explainDelay', { reason: '需补充核实' }, last)).toBe('not_late')
      expect(d.refuses(checked, desk, 'explainDelay', {}, next)).toBe('invalid')
      expect(d.does(checked, desk, 'explainDelay', { reason: '需补充核实' }, next).data['explainDelay']).toEqual({
        reason: '需补充核实',
      })
      expect(d.table.rows['explainDelay']?.tell).toContain('applicant')
    }
  })

  test('whoever checked does not also sign off', () => {
    const d = desktop(rulesOf(changsha), 'application', 'first', 'resource')
    const checked = d.does(d.does(d.at('submitted'), desk, 'accept'), desk, 'review.check', {
      items: [{ group: '登记主体信息', result: 'pass' }],
    })
    expect(d.refuses(checked, desk, 'review.recheck')).toBe('same_person')
    expect(d.does(checked, second, 'review.recheck').at).toBe('announcing')
  })
})

describe('登记办法 第十二条、细则第十二条: objections', () => {
  const objection = (place: string) => {
    const notice = desktop(rulesOf(place), 'application', 'first', 'resource').at('publicised', {
      id: 'application-9',
      data: { release: { noticeFrom: '2026-03-03', noticeTo: '2026-03-16' } },
    })
    const d = desktop(rulesOf(place), 'objection', 'objection', '', [notice])
    return { d, filed: d.start(objector, 'file', fill(rule(rulesOf(place), 'registration.forms.objection'))), notice }
  }

  test('CN-007 the national flow is one review: no step of taking it up, no period of investigation; upheld, it ends the application', () => {
    const { d, filed, notice } = objection(luan)
    expect(filed.at).toBe('handling.review')
    expect(filed.due).toEqual([])
    expect(Object.keys(d.table.rows).filter((r) => r.startsWith('handling.'))).toEqual([
      'handling.review',
      'handling.review.upheld',
    ])
    expect(d.does(filed, second, 'handling.review', { reason: '经复核,证据不足' }).at).toBe('dismissed')
    expect(d.refuses(filed, second, 'handling.review')).toBe('invalid')
    const upheld = d.does(filed, second, 'handling.review.upheld', { reason: '数据并非其持有' })
    const { laws } = registrationMatters['objection']!
    expect(laws.effects?.(upheld, {} as never, { related: [notice] } as never)).toEqual([
      { on: 'application-9', act: 'terminate', input: { data: { objection: upheld.id } } },
    ])
  })

  test('HNR-057 HNR-058 in Hunan the registrar decides within 3 working days of the end of the notice whether to take it up, and tells a refused objector why', () => {
    const { d, filed } = objection(changsha)
    expect(filed.at).toBe('handling.accept')
    expect(limits(filed)).toEqual({ 'handling.accept': '2026-03-19' })
    expect(d.refuses(filed, desk, 'handling.accept.refused')).toBe('invalid')
    expect(d.does(filed, desk, 'handling.accept.refused', { reason: '与公示事项无利害关系' }).at).toBe('refused')
    for (const act of ['handling.accept', 'handling.accept.refused'])
      expect(d.table.rows[act]?.tell).toContain('objector')
  })

  test('in Hunan an investigation takes at most 60 natural days from its acceptance and both outcomes are reasoned and told', () => {
    const { d, filed } = objection(changsha)
    const open = d.does(filed, desk, 'handling.accept', {}, '2026-03-18')
    expect(limits(open)).toEqual({
      'handling.investigate': addPeriod(calendar, '2026-03-18' as Day, { value: 60, unit: 'day' }).day,
    })
    expect(limits(open)).toEqual({ 'handling.investigate': '2026-05-18' })
    for (const act of ['handling.investigate', 'handling.investigate.upheld']) {
      expect(d.refuses(open, second, act)).toBe('invalid')
      expect(d.table.rows[act]?.tell).toContain('objector')
    }
    expect(d.refuses(open, desk, 'handling.investigate', { reason: '查无实据' })).toBe('same_person')
    expect(d.does(open, second, 'handling.investigate', { reason: '查无实据' }).at).toBe('dismissed')
  })
})

describe('登记办法 第二十四条、肇庆办法 第三十一条: which text binds', () => {
  test('CN-014 the national pack runs from 2025-03-01 to 2030-02-28 and says so before it lapses', () => {
    const measures = layers.find((l) => l.name === 'nation')!.documents['ndrc-2025-26']!
    const before = Object.values(resolve(layers, '000000', '2025-02-28').values)
    expect(before.filter((v) => v.basis.title === measures.title)).toEqual([])
    expect(resolve(layers, '000000', '2025-03-01').values['registration.review.limit']?.value).toEqual({
      value: 20,
      unit: 'workday',
    })
    const five = { value: 5, unit: 'year', countStart: true, roll: false } as const
    expect(measures.until).toBe(addPeriod(calendar, measures.inForce as Day, five).day)
    expect(measures.until).toBe('2030-02-28')
    const warned = (on: string): string[] => endingDocuments(layers, on, 180).map((d) => d.document)
    expect(warned('2029-09-01')).toContain('ndrc-2025-26')
    expect(warned('2029-08-31')).not.toContain('ndrc-2025-26')
    expect(warned('2030-03-01')).toContain('ndrc-2025-26')
  })

  const later = (from: string, transition?: string): Layer => {
    const { layer } = parseLayer(
      'guangdong-later',
      {
        layer: 'province',
        division: '440000',
        title: '广东省',
        documents: {
          rules: {
            title: '某省登记实施细则',
            short: '某省细则',
            number: '某〔2026〕1号',
            inForce: from,
            status: 'inForce',
            text: 'full',
          },
        },
      },
      [
        {
          registration: {
            registrant: {
              resource: {
                authorized: {
                  value: { role: 'implementer', term: '实施机构' },
                  basis: { document: 'rules', article: '第六条', certainty: 'stated' },
                  ...(transition ? { transition } : {}),
                },
              },
            },
          },
        },
      ],
    )
    return layer!
  }

  test('CN-072 a later superior rule displaces what a yielding city says; the conflict is kept and shown, open cases follow the stated transition', () => {
    const path = 'registration.registrant.resource.authorized'
    const on = (all: readonly Layer[], d: string) => resolve(all, zhaoqing, d).values[path]!
    const all = [...layers, later('2026-07-01', 'apply')]
    expect(on(all, '2026-06-30').value).toMatchObject({ role: 'dataSource' })
    const won = on(all, '2026-07-01')
    expect(won.value).toMatchObject({ role: 'implementer' })
    expect(won.displaced).toMatchObject([
      { layer: 'guangdong-zhaoqing', value: { role: 'dataSource' }, by: { short: '某省细则' } },
    ])
    expect(won.transition).toBe('apply')
    expect(on([...layers, later('2026-07-01')], '2026-07-01').transition).toBe('keep')
    expect(explain(all, path, zhaoqing, '2026-07-01')).toContain('以《某省细则》第六条为准')
    // an earlier superior rule does not: the city has since said otherwise
    expect(on([...layers, later('2025-04-01')], '2026-07-01').value).toMatchObject({ role: 'dataSource' })
    // nor does a city yield that does not say so
    const firm = all.map(({ yields, ...l }) =>
      l.name === 'guangdong-zhaoqing' ? l : { ...l, ...(yields ? { yields } : {}) },
    )
    expect(on(firm, '2026-07-01').value).toMatchObject({ role: 'dataSource' })
  })

  test('CN-073 between nation and city stands the province, and where its rules are not loaded it says so', () => {
    for (const [city, province] of [
      [zhaoqing, '广东省'],
      [luan, '安徽省'],
    ] as const) {
      expect(rulesOf(city).layers.map((l) => l.layer)).toEqual(['nation', 'province', 'city'])
      expect(rulesOf(city).layers[1]).toMatchObject({ title: province, empty: '省级细则未载入' })
      expect(explain(layers, 'registration.acceptance', city, day)).toContain(`${province}(省级细则未载入)`)
    }
    expect(rulesOf(changsha).layers.some((l) => l.empty)).toBe(false)
  })
})

describe('a jurisdiction nobody has heard of', () => {
  const basis = { document: 'rules', article: '第一条', certainty: 'stated' }
  const { layer } = parseLayer(
    'elsewhere',
    {
      layer: 'province',
      division: '990000',
      title: '某省',
      documents: {
        rules: { title: '某省登记规则', short: '某省规则', inForce: '2026-01-01', status: 'inForce', text: 'full' },
      },
    },
    [
      {
        registration: {
          registrant: { resource: { authorized: { value: { role: 'dataSource', term: '数源机构' }, basis } } },
          businessReview: {
            steps: {
              value: [
                { key: 'legal', term: '法务审核', by: 'applicant.approver', apart: 'propose', exits: ['return'] },
                { key: 'head', term: '负责人签批', by: 'applicant.approver', apart: 'businessReview.legal' },
              ],
              basis,
            },
          },
          acceptance: { limit: { value: { value: 1, unit: 'day', roll: false }, basis } },
          review: {
            steps: {
              value: [
                { key: 'read', term: '初审', by: 'registrar.handler', exits: ['fail'] },
                {
                  key: 'expert',
                  term: '专家评议',
                  by: 'registrar.handler',
                  apart: 'review.read',
                  within: 'registration.acceptance.limit',
                  form: [{ key: 'votes', term: '同意票数', type: 'number', required: true, clear: true }],
                },
                {
                  key: 'decide',
                  term: '审定',
                  by: 'registrar.approver',
                  apart: 'review.expert',
                  within: 'registration.review.limit',
                  since: 'review.read',
                  exits: ['back'],
                },
              ],
              basis,
            },
            limit: { value: { value: 1, unit: 'month' }, basis },
          },
          notice: { period: { value: { value: 5, unit: 'workday' }, basis }, start: { value: 'sameDay', basis } },
        },
      },
    ],
  )
  const all = [...layers, layer!]
  const rules = resolve(all, '990100', day)

  test('works with its own steps, forms and days, and without a line of code', () => {
    expect(checkPacks(all)).toEqual([])
    const d = desktop(rules, 'application', 'first', 'resource')
    let c = d.start(clerk, 'start', { scope: 'authorized' })
    c = d.does(c, clerk, 'deposit', deposit)
    c = d.does(c, clerk, 'propose', materials(rules, 'resource'))
    expect(c.at).toBe('businessReview.legal')
    expect(d.does(c, chief, 'businessReview.legal.return', { reason: '补充来源' }).at).toBe('draft')
    c = d.does(c, chief, 'businessReview.legal')
    expect(d.refuses(c, chief, 'businessReview.head')).toBe('same_person')
    c = d.does(c, clerk, 'businessReview.head')
    c = d.does(c, clerk, 'submit', { truthful: true, signer: '某' })
    expect(limits(c)).toEqual({ accept: '2026-03-17' })
    c = d.does(c, desk, 'accept')
    expect(limits(c)).toEqual({})
    c = d.does(c, desk, 'review.read')
    expect(limits(c)).toEqual({ 'review.expert': '2026-03-17' })
    expect(d.refuses(c, second, 'review.expert')).toBe('invalid')
    c = d.does(c, second, 'review.expert', { votes: 5 })
    expect(limits(c)).toEqual({ 'review.decide': '2026-04-16' })
    expect(d.does(c, third, 'review.decide.back', { reason: '重议' }).at).toBe('review.read')
    c = d.does(c, third, 'review.decide')
    expect(c.at).toBe('announcing')
    c = d.does(c, second, 'release')
    expect(c.data['release']).toMatchObject({ noticeFrom: '2026-03-16', noticeTo: '2026-03-23' })
    expect(d.does(c, system, 'closeNotice', {}, '2026-03-24').at).toBe('coding')
  })

  test('what it does not say comes from the nation, with the national citation', () => {
    expect(rules.layers.map((l) => l.name)).toEqual(['nation', 'elsewhere'])
    expect(rules.values['registration.deregistration.limit']).toMatchObject({
      layer: 'nation',
      value: { value: 10, unit: 'workday' },
    })
    expect(cite(rules.values['registration.deregistration.limit']!.basis)).toBe('《登记办法》第九条(四)')
    expect(cite(rules.values['registration.acceptance.limit']!.basis)).toBe('《某省规则》第一条')
  })
})
