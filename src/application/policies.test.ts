import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { Process } from '#domain/kernel'
import { registration, registrationMatters } from '#domain/registration'
import type { Layer, PackProblem } from '#policy'
import { parseLayer, resolve } from '#policy'
import { bindFor, checkPacks, diff, endingDocuments, explain, hashRules, loadLayers } from './policies.ts'
import { subjects } from './subjects.ts'

const folder = new URL('../../policies/', import.meta.url).pathname
const policies = loadLayers(folder)
const { layers } = policies
const nation = layers.find((l) => l.name === 'nation')!

const basis = { document: 'text', article: '第一条', certainty: 'stated' }
/** A province of nobody, in force from 2026-01-01, with the given rules. */
const invented = (registration: unknown, head: object = {}): Layer => {
  const { layer, problems } = parseLayer(
    'invented',
    {
      layer: 'province',
      division: '530000',
      title: '某省',
      documents: {
        text: { title: '某省登记细则', short: '某省细则', inForce: '2026-01-01', status: 'inForce', text: 'full' },
      },
      ...head,
    },
    [{ registration }],
  )
  if (!layer) throw new Error(JSON.stringify(problems))
  return layer
}
const check = (...more: Layer[]): readonly PackProblem[] => checkPacks([...layers, ...more])
const step = (more: object): object => ({
  review: { steps: { value: [{ key: 'check', term: '审核', by: 'registrar.handler', ...more }], basis } },
})

describe('the packs in policies/', () => {
  test('load without a problem, with their calendar and divisions', () => {
    expect(policies.problems).toEqual([])
    expect(layers.map((l) => l.name)).toEqual([
      'anhui',
      'anhui-luan',
      'guangdong',
      'guangdong-zhaoqing',
      'hunan',
      'hunan-ordinance-draft',
      'nation',
    ])
    expect(policies.calendar.years[2026]?.certainty).toBe('stated')
    for (const l of layers) expect(policies.divisions.has(l.division), l.name).toBe(true)
  })

  test('carry every process, kind and object in every division, on every day their rules change', () => {
    expect(check()).toEqual([])
  })

  test('say why wherever the text is silent or was read into', () => {
    for (const l of layers)
      for (const [path, versions] of Object.entries(l.rules))
        for (const r of versions) {
          expect(r.basis.article, `${l.name} ${path}`).toBeTruthy()
          if (r.basis.certainty !== 'stated') expect(r.basis.note, `${l.name} ${path}`).toBeTruthy()
        }
  })

  test('mark no personal field public, and keep contacts, storage paths and risk reports out of the public record', () => {
    for (const object of ['resource', 'product'] as const) {
      const form = nation.rules[`registration.materials.${object}`]![0]!.value as {
        key: string
        fields?: { key: string; public?: boolean; personal?: boolean }[]
      }[]
      const open = form.flatMap((g) => (g.fields ?? []).filter((f) => f.public).map((f) => `${g.key}.${f.key}`))
      expect(
        open.filter(
          (k) =>
            !/^(subject\.name|resource\.(name|summary|industry|format|updateFrequency)|product\.(name|type|summary|industry|purpose|updateFrequency))$/.test(
              k,
            ),
        ),
      ).toEqual([])
      expect(open).toContain(`${object}.name`)
      expect(open).toContain(`${object}.summary`)
      const personal = form.flatMap((g) => (g.fields ?? []).filter((f) => f.personal).map((f) => f.key))
      expect(personal).toEqual(['contactName', 'contactPhone', 'contactEmail'])
    }
  })
})

describe('a mistake in a pack is refused', () => {
  const says = (problems: readonly PackProblem[]): string => problems.map((p) => `${p.where}: ${p.says}`).join('\n')

  test('a value the processes need is missing', () => {
    const { 'registration.acceptance.limit': _, ...rules } = nation.rules
    expect(says(checkPacks([...layers.filter((l) => l !== nation), { ...nation, rules }]))).toBe(
      'registration.acceptance.limit: required value missing from the national layer',
    )
  })

  test.each([
    [
      'a rule that does not exist',
      { acceptance: { limmit: { value: { value: 3, unit: 'workday' }, basis } } },
      'registration.acceptance.limmit: unknown rule',
    ],
    [
      'a key the value does not have',
      { acceptance: { limit: { value: { value: 3, unit: 'workday', restart: true }, basis } } },
      '"restart"',
    ],
    [
      'a period without a whole number',
      { acceptance: { limit: { value: { value: 2.5, unit: 'workday' }, basis } } },
      'registration.acceptance.limit: value',
    ],
    [
      'an object of no registration',
      { scope: { objects: { value: [{ value: 'asset', term: '数据资产' }], basis } } },
      'registration.scope.objects',
    ],
    ['no formal review at all', { review: { steps: { value: [], basis } } }, 'registration.review.steps'],
    ['a duty nobody has', step({ by: 'registrar.boss' }), 'expected seat.duty'],
    [
      'a seat this process does not have',
      step({ by: 'mayor.handler' }),
      'application.review.check: unknown seat "mayor"',
    ],
    ['somebody told who has no seat', step({ tell: ['press'] }), 'application.review.check: unknown seat "press"'],
    ['an exit the slot does not have', step({ exits: ['upheld'] }), 'slot review has no exit "upheld"'],
    [
      'a clock that nothing starts',
      step({ within: 'registration.review.limit', since: 'received' }),
      'application.review.check: nothing produces "received"',
    ],
    [
      'a separation from an act nobody does',
      step({ apart: 'review.first' }),
      'application.review.check: nothing produces "review.first"',
    ],
    [
      'a period that no rule gives',
      step({ within: 'registration.review.limmit', since: 'accept' }),
      'application.review.check: no rule registration.review.limmit',
    ],
    [
      'a period that is none',
      step({ within: 'registration.notice.fields', since: 'accept' }),
      'application.review.check: registration.notice.fields is no period',
    ],
    [
      'a period that only other jurisdictions have',
      {
        objection: {
          steps: {
            value: [
              { key: 'hear', term: '听证', by: 'registrar.approver', within: 'registration.objection.investigation' },
            ],
            basis,
          },
        },
      },
      'objection.handling.hear: no rule registration.objection.investigation',
    ],
    ['a form of no name', step({ form: 'questions' }), 'no form is called "questions"'],
    [
      'a choice without options',
      step({ form: [{ key: 'result', term: '结果', type: 'choice' }] }),
      'registration.review.steps.check.result: a choice needs options',
    ],
    [
      'a step given twice',
      {
        businessReview: {
          steps: { value: [1, 2].map(() => ({ key: 'sign', term: '签批', by: 'applicant.approver' })), basis },
        },
      },
      'registration.businessReview.steps: step "sign" given twice',
    ],
    [
      'a field asked twice',
      { forms: { submission: { value: [1, 2].map(() => ({ key: 'signer', term: '签署人', type: 'text' })), basis } } },
      'registration.forms.submission.signer: key given twice',
    ],
    [
      'a field that hangs on one that is not asked',
      {
        forms: {
          submission: { value: [{ key: 'why', term: '理由', type: 'text', when: { key: 'kind', is: ['x'] } }], basis },
        },
      },
      'asked when "kind", which the form does not ask',
    ],
    [
      'a personal value made public',
      {
        forms: {
          submission: { value: [{ key: 'signer', term: '签署人', type: 'text', personal: true, public: true }], basis },
        },
      },
      'a personal value cannot be public',
    ],
    [
      'two versions from one day',
      { acceptance: { limit: [1, 2].map((value) => ({ value: { value, unit: 'workday' }, basis })) } },
      'registration.acceptance.limit: two versions begin on 2026-01-01',
    ],
    [
      'a day that does not exist',
      { acceptance: { limit: { value: { value: 3, unit: 'workday' }, basis, from: '2026-02-30' } } },
      'invented: 2026-02-30 is no day',
    ],
  ])('%s', (_, registration, expected) => {
    expect(says(check(invented(registration)))).toContain(expected)
  })

  test('a mistake in a version still to come is found today', () => {
    const good = { value: { value: 3, unit: 'workday' }, basis }
    const later = { ...(step({ exits: ['vanish'] }) as { review: { steps: object } }).review.steps, from: '2027-01-01' }
    expect(says(check(invented({ acceptance: { limit: good } })))).toBe('')
    expect(says(check(invented({ acceptance: { limit: good }, review: { steps: [later] } })))).toContain(
      'no exit "vanish"',
    )
  })

  test('a mistake in an optional layer is found while it is off', () => {
    expect(says(check(invented(step({ by: 'mayor.handler' }), { optional: true })))).toContain('unknown seat "mayor"')
  })

  test('a loop of slots that packs leave empty', () => {
    const process: Process = {
      name: 'ring',
      term: '环',
      kinds: { ring: '环' },
      seats: { applicant: { term: '申请人', reads: true } },
      states: {},
      slots: {
        a: { term: '甲', rule: 'registration.businessReview.steps', to: '@b', exits: {} },
        b: { term: '乙', rule: 'registration.businessReview.steps', to: '@a', exits: {} },
      },
      rows: { start: { term: '开始', from: [], to: '@a', by: 'applicant.handler' } },
    }
    const none = invented({ businessReview: { steps: { value: [], basis } } })
    expect(says(check(none))).toBe('')
    expect(
      says(
        checkPacks(
          [...layers, none],
          [
            ...subjects,
            { ...registration, matters: { ring: { process, laws: { guards: {}, derive: {}, title: () => '' } } } },
          ],
        ),
      ),
    ).toContain('ring: loop of empty slots at @a')
  })

  test('a layer of another level than its division, or without rules and silent about it', () => {
    const limit = { acceptance: { limit: { value: { value: 3, unit: 'workday' }, basis } } }
    expect(says(check(invented(limit, { layer: 'city' })))).toBe('invented: 530000 is no division of a city layer')
    expect(says(check({ ...invented(limit), rules: {} }))).toContain('invented: has no rules and does not say so')
    expect(says(check({ ...invented(limit), rules: {}, empty: '省级细则未载入' }))).toBe('')
  })
})

describe('loading a folder', () => {
  const dir = mkdtempSync(join(tmpdir(), 'policies-'))
  afterAll(() => rmSync(dir, { recursive: true }))
  cpSync(folder, dir, { recursive: true })
  const write = (file: string, text: string): readonly PackProblem[] => {
    const path = join(dir, file)
    mkdirSync(join(path, '..'), { recursive: true })
    writeFileSync(path, text)
    const loaded = loadLayers(dir)
    rmSync(path)
    return loaded.problems
  }
  const pack = (file: string): string => readFileSync(join(folder, file), 'utf8')

  test('a value that cites nothing, or a document its pack does not know, keeps its layer out', () => {
    expect(
      write('hunan/extra.yaml', 'registration: { review: { limit: { value: { value: 5, unit: workday } } } }'),
    ).toContainEqual({
      where: 'hunan: registration.review.limit.value.value',
      says: 'a rule needs value and basis',
    })
    expect(
      write(
        'hunan/extra.yaml',
        'registration: { review: { limit: { value: 5, basis: { document: hearsay, certainty: stated } } } }',
      ),
    ).toContainEqual({
      where: 'hunan: registration.review.limit',
      says: 'cites unknown document "hearsay"',
    })
    writeFileSync(
      join(dir, 'hunan/extra.yaml'),
      'registration: { review: { limit: { value: 5, basis: { document: hearsay, certainty: stated } } } }',
    )
    expect(loadLayers(dir).layers.map((l) => l.name)).not.toContain('hunan')
    rmSync(join(dir, 'hunan/extra.yaml'))
  })

  test('a certainty of another kind', () => {
    const [problem] = write(
      'hunan/extra.yaml',
      'registration: { review: { limit: { value: 5, basis: { document: hunan-2025-25-annex1, certainty: sure } } } }',
    )
    expect(problem?.says).toContain('certainty')
  })

  test('text that is no YAML, or a key given twice', () => {
    expect(write('hunan/extra.yaml', 'registration: [')[0]?.where).toBe('hunan/extra.yaml')
    expect(write('hunan/extra.yaml', 'a: 1\na: 2')[0]?.says).toContain('unique')
  })

  test('a year of the calendar given twice, and a local day read beside it', () => {
    expect(write('calendars/again.yaml', pack('calendars/2026.yaml'))).toContainEqual({
      where: 'calendar 2026',
      says: 'year given twice',
    })
    writeFileSync(join(dir, 'divisions.yaml'), pack('divisions.yaml'))
    mkdirSync(join(dir, 'calendars/local'), { recursive: true })
    writeFileSync(
      join(dir, 'calendars/local/433100.yaml'),
      "division: '433100'\ndays: [{ day: 2026-09-20, kind: off, name: 州庆, document: { title: 州庆放假的决定 } }]",
    )
    expect(loadLayers(dir).local).toMatchObject([{ division: '433100', days: [{ day: '2026-09-20', kind: 'off' }] }])
  })
})

describe('what rules say of themselves', () => {
  test('explain gives the value, its article, what it replaces and which layer is empty', () => {
    const hunan = explain(layers, 'registration.review.limit', '430100', '2026-03-16')
    expect(hunan).toContain('全国 → 湖南省')
    expect(hunan).toContain('湖南省 15个工作日 — 《登记细则》第十一条（重建文本）')
    expect(hunan).toContain('取代 全国 20个工作日 — 《登记办法》第十一条')
    expect(
      explain(layers, 'registration.renewal', '441200', '2026-03-16').match(/^registration\.renewal\.\w+$/gm),
    ).toHaveLength(3)
    expect(explain(layers, 'registration.review.limits', '430100', '2026-03-16')).toContain('没有规则')
  })

  test('diff names the rules that differ and both citations', () => {
    const text = diff(layers, { division: '430000', day: '2026-03-16' }, { division: '441200', day: '2026-03-16' })
    expect(text).toContain(
      'registration.deregistration.limit\n  430000 2026-03-16: 7个工作日 — 《登记细则》第九条(四)（推定；重建文本）\n  441200 2026-03-16: 10个工作日 — 《登记办法》第九条(四)',
    )
    expect(text).not.toContain('registration.acceptance.limit')
    expect(diff(layers, { division: '430000', day: '2026-03-16' }, { division: '430000', day: '2026-03-17' })).toBe(
      '没有差别',
    )
  })

  test('the hash of rules does not hang on the order of files or keys, and changes with any value', () => {
    const of = (all: readonly Layer[]): string => hashRules(resolve(all, '430100', '2026-03-16'))
    const turned = layers.map((l) => ({ ...l, rules: Object.fromEntries(Object.entries(l.rules).reverse()) }))
    expect(of(turned)).toBe(of(layers))
    expect(of(layers)).toMatch(/^[0-9a-f]{64}$/)
    const limit = nation.rules['registration.revocation.report']!
    const changed = {
      ...nation,
      rules: { ...nation.rules, 'registration.notice.start': [{ ...limit[0]!, value: 'sameDay' }] },
    }
    expect(of([...layers.filter((l) => l !== nation), changed])).not.toBe(of(layers))
  })

  test('documents about to lapse are named in time, lapsed ones stay named', () => {
    const names = (day: string): string[] =>
      endingDocuments(layers, day, 180).map((d) => `${d.layer} ${d.until} ${d.daysLeft}`)
    expect(names('2026-03-16')).toEqual([])
    expect(names('2028-04-30')).toEqual(['guangdong-zhaoqing 2028-04-30 0'])
    expect(names('2030-03-01')).toContain('nation 2030-02-28 -1')
  })

  test('a path into a value answers only where the value has that part', () => {
    const rules = resolve(layers, '430100', '2026-03-16')
    const { process } = registrationMatters['application']!
    expect(bindFor(rules, process, 'change', 'resource').rows['review.recheck']?.to).toBe('announcing')
    expect(bindFor(rules, process, 'correction', 'resource').rows['review.recheck']?.to).toBe('finishing')
    const broken = {
      ...rules,
      values: {
        ...rules.values,
        'registration.kinds.change': { ...rules.values['registration.kinds.change']!, value: {} },
      },
    }
    expect(() => bindFor(broken, process, 'change', 'resource')).toThrow(
      'registration.kinds.change.notice says neither yes nor no',
    )
  })
})
