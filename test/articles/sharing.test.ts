import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CaseView } from '#contract'
import { checkProjections } from '#application'
import { asOwner } from '../access/database.ts'
import { complaints, deep, done, perform, refusal, type Values } from '../cases.ts'
import { begin, conditional, entryOf, none, term } from '../sharing.ts'
import { world, type Actor, type World } from '../world.ts'

let w: World
let fund: Actor
let fundBoss: Actor
let transport: Actor
let bureau: Actor
let bureauBoss: Actor
let government: Actor
let market: Actor
beforeAll(async () => {
  w = await world({ more: { people: [{ name: '肇庆局审批', org: 'zhaoqingBureau', duties: ['approver'] }] } as never })
  ;[fund, fundBoss, transport, bureau, bureauBoss, government, market] = (await Promise.all(
    ['公积金经办', '公积金复核', '交通局经办', '六安局经办', '六安局审批', '市政府审批', '市监局经办'].map((n) =>
      w.as(n),
    ),
  )) as [Actor, Actor, Actor, Actor, Actor, Actor, Actor]
})
afterAll(() => w.close())

let n = 0
/** An entry of the fund's, or of another unit. */
const entry = (access: Values, over: Values = {}, by: readonly [Actor, Actor] = [fund, fundBoss]): Promise<string> =>
  entryOf(by, access, deep({ basic: { name: `公积金数据${++n}` } }, over))
const ask = (who: Actor, item: string, over: Values = {}, kind = 'data') =>
  begin(who, 'shares', kind, item, { ...term, ...over })
const act = (who: Actor, id: string, name: string, over: Values = {}) => perform(who, id, name, over, 'share')
const see = (who: Actor, id: string): Promise<CaseView> => who.see(id, 'share')
const limitOf = (v: CaseView): string => v.dues.find((d) => d.kind === 'limit')?.day ?? ''

describe('政务数据共享条例(期限未核，标默认): the three classes', () => {
  it('CN-071 what is shared without condition is provided within its period, without being asked about', async () => {
    const item = await entry({ sharing: 'unconditional' })
    const { id } = await done(ask(transport, item))
    const v = await see(fund, id)
    expect([v.stateTerm, limitOf(v)]).toEqual(['待提供', '2026-03-10'])
    expect(v.dues[0]!.basis).toContain('系统默认')
    expect(v.dues[0]!.period).toBe('1 个工作日')
    await done(act(fund, id, 'provideOpen', { method: 'interface', interface: '接口说明', deliveredOn: '2026-03-09' }))
    await done(act(transport, id, 'confirm'))
    expect((await see(transport, id)).stateTerm).toBe('使用中')
  })

  it('CN-071 what is shared on condition is answered within ten working days and provided within twenty after consent', async () => {
    const { id } = await done(ask(transport, await entry(conditional)))
    expect(limitOf(await see(fund, id))).toBe('2026-03-23')
    // the handler prepares, the approver answers
    expect(await refusal(act(fund, id, 'agree'))).toBe('403 not_yours')
    await done(act(fundBoss, id, 'agree'))
    expect(limitOf(await see(fund, id))).toBe('2026-04-07')
    await done(act(fund, id, 'provide', { method: 'file', deliveredOn: '2026-03-09' }))
    const seen = await see(transport, id)
    const file = seen.materials.find((m) => m.key === 'provision')!.fields!.find((f) => f.key === 'files')!.files![0]!
    expect((await transport.get(`/api/files/${file}?case=${id}`)).status).toBe(200)
    expect((await market.get(`/api/files/${file}?case=${id}`)).status).toBe(404)
  })

  it('HNL-024 the three classes are offered by the form of an entry, and each leads its own way', async () => {
    const form = await done(fund.get<{ schema: { properties: never } }>('/api/items/form?kind=resource'))
    const access = (form.schema.properties as { access: { properties: { sharing: { 'x-options': unknown } } } }).access
    expect(access.properties.sharing['x-options']).toEqual([
      { value: 'unconditional', term: '无条件共享' },
      { value: 'conditional', term: '有条件共享' },
      { value: 'none', term: '不予共享' },
    ])
    const states = []
    for (const a of [{ sharing: 'unconditional' }, conditional]) {
      const { id } = await done(ask(transport, await entry(a)))
      states.push((await see(transport, id)).state)
    }
    expect(states).toEqual(['freed', 'asked'])
    expect(await refusal(ask(transport, await entry(none)))).toBe('409 not_shared')
  })

  it('HNL-023 an entry that says nothing is shared on condition, and not sharing needs its legal basis', async () => {
    const bad = begin(fund, 'items', 'resource', undefined, {
      basic: { name: '没有依据的' },
      access: { sharing: 'none', sharingBasis: '  ', opening: 'unconditional' },
    })
    expect(await complaints(bad as never)).toEqual(['access.sharingBasis'])
    const { id } = await done(ask(transport, await entry(conditional)))
    expect(await complaints(fundBoss.act(id, 'refuse', { legalBasis: '', reason: '不便提供' }, 'share'))).toContain(
      'legalBasis',
    )
    expect((await see(fundBoss, id)).state).toBe('asked')
  })

  it('a request says for which duty, what and how long, and that nothing is passed on', async () => {
    const item = await entry(conditional)
    const asked = await complaints(transport.send('POST', '/api/shares', { kind: 'data', about: item, input: {} }))
    expect(asked).toEqual(['duty', 'fields', 'noOnward', 'purpose', 'useFrom', 'useTo'])
    expect(await complaints(ask(transport, item, { useTo: '2026-03-08' }) as never)).toEqual(['useTo'])
    expect(await complaints(ask(transport, item, { noOnward: false }) as never)).toEqual(['noOnward'])
    await done(ask(transport, item))
    expect(await refusal(ask(transport, item))).toBe('409 pending')
    expect(await refusal(ask(fund, item))).toMatch(/own$/)
    const operator = await w.as('运营机构经办')
    expect(await refusal(ask(operator, item))).toMatch(/not_eligible$/)
  })

  it('CN-071 what is found wrong is checked within ten working days', async () => {
    const { id } = await done(ask(transport, await entry({ sharing: 'unconditional' })))
    await done(act(fund, id, 'provideOpen', { method: 'platform', interface: '库表', deliveredOn: '2026-03-09' }))
    await done(act(transport, id, 'confirm'))
    await done(act(transport, id, 'challenge'))
    expect(limitOf(await see(fund, id))).toBe('2026-03-23')
    await done(act(fund, id, 'settleCheck'))
    expect((await see(transport, id)).state).toBe('inUse')
  })
})

describe('核实比对', () => {
  const questions = [
    { kind: 'verify', question: '甲是否连续缴存满六个月' },
    { kind: 'match', question: '甲的缴存单位与申报的一致' },
  ]

  it('HNL-026 whoever is refused may have questions verified: the answers are words from a list, and no data can travel with them', async () => {
    const { id } = await done(ask(transport, await entry(conditional)))
    await done(act(fundBoss, id, 'refuse', { legalBasis: '某条例第九条', reason: '涉及个人信息' }))
    await done(act(transport, id, 'compare', { questions }))
    const reply = (replies: unknown, more: object = {}) => fund.act(id, 'reply', { replies, ...more }, 'share')
    for (const [bad, more] of [
      [[{ reply: '缴存额 3000 元' }, { reply: 'match' }], {}],
      [[{ reply: 'yes', note: '缴存额 3000 元' }, { reply: 'match' }], {}],
      [[{ reply: 'yes' }, { reply: 'match' }], { note: '缴存额 3000 元' }],
      [[{ reply: 'yes' }, { reply: 'match' }, { reply: 'no' }], {}],
      [[{ reply: 'match' }, { reply: 'match' }], {}],
      [[{ reply: 'yes' }], {}],
    ] as const)
      expect((await reply(bad, more)).status, JSON.stringify([bad, more])).toBe(422)
    expect((await fund.act(id, 'provide', { method: 'file' }, 'share')).status).toBe(409)
    await done(reply([{ reply: 'no' }, { reply: 'unable' }]))
    const v = await see(transport, id)
    expect(v.stateTerm).toBe('已核实比对')
    const rows = v.materials.find((m) => m.key === 'comparison')!.rows!
    expect(rows.map((r) => r.find((c) => c.key === 'reply')!.text)).toEqual(['否', '无法核实'])
    // how many of which kind stands in the log, what was asked does not
    const [leaf] = await asOwner(w, async (q) =>
      (
        await q.query<{ body: string }>(`select body from gongshu.event where stream = $1 and type = 'share/reply'`, [
          id,
        ])
      ).rows.map((r) => r.body),
    )
    expect(JSON.parse(leaf!)).toMatchObject({ data: { counts: { yes: 0, no: 1, match: 0, mismatch: 0, unable: 1 } } })
    const all = await asOwner(w, async (q) =>
      (await q.query<{ body: string }>(`select body from gongshu.event where stream = $1`, [id])).rows.map(
        (r) => r.body,
      ),
    )
    expect(all.join()).not.toContain('连续缴存')
  })

  it('HNL-026 what is not shared can be asked about without asking for the data', async () => {
    const item = await entry(none)
    const { id } = await done(begin(transport, 'shares', 'verify', item, { questions }))
    const v = await see(fund, id)
    expect([v.stateTerm, limitOf(v)]).toEqual(['核实比对中', '2026-03-23'])
    expect(v.actions.map((a) => a.act)).toEqual(['reply'])
  })
})

describe('共享属性争议', () => {
  it('HNL-025 the bureau mediates, what cannot be settled goes to the government, and its decision changes the class and binds the unit', async () => {
    const item = await entry(conditional)
    const { id } = await done(ask(transport, item))
    await done(act(fundBoss, id, 'refuse'))
    expect((await government.get(`/api/shares/${id}`)).status).toBe(404)
    await done(act(transport, id, 'dispute'))
    expect(await refusal(act(government, id, 'dispute.decide'))).toBe('409 not_now')
    await done(act(fund, id, 'comment'))
    await done(act(bureauBoss, id, 'dispute.mediate'))
    // it is the government's to decide now, not the bureau's
    expect(await refusal(act(bureauBoss, id, 'dispute.decide'))).toBe('403 not_yours')
    await done(act(government, id, 'dispute.decide', { document: '六政函〔2026〕9号', sharing: 'unconditional' }))
    const v = await see(fund, id)
    expect([v.stateTerm, limitOf(v)]).toEqual(['待提供', '2026-04-07'])
    const after = await fund.see(item, 'item')
    const access = after.materials.find((m) => m.key === 'access')!.fields!
    expect(access.find((f) => f.key === 'sharing')!.text).toBe('无条件共享')
    const revise = after.actions.find((a) => a.act === 'revise')!.value as Values
    expect(
      await refusal(
        fund.act(item, 'revise', { ...deep(revise, { access: { ...none } }), change: '改回不予共享' }, 'item'),
      ),
    ).toMatch(/decided$/)
    await done(act(fund, id, 'provide', { method: 'interface', interface: '接口', deliveredOn: '2026-03-09' }))
    await done(act(transport, id, 'confirm'))
    // whoever asks next is provided at once
    expect((await see(market, (await done(ask(market, item))).id)).state).toBe('freed')
  })

  it('HNL-025 the attribute itself is disputed without a request, and the bureau may settle it', async () => {
    const item = await entry(none)
    const { id } = await done(begin(transport, 'shares', 'dispute', item))
    const share = { document: '协调意见〔2026〕3号', sharing: 'conditional', sharingCondition: '限低保核对' }
    await done(act(bureauBoss, id, 'dispute.mediate.share', share))
    expect((await see(transport, id)).stateTerm).toBe('争议已解决')
    expect((await see(transport, (await done(ask(transport, item))).id)).state).toBe('asked')
  })

  it('HNL-025 where no government is registered the mediating bureau records its decision with the document', async () => {
    const [source, other, office] = await Promise.all(['数源机构经办', '肇登记经办', '肇庆局经办'].map((x) => w.as(x)))
    const [sourceBoss] = await Promise.all([w.as('数源机构复核')])
    const item = await entry(none, {}, [source!, sourceBoss!])
    const { id } = await done(begin(other!, 'shares', 'dispute', item))
    const v = await see(office!, id)
    expect(v.seats.filter((s) => s.name !== '').map((s) => s.seat)).toEqual(
      expect.arrayContaining(['mediator', 'recorder']),
    )
    expect(v.seats.find((s) => s.seat === 'government')!.id).toBe('')
    const boss = await w.as('肇庆局审批')
    await done(act(boss, id, 'dispute.mediate'))
    expect(await complaints(boss.act(id, 'dispute.decide', { reason: '依法应当共享' }, 'share'))).toEqual(['document'])
    await done(act(boss, id, 'dispute.decide.keep', { document: '肇府函〔2026〕2号' }))
    // what stays unshared can still be asked about
    const { actions } = await see(other!, id)
    expect(actions.map((a) => a.act)).toContain('compare')
  })

  it('HNL-025 under the draft ordinance the province mediates and its government decides, whatever level holds the entry', async () => {
    const h = await world({
      enabled: ['hunan-ordinance-draft'],
      more: {
        organisations: [
          {
            key: 'changsha',
            name: '长沙市数源单位',
            form: 'organ',
            division: '430100',
            roles: ['dataSource'],
            document: '测试',
            under: 'hunanBureau',
          },
          {
            key: 'changsha2',
            name: '长沙市需求单位',
            form: 'organ',
            division: '430100',
            roles: ['dataSource'],
            document: '测试',
            under: 'hunanBureau',
          },
          {
            key: 'cityBureau',
            name: '长沙市数据局',
            form: 'organ',
            division: '430100',
            roles: ['bureau'],
            document: '测试',
            under: 'hunanBureau',
          },
          {
            key: 'cityGov',
            name: '长沙市人民政府',
            form: 'organ',
            division: '430100',
            roles: ['government'],
            document: '测试',
            under: 'hunanBureau',
          },
          {
            key: 'gov',
            name: '湖南省人民政府',
            form: 'organ',
            division: '430000',
            roles: ['government'],
            document: '测试',
            under: 'hunanBureau',
          },
        ],
        people: [
          { name: '长沙经办', org: 'changsha', duties: ['handler'] },
          { name: '长沙复核', org: 'changsha', duties: ['approver'] },
          { name: '需求经办', org: 'changsha2', duties: ['handler'] },
        ],
      } as never,
    })
    try {
      const [a, b, c] = await Promise.all(['长沙经办', '长沙复核', '需求经办'].map((x) => h.as(x)))
      const item = await entry(none, {}, [a!, b!])
      const { id } = await done(begin(c!, 'shares', 'dispute', item))
      const v = await see(c!, id)
      const seat = (key: string): string => v.seats.find((s) => s.seat === key)!.name
      expect([seat('bureau'), seat('mediator'), seat('government')]).toEqual([
        '长沙市数据局',
        '湖南省数据局',
        '湖南省人民政府',
      ])
      expect(v.stateTerm).toBe('省数据主管部门协调中')
      expect(v.dues[0]!.term).toBe('协调不成，报请省人民政府决定')
      expect(v.timeline[0]!.basis).toContain('第十五条')
    } finally {
      await h.close()
    }
  })
})

describe('归集、回流、主动共享、反馈', () => {
  it('HNA-007 a return flow is a request of its own kind and names its own procedure', async () => {
    const [a, b] = await Promise.all([w.as('实施机构经办'), w.as('实施机构复核')])
    const other = await w.as('湘登记经办')
    const item = await entry(conditional, {}, [a, b])
    const { id } = await done(ask(other, item, {}, 'returnFlow'))
    const v = await see(other, id)
    expect(v.kindTerm).toBe('数据回流')
    expect(v.timeline[0]!.basis).toContain('第五条')
    const procedure = v.materials.find((m) => m.key === 'entry')!.fields!.find((f) => f.key === 'procedure')!.text
    expect(procedure).toContain('湘政办发〔2024〕50号')
    const plain = await see(other, (await done(ask(other, item))).id)
    expect(JSON.stringify(plain.materials)).not.toContain('50号')
    expect(await complaints(ask(other, item, { contributed: '' }, 'returnFlow') as never)).toEqual(['contributed'])
  })

  it('HNP-039 what is collected on demand is known as collected once it has arrived', async () => {
    const item = await entry({ sharing: 'unconditional' }, { upkeep: { pending: true, frequency: '每年' } })
    const { id } = await done(ask(bureau, item, { platform: '市公共数据平台' }, 'collect'))
    expect((await fund.list(`items?q=${encodeURIComponent(`公积金数据${n}`)}`)).rows[0]!.facts).toContainEqual({
      term: '归集',
      value: '待归集',
    })
    await done(act(fund, id, 'provideOpen', { method: 'platform', interface: '库表', deliveredOn: '2026-03-09' }))
    await done(act(bureau, id, 'confirm'))
    expect((await fund.list(`items?q=${encodeURIComponent(`公积金数据${n}`)}`)).rows[0]!.facts).toContainEqual({
      term: '归集',
      value: '已归集',
    })
    expect(await refusal(ask(bureau, item, { platform: '市公共数据平台' }, 'collect'))).toMatch(/collected$/)
  })

  it('HNO-013 a holder offers an entry to named units, each of which takes it or not', async () => {
    const item = await entry(conditional)
    const units = [{ unit: transport.org }, { unit: market.org }]
    await done(begin(fund, 'shares', 'offer', item, { units }))
    const mine = await transport.list('shares?kind=offer')
    expect(mine.rows.map((r) => [r.stateTerm, r.parties['requester']])).toEqual([['待接收', '市交通局']])
    await done(act(transport, mine.rows[0]!.id, 'accept', term))
    expect((await see(fund, mine.rows[0]!.id)).state).toBe('granted')
    const theirs = await market.list('shares?kind=offer')
    await done(act(market, theirs.rows[0]!.id, 'decline'))
    expect(await refusal(begin(transport, 'shares', 'offer', item, { units }) as never)).toBe('403 not_yours')
    expect(await complaints(begin(fund, 'shares', 'offer', item, { units: [{ unit: fund.org }] }) as never)).toEqual([
      'units.0.unit',
    ])
  })

  it('HNL-011 use is fed back within its period, and ends when its term does', async () => {
    const { id } = await done(ask(transport, await entry({ sharing: 'unconditional' }), { useTo: '2026-03-20' }))
    await done(act(fund, id, 'provideOpen', { method: 'interface', interface: '接口', deliveredOn: '2026-03-09' }))
    await done(act(transport, id, 'confirm'))
    const duty = (await see(transport, id)).dues.find((d) => d.act === 'feedback')!
    expect([duty.day, duty.kind]).toEqual(['2026-09-09', 'limit'])
    await done(act(transport, id, 'feedback', { used: 'yes', times: 40, matters: 12, rating: 'good' }))
    await done(act(transport, id, 'feedback', { used: 'yes', times: 2, matters: 1, rating: 'fair' }))
    const rows = await asOwner(
      w,
      async (q) =>
        (await q.query('select times, matters, rating, feedbacks from gongshu.share where id = $1', [id])).rows,
    )
    expect(rows).toEqual([{ times: '42', matters: '13', rating: 'fair', feedbacks: 2 }])
    expect((await see(transport, id)).dues.find((d) => d.act === 'expire')!.day).toBe('2026-03-20')
  })

  it('HNO-007 the sharing directory shows every unit what it may ask for, and no secret entry', async () => {
    const open = await entry(conditional, { basic: { name: '目录内的一项' } })
    const secret = await entry(conditional, { basic: { name: '目录外的一项', secret: true } })
    const rows = async (who: Actor): Promise<readonly { id: string }[]> =>
      (await done(who.get<{ rows: { id: string }[] }>(`/api/sharing/directory?q=${encodeURIComponent('的一项')}`))).rows
    expect((await rows(transport)).map((r) => r.id)).toEqual([open])
    expect(await refusal(ask(transport, secret))).toBe('404 not_found')
    const citizen = await w.as('公民王女士')
    expect((await citizen.get('/api/sharing/directory')).status).toBe(403)
    expect((await w.anyone.get('/api/sharing/directory')).status).toBe(401)
    // published or not, the public's view of the catalogue is another
    expect((await transport.get(`/api/items/${open}`)).status).toBe(404)
  })

  it('nobody but the two units, their bureau and whoever decides sees a request', async () => {
    const item = await entry(conditional)
    const { id } = await done(ask(transport, item))
    for (const who of ['市监局经办', '湖南局经办', '运营机构经办', '登记经办甲', '市政府审批']) {
      const other = await w.as(who)
      expect((await other.get(`/api/shares/${id}`)).status, who).toBe(404)
      expect(
        (await other.list('shares?limit=200')).rows.some((r) => r.id === id),
        who,
      ).toBe(false)
    }
    // the unit itself sees on its entry's page who asked
    expect((await fund.see(item, 'item')).links.map((l) => l.id)).toContain(id)
    for (const who of ['交通局复核', '公积金复核', '六安局审批']) await see(await w.as(who), id)
  })
})

describe('采集与采购', () => {
  const wanted = { name: '住房公积金缴存明细', fields: '缴存人姓名\n缴存基数\n缴存月份' }
  let item: string
  beforeAll(async () => {
    item = await entry(conditional, { basic: { name: '住房公积金缴存信息' } })
  })
  const apply = (kind: string, over: Values = {}) =>
    begin(transport, 'acquisitions', kind, undefined, { ...wanted, ...over })
  const found = async (id: string, who: Actor = transport): Promise<string[]> =>
    (await who.see(id, 'acquisition')).materials
      .find((m) => m.key === 'found')!
      .rows!.map((r) => r.find((c) => c.key === 'entry')!.text!)

  it('HNL-016 what could be shared is looked for when collection is asked for and again when it is approved, and each entry found is answered', async () => {
    const { id } = await done(apply('collection'))
    expect(await found(id)).toEqual(['住房公积金缴存信息（市公积金中心）'])
    const approve = (answers: unknown) => bureauBoss.act(id, 'approve', { answers }, 'acquisition')
    expect(await refusal(approve([]))).toMatch(/shareable$/)
    expect(await refusal(approve([{ entry: '别的目录项', reason: '不适用' }]))).toMatch(/shareable$/)
    // one that was entered while the application waited
    const later = await entry({ sharing: 'unconditional' }, { basic: { name: '公积金缴存明细' } })
    const answer = { entry: '住房公积金缴存信息（市公积金中心）', reason: '只有汇总数，没有明细' }
    expect(await refusal(approve([answer]))).toMatch(/shareable$/)
    await done(transport.act(id, 'search', {}, 'acquisition'))
    expect((await found(id)).sort()).toEqual(['住房公积金缴存信息（市公积金中心）', '公积金缴存明细（市公积金中心）'])
    await done(fund.act(later, 'refresh', { dataDay: '2026-03-09' }, 'item'))
    await done(approve([answer, { entry: '公积金缴存明细（市公积金中心）', reason: '不含异地缴存' }]))
    expect(await found(id, bureau)).toHaveLength(2)
    // where nothing is alike nothing has to be answered
    const free = await done(apply('collection', { name: '道路照明设施巡检', fields: '灯杆编号\n巡检日期' }))
    expect(await found(free.id)).toEqual([])
    await done(bureauBoss.act(free.id, 'approve', {}, 'acquisition'))
  })

  it('HNL-022 what can be shared is not bought', async () => {
    const { id } = await done(apply('purchase', { budget: 100 }))
    expect(await refusal(bureauBoss.act(id, 'approve', {}, 'acquisition'))).toMatch(/shareable$/)
    expect((await bureauBoss.see(id, 'acquisition')).state).toBe('applied')
    // of what is not shared nothing can be had that way
    expect(await found(id)).toContain('住房公积金缴存信息（市公积金中心）')
    await done(fundBoss.act(item, 'remove', { reason: '合并' }, 'item'))
    await done(transport.act(id, 'search', {}, 'acquisition'))
    expect(await found(id)).not.toContain('住房公积金缴存信息（市公积金中心）')
  })

  it('HNL-021 what was bought stands in the sharing directory, and in the register of purchases with its price', async () => {
    const { id } = await done(
      apply('purchase', { name: '企业信用评分服务', fields: '企业名称\n评分', budget: 30000000 }),
    )
    await done(bureauBoss.act(id, 'approve', {}, 'acquisition'))
    const bought = {
      supplier: '某数据公司',
      price: 25_600_050,
      sharing: 'unconditional',
      signedOn: '2026-03-09',
      termFrom: '2026-03-09',
      termTo: '2027-03-08',
    }
    await done(perform(transport, id, 'purchased', bought, 'acquisition'))
    const directory = await done(
      market.get<{ rows: { id: string; name: string; sharing: string }[] }>(
        `/api/sharing/directory?q=${encodeURIComponent('企业信用评分')}`,
      ),
    )
    expect(directory.rows.map((r) => [r.name, r.sharing])).toEqual([['企业信用评分服务', 'unconditional']])
    expect((await see(market, (await done(ask(market, directory.rows[0]!.id))).id)).state).toBe('freed')
    const register = await done(
      bureau.get<{ rows: { supplier: string; price: number; item: string }[]; total: number }>(
        '/api/sharing/purchases',
      ),
    )
    expect(register.rows).toMatchObject([{ supplier: '某数据公司', price: 25_600_050, item: directory.rows[0]!.id }])
    expect(register.total).toBe(25_600_050)
    expect((await done(market.get<{ rows: unknown[] }>('/api/sharing/purchases'))).rows).toEqual([])
  })
})

describe('存量平台与共享通道', () => {
  it('HNL-015 HNO-013 platforms and point-to-point channels are recorded, planned with a day, and followed until they are merged or out of use', async () => {
    const what = { name: '交通与公积金前置机通道', parties: '市公积金中心', data: '缴存核验' }
    const { id } = await done(begin(transport, 'channels', 'channel', undefined, { ...what, built: 'existing' }))
    await done(perform(transport, id, 'plan', { into: '市公共数据平台', mergeBy: '2026-03-31' }, 'channel'))
    const v = await bureau.see(id, 'channel')
    expect([v.stateTerm, v.dues[0]!.day]).toEqual(['整合中', '2026-03-31'])
    const platform = await done(
      begin(transport, 'channels', 'platform', undefined, {
        ...what,
        name: '运输数据平台',
        built: 'existing',
        reach: ['department'],
      }),
    )
    await done(perform(transport, platform.id, 'retire', {}, 'channel'))
    const figures = await done(
      bureau.get<{ channels: { kind: string; state: string; n: number }[] }>('/api/sharing/statistics'),
    )
    expect(figures.channels.map((c) => [c.kind, c.state, c.n])).toEqual([
      ['channel', 'planned', 1],
      ['platform', 'retired', 1],
    ])
  })

  it('HNL-015 nothing new of the kind is recorded without the document that approves it, and the form says so', async () => {
    const form = await done(transport.get<{ schema: unknown }>('/api/channels/form?kind=platform'))
    expect(JSON.stringify(form.schema)).toContain('不得新建')
    const input = { name: '新平台', built: 'new', parties: '各局', data: '各类', reach: ['department'] }
    expect(await complaints(transport.send('POST', '/api/channels', { kind: 'platform', input }))).toEqual([
      'approval',
      'approvalNo',
    ])
  })
})

describe('数据条例草案 第九条', () => {
  it('HNL-007 a holder processes its own data after declaring that nobody is harmed, and nobody else’s', async () => {
    const own = await entry(conditional)
    const theirs = await entry(conditional, {}, [transport, await w.as('交通局复核')])
    const project = (over: Values) =>
      begin(fund, 'self-uses', 'selfUse', undefined, { from: '2026-03-09', to: '2026-12-31', ...over })
    expect(await refusal(project({ items: [own, theirs] }) as never)).toMatch(/not_own$/)
    expect(await complaints(project({ items: [own], compliance: { society: false } }) as never)).toEqual([
      'compliance.society',
    ])
    const { id } = await done(project({ items: [own] }))
    expect(await refusal(perform(fund, id, 'confirm', {}, 'selfUse'))).toBe('403 not_yours')
    await done(perform(fundBoss, id, 'confirm', {}, 'selfUse'))
    expect((await bureau.see(id, 'selfUse')).stateTerm).toBe('进行中')
    await done(perform(fund, id, 'end', {}, 'selfUse'))
  })
})

describe('共享统计与责任审计', () => {
  it('HNL-027 every request, answer, refusal, delay, dispute and unused grant is counted by unit, within what the viewer may see', async () => {
    const a = await done(ask(market, await entry(conditional)))
    const before = await done(bureau.get<Statistics>('/api/sharing/statistics?by=holder'))
    await w.until('2026-03-24')
    const late = await done(bureau.get<Statistics>('/api/sharing/statistics?by=holder'))
    const of = (s: Statistics): Figures => s.rows.find((r) => r.unitName === '市公积金中心')!
    expect(of(late).late).toBeGreaterThan(of(before).late)
    const { rows } = await done(
      bureau.get<{ rows: { id: string }[] }>(`/api/sharing/statistics/cases?by=holder&unit=${fund.org}&measure=late`),
    )
    expect(rows.map((r) => r.id)).toContain(a.id)
    await done(act(fundBoss, a.id, 'refuse'))
    const after = await done(bureau.get<Statistics>('/api/sharing/statistics?by=holder'))
    expect(of(after).refused).toBe(of(late).refused + 1)
    expect(of(after).withoutBasis).toBe(0)
    expect(of(after).late).toBe(of(late).late)
    expect(of(after).disputed).toBeGreaterThan(0)
    expect(of(after).unused).toBeGreaterThan(0)
    expect(of(after).answerDays).not.toBeNull()
    // a unit counts its own, another territory nothing
    const mine = await done(market.get<Statistics>('/api/sharing/statistics?by=holder'))
    expect(mine.total.asked).toBeLessThan(after.total.asked)
    const far = await done((await w.as('肇庆局经办')).get<Statistics>('/api/sharing/statistics?by=holder'))
    expect(far.rows.some((r) => r.unitName === '市公积金中心')).toBe(false)
    const sheet = await bureau.get('/api/sharing/statistics.xlsx?by=holder')
    expect([sheet.status, (sheet.body as unknown as Buffer).subarray(0, 2).toString()]).toEqual([200, 'PK'])
  })

  it('in the database itself nobody counts what they may not read', async () => {
    const count = async (viewer: object): Promise<number> =>
      asOwner(w, async (q) => {
        await q.query('begin')
        await q.query('set local role gongshu_app')
        await q.query(`select set_config('gongshu.viewer', $1, true)`, [JSON.stringify(viewer)])
        return Number((await q.query<{ n: string }>('select count(*) as n from gongshu.share')).rows[0]!.n)
      })
    expect(await count({ org: w.orgs['hunanOperator'], self: false })).toBe(0)
    expect(await count({})).toBe(0)
    expect(await count({ org: fund.org, self: false })).toBeGreaterThan(5)
    expect(await count({ org: 'x', self: false, area: '3415%' })).toBeGreaterThan(5)
  })

  it('what is counted is what the events say', async () => {
    expect(await checkProjections(w.app)).toMatchObject({ differences: [] })
  })
})
interface Figures {
  readonly unitName: string
  readonly asked: number
  readonly late: number
  readonly refused: number
  readonly withoutBasis: number
  readonly disputed: number
  readonly unused: number
  readonly answerDays: number | null
}
interface Statistics {
  readonly rows: readonly Figures[]
  readonly total: Figures
}
