import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkProjections } from '#application'
import type { CaseView, PolicyView } from '#contract'
import { world, type Actor, type World } from '../world.ts'
import { after, done, drive, dueOf, refusal, registered, start, team, type Team } from '../cases.ts'

/** The places whose rules are loaded, each with one body of every kind that some text names as registrant. */
const places = { hunan: '430000', zhaoqing: '441200', luan: '341500' } as const
type Place = keyof typeof places
const bodies = {
  implementer: 'organ',
  dataSource: 'organ',
  dataProvider: 'organ',
  operator: 'enterprise',
  redeveloper: 'enterprise',
} as const

let w: World
const teams = {} as Record<Place, Team>
let wang: Actor
beforeAll(async () => {
  const each = Object.entries(places).flatMap(([place, division]) =>
    Object.entries(bodies).map(([role, form]) => ({ place, division, role, form })),
  )
  w = await world({
    more: {
      organisations: [
        ...each.map(({ place, division, role, form }) => ({
          key: `${place}-${role}`,
          name: `${place}-${role}`,
          form,
          division,
          roles: [role],
          document: '某文',
          under: `${place}Bureau`,
        })),
        {
          key: 'club',
          name: '某合伙企业',
          form: 'unincorporated',
          division: '430000',
          roles: [],
          document: '',
          under: 'hunanBureau',
        },
      ],
      people: [
        ...each.map(({ place, role }) => ({ name: `${place}-${role}`, org: `${place}-${role}`, duties: ['handler'] })),
        { name: '合伙企业经办', org: 'club', duties: ['handler'] },
      ],
    },
  })
  ;[teams.hunan, teams.zhaoqing, teams.luan] = await Promise.all([
    team(w, 'hunan'),
    team(w, 'zhaoqing'),
    team(w, 'luan'),
  ])
  wang = await w.as('公民王女士')
})
afterAll(() => w.close())

/** The kinds of body that may register this here. */
const registrants = async (place: Place, variant: string, scope: string): Promise<string[]> => {
  const out: string[] = []
  for (const role of Object.keys(bodies)) {
    const who = await w.as(`${place}-${role}`)
    const answer = await refusal(who.send('POST', '/api/applications', { kind: 'first', variant, scope }))
    expect(answer).toMatch(/^(200 done|422 not_registrant)$/)
    if (answer === '200 done') out.push(role)
  }
  return out
}

describe('授权运营实施规范 第二十八条(二)、肇庆办法 第十七条、六安方案 四(一) 由谁登记', () => {
  it('HNA-064 in Hunan the implementing institution registers the resource, the operator and whoever redevelops it the product', async () => {
    expect(await registrants('hunan', 'resource', 'authorized')).toEqual(['implementer'])
    expect(await registrants('hunan', 'product', 'authorized')).toEqual(['operator', 'redeveloper'])
  })

  it('HNA-064 outside the authorized scope any holder may', async () => {
    expect(await registrants('hunan', 'resource', 'other')).toEqual(Object.keys(bodies))
  })

  it('ZQ-029 in Zhaoqing the source of the data registers the resource, the operator the product', async () => {
    expect(await registrants('zhaoqing', 'resource', 'authorized')).toEqual(['dataSource'])
    expect(await registrants('zhaoqing', 'product', 'authorized')).toEqual(['operator'])
  })

  it("LA-062 in Lu'an the department that provides the data registers the resource, by a text that is marked as a consultation draft", async () => {
    expect(await registrants('luan', 'resource', 'authorized')).toEqual(['dataProvider'])
    expect(await registrants('luan', 'product', 'authorized')).toEqual(['operator'])
    const rules = await done(w.anyone.get<PolicyView>('/api/public/policies?division=341500'))
    const rule = rules.rules.find((r) => r.path === 'registration.registrant.resource.authorized')!
    expect(rule.basis).toContain('《六安方案》四(一)')
    expect(rule.basis).toContain('征求意见稿')
  })

  it('HNL-041 who is neither holder nor operator by the law in force does not register, though a superseded draft would let them', async () => {
    const club = await w.as('合伙企业经办')
    expect(await refusal(club.send('POST', '/api/applications', { kind: 'first', scope: 'other' }))).toBe(
      '422 not_registrant',
    )
    expect(await refusal(wang.send('POST', '/api/applications', { kind: 'first', scope: 'other' }))).toBe(
      '422 not_registrant',
    )
  })
})

describe('one case in three places', () => {
  it('the same application, handed in on one day, has the steps and days of its place', async () => {
    const found: Record<string, object> = {}
    for (const [place, t] of Object.entries(teams)) {
      const id = await start(t.clerk)
      const dues = async (): Promise<string> => {
        const { due } = await t.desk.see(id)
        return `${due!.act} ${due!.day} ${due!.period}`
      }
      await drive(w, t, id, 'submitted')
      const accept = await dues()
      await drive(w, t, id, 'accepted')
      const review = await dues()
      await drive(w, t, id, 'released')
      found[place] = { accept, review, notice: dueOf(await t.clerk.see(id), 'closeNotice') }
    }
    const local = {
      accept: 'accept 2026-03-12 3 个工作日',
      review: 'review.check 2026-04-07 20 个工作日',
      notice: '2026-03-23',
    }
    expect(found).toEqual({
      hunan: { ...local, review: 'review.check 2026-03-30 15 个工作日' },
      zhaoqing: local,
      luan: local,
    })
  })

  it('an objection is taken up, investigated and decided in Hunan, and reviewed once elsewhere', async () => {
    const steps: Record<string, string[]> = {}
    const ids = await Promise.all(
      Object.entries(teams).map(async ([place, t]) => {
        const id = await start(t.clerk)
        await drive(w, t, id, 'released')
        return [place, t, id] as const
      }),
    )
    await w.until('2026-03-10')
    for (const [place, t, application] of ids) {
      const evidence = [(await wang.upload()).id]
      const input = { interest: '某', reason: '某', evidence, contact: '13800000000', truthful: true }
      const { id } = await done(wang.send<{ id: string }>('POST', '/api/objections', { application, input }))
      const acts: string[] = []
      for (;;) {
        const c: CaseView = await t.desk.see(id, 'objection')
        if (c.final) break
        acts.push(c.stateTerm)
        const who = c.state === 'handling.accept' ? t.desk : t.approver
        await done(who.act(id, c.state, c.state === 'handling.accept' ? {} : { reason: '查无实据' }, 'objection'))
      }
      steps[place] = acts
    }
    expect(steps).toEqual({ hunan: ['受理异议中', '异议调查中'], zhaoqing: ['异议复核中'], luan: ['异议复核中'] })
  })

  it('注销 takes seven working days in Hunan and ten elsewhere', async () => {
    const days: Record<string, number> = {}
    for (const [place, t] of Object.entries(teams)) {
      const r = await registered(w, t)
      const id = await start(t.clerk, { kind: 'deregistration', record: r.record })
      const c = await drive(w, t, id, 'accepted')
      days[place] = c.dues.find((d) => d.act === 'finish')!.left
    }
    expect(days).toEqual({ hunan: 7, zhaoqing: 10, luan: 10 })
  })
})

describe('国家、省、市三级规则', () => {
  it('CN-073 where the province’s rules are not loaded the case says so, and the rule library too', async () => {
    for (const [place, province] of [
      ['luan', '安徽省'],
      ['zhaoqing', '广东省'],
    ] as const) {
      const c = await teams[place].clerk.see(await start(teams[place].clerk))
      expect(c.rules.layers.map((l) => l.title)[1]).toBe(province)
      const [remark, ...more] = c.remarks.filter((r) => r.says.includes('省级细则未载入'))
      expect(remark?.says).toContain(province)
      expect(more).toEqual([])
      const rules = await done(w.anyone.get<PolicyView>(`/api/public/policies?division=${places[place]}`))
      expect(rules.layers.map((l) => [l.title, l.empty ?? ''])[1]).toEqual([province, '省级细则未载入'])
    }
    const c = await teams.hunan.clerk.see(await start(teams.hunan.clerk))
    expect(c.remarks).toEqual([])
  })

  it('CN-074 a period over the days off of a festival is counted with the calendar of the notice', async () => {
    const t = teams.luan
    await w.until('2026-04-28')
    const id = await start(t.clerk)
    await drive(w, t, id, 'released')
    // 29 and 30 April, then 6 to 9 May (the 9th a Saturday made up), then 11 to 14
    expect(dueOf(await t.clerk.see(id), 'closeNotice')).toBe('2026-05-14')
    await w.until('2026-05-14')
    expect((await t.clerk.see(id)).stateTerm).toBe('公示中')
    await w.until(after('2026-05-14'))
    expect((await t.clerk.see(id)).stateTerm).toBe('办结')
  })

  it('CN-074 a period that reaches into a year without a notice is marked as provisional', async () => {
    await w.until('2026-12-24')
    const t = teams.luan
    const id = await start(t.clerk)
    await drive(w, t, id, 'accepted')
    expect((await t.desk.see(id)).due).toMatchObject({ act: 'review.check', provisional: true })
  })
})

it('every projection is what its events say', async () => {
  expect((await checkProjections(w.app)).differences).toEqual([])
})
