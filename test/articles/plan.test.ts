import { strFromU8, unzipSync } from 'fflate'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AnnexEntry, PlanPage, PublicConsultation } from '#contract'
import { checkProjections } from '#application'
import { about, act, anEntry, appointed, domainOf, onDay, planned, provincials, type Domain } from '../authorization.ts'
import { complaints, done, refusal } from '../cases.ts'
import { begin, entryOf } from '../sharing.ts'
import { world, type Actor, type World } from '../world.ts'

const twelve = [
  'name',
  'feasibility',
  'conditions',
  'mode',
  'resources',
  'operation',
  'productPlan',
  'accounting',
  'security',
  'rights',
  'supervision',
  'other',
]
const page = async (who: Actor, id: string): Promise<PlanPage> =>
  (await who.get<PlanPage>(`/api/plans/${id}/page`)).body
const write = { from: '2026-04-01', to: '2031-03-31' }

describe('a plan of one domain', () => {
  let w: World
  let d: Domain
  let appointment: string
  let item: string
  let second: string
  let plan: string
  beforeAll(async () => {
    w = await world({ more: provincials })
    d = await domainOf(w)
    appointment = await appointed(d, w)
    item = await anEntry(d, '公积金缴存信息')
    second = await anEntry(d, '公积金提取信息')
    plan = (await done(begin(d.clerk, 'plans', 'domain', appointment, { title: '公积金领域授权运营实施方案' }))).id
  })
  afterAll(() => w.close())

  it('HNA-021 CN-022 has the twelve sections of the norms, and is not taken with one of them missing', async () => {
    const action = (await d.clerk.see(plan, 'plan')).actions.find((a) => a.act === 'write')!
    const sections = Object.keys((action.schema as { properties: object }).properties)
    expect(sections.filter((k) => twelve.includes(k))).toEqual(twelve)
    expect(action.basis).toContain('第九条')
    const lacking = await complaints(d.clerk.act(plan, 'write', { title: '空' }, 'plan'))
    expect(lacking.filter((k) => twelve.includes(k.split('.')[0]!)).length).toBeGreaterThan(0)
    // all but 应当明确的其他事项 must be there
    expect(twelve.filter((k) => !lacking.some((l) => l === k || l.startsWith(`${k}.`)))).toEqual(['other'])
    expect(lacking).toEqual(expect.arrayContaining(['items', 'products']))
  })

  it('CN-023 speaks in its feasibility of the whole life of the data, demand, market, effect and risk, each by itself', async () => {
    expect(
      await complaints(
        act(d.clerk, 'plan', plan, 'write', {
          ...write,
          items: [item],
          feasibility: {
            lifecycle: undefined,
            demand: undefined,
            market: undefined,
            effect: undefined,
            risk: undefined,
          },
        }),
      ),
    ).toEqual(['lifecycle', 'demand', 'market', 'effect', 'risk'].map((k) => `feasibility.${k}`).sort())
  })

  it('a draft is kept as one goes, incomplete as it is, by its author alone', async () => {
    const kept = await d.clerk.send<{ rev: number }>('PUT', `/api/plans/${plan}/draft`, {
      rev: 0,
      content: { title: '公积金领域授权运营实施方案', name: '写到一半' },
    })
    expect([kept.status, kept.body.rev]).toEqual([200, 1])
    expect((await d.clerk.get(`/api/plans/${plan}/draft`)).body).toMatchObject({ content: { name: '写到一半' } })
    expect((await d.bureau.get<{ rev: number }>(`/api/plans/${plan}/draft`)).body.rev).toBe(0)
    expect(await refusal(d.bureau.send('PUT', `/api/plans/${plan}/draft`, { rev: 1, content: {} }))).toBe(
      '404 not_found',
    )
    expect(await refusal(d.clerk.send('PUT', `/api/plans/${plan}/draft`, { rev: 0, content: {} }))).toBe('409 stale')
  })

  it('HNA-019 every writing is a version, and what differs from the last one can be read', async () => {
    await done(act(d.clerk, 'plan', plan, 'write', { ...write, items: [item], conditions: '具备加密能力' }))
    expect((await d.clerk.get<{ rev: number }>(`/api/plans/${plan}/draft`)).body.rev).toBe(0)
    await done(
      act(d.clerk, 'plan', plan, 'write', {
        items: [item, second],
        conditions: '具备加密和访问控制能力',
        products: [{ name: '缴存证明核验', class: 'public', form: ['API'] }],
      }),
    )
    const p = await page(d.clerk, plan)
    expect(p.versions.map((v) => v.no)).toEqual([2, 1])
    expect(p.versions[0]!.changes).toContainEqual({
      term: '运营机构的选择条件',
      was: '具备加密能力',
      now: '具备加密和访问控制能力',
    })
    expect(p.versions[0]!.changes).toContainEqual({
      term: '附件：公共数据资源目录',
      was: '',
      now: '公积金提取信息（列入）',
    })
    expect(p.versions[1]!.changes).toEqual([])
  })

  it('its annex says who holds an entry and what must be minded: ungraded, secret', async () => {
    const secret = await entryOf(
      [d.clerk, d.boss],
      { sharing: 'unconditional' },
      { basic: { name: '内部信息', secret: true } },
    )
    const annex = (
      await done(d.clerk.send<AnnexEntry[]>('POST', `/api/plans/${plan}/annex`, { items: [item, secret] }))
    ).map(({ name, ungraded, secret: is, units }) => ({ name, ungraded, secret: is, units }))
    const units = ['湖南省公积金管理中心（演示）']
    expect(annex).toEqual([
      { name: '公积金缴存信息', ungraded: true, secret: false, units },
      { name: '内部信息', ungraded: true, secret: true, units },
    ])
    expect(await refusal(act(d.clerk, 'plan', plan, 'write', { items: [item, secret] }))).toBe('422 secret')
    expect(await refusal(d.operator.send('POST', `/api/plans/${plan}/annex`, { items: [item] }))).toBe('404 not_found')
  })

  it('readers say what they think of a part of it, and the author sees who said it', async () => {
    await done(act(d.unit, 'plan', plan, 'remark', { section: 'security', says: '请补充脱敏措施' }))
    await done(act(d.bureau, 'plan', plan, 'remark', { section: 'items', says: '请核对更新频率' }))
    expect((await page(d.clerk, plan)).remarks.map((r) => [r.org, r.section, r.says])).toEqual([
      ['湖南省数据局', '附件：公共数据资源目录', '请核对更新频率'],
      ['湖南省住房城乡建设厅（演示）', '数据安全、个人信息保护措施和应急处置措施', '请补充脱敏措施'],
    ])
    expect(await refusal(d.operator.act(plan, 'remark', { section: 'whole', says: '旁人' }, 'plan'))).toBe(
      '404 not_found',
    )
  })

  it('HNA-003 is not sent to be decided while it is against the public interest or not secure', async () => {
    const failed = await act(d.clerk, 'plan', plan, 'submit', { publicInterest: 'no' })
    expect([failed.status, (failed.body as { basis?: string }).basis]).toEqual([422, expect.stringContaining('第三条')])
    expect(await refusal(act(d.clerk, 'plan', plan, 'submit', { security: 'no' }))).toBe('422 not_in_keeping')
    // every principle is answered for, with its reason
    const asked = ['integrity', 'lawful', 'publicInterest', 'security']
    expect(await complaints(d.clerk.act(plan, 'submit', {}, 'plan'))).toEqual(
      asked.flatMap((k) => [k, `${k}Why`]).sort(),
    )
    await done(act(d.clerk, 'plan', plan, 'submit'))
  })

  it('every decision of the chain stands with its document', async () => {
    await done(act(d.bureau, 'plan', plan, 'approval.review'))
    expect(await complaints(d.unitBoss.act(plan, 'approval.decide', { decidedOn: '2026-03-09' }, 'plan'))).toEqual([
      'files',
      'meeting',
    ])
    await done(act(d.unitBoss, 'plan', plan, 'approval.decide', { decidedOn: '2026-03-09' }))
    await done(
      act(d.government, 'plan', plan, 'approval.consent', { decidedOn: '2026-03-09', meeting: '分管领导批示' }),
    )
    const p = await page(d.clerk, plan)
    expect(p.decisions.map((x) => [x.term, x.decidedOn, x.files.length])).toEqual([
      ['审核把关通过', '2026-03-09', 0],
      ['单位“三重一大”审议通过', '2026-03-09', 1],
      ['分管领导同意', '2026-03-09', 1],
    ])
  })

  it('HNA-011 a scene is authorized within a plan in force, never beyond it', async () => {
    const begins = (await d.clerk.see(plan, 'plan')).begins.filter((b) => b.collection === 'plans')
    expect(begins.map((b) => b.term).sort()).toEqual([
      '编制实施方案：依场景授权运营实施方案',
      '编制实施方案：分领域授权运营实施方案',
    ])
    const scene = (await done(begin(d.clerk, 'plans', 'scenario', plan, { title: '公积金贷款核验场景' }))).id
    const beyond = await anEntry(d, '公积金贷款信息')
    expect(await refusal(act(d.clerk, 'plan', scene, 'write', { ...write, items: [beyond] }))).toBe('422 beyond_plan')
    await done(act(d.clerk, 'plan', scene, 'write', { ...write, items: [item] }))
    expect((await page(d.clerk, scene)).within?.id).toBe(plan)
    expect((await page(d.clerk, plan)).under).toContainEqual(
      expect.objectContaining({ id: scene, kindTerm: '依场景授权运营实施方案' }),
    )
    expect((await d.clerk.see(scene, 'plan')).kind).toBe('scenario')
  })

  it('HNO-021 a product is tied to the demand it answers, and to no other', async () => {
    const demand = (await done(begin(d.operator, 'demands', 'operator', undefined, {}))).id
    const next = (await done(begin(d.clerk, 'plans', 'domain', plan))).id
    const products = (id: string) => [{ name: '缴存证明核验', class: 'public', form: ['API'], demand: id }]
    expect(await complaints(act(d.clerk, 'plan', next, 'write', { items: [item], products: products(plan) }))).toEqual([
      'products.0.demand',
    ])
    await done(act(d.clerk, 'plan', next, 'write', { items: [item], products: products(demand) }))
    expect((await page(d.clerk, next)).products[0]!.demand?.id).toBe(demand)
    // against the plan it is to replace
    expect((await page(d.clerk, next)).replaces).toMatchObject({ id: plan })
    expect((await page(d.clerk, next)).replaces!.changes.map((c) => c.now)).toContain('（移出）')
    await done(act(d.clerk, 'plan', next, 'withdraw'))
  })

  it('goes out as Word and as PDF, with its annexes', async () => {
    const word = await d.clerk.get<Buffer>(`/api/plans/${plan}/document.docx`)
    expect(word.status).toBe(200)
    const said = strFromU8(unzipSync(word.body)['word/document.xml']!)
    for (const part of ['公积金领域授权运营实施方案', '必要性和可行性论证', '附件1', '公积金提取信息', '缴存证明核验'])
      expect(said).toContain(part)
    const pdf = await d.clerk.get<Buffer>(`/api/plans/${plan}/document.pdf?version=1`)
    expect([pdf.status, pdf.body.subarray(0, 5).toString()]).toEqual([200, '%PDF-'])
    expect(await refusal(d.operator.get(`/api/plans/${plan}/document.pdf`))).toBe('404 not_found')
    expect(await refusal(d.clerk.get(`/api/plans/${plan}/document.pdf?version=9`))).toBe('404 not_found')
  })

  it('a filing that comes late is told to who should have received it, and needs its reason', async () => {
    const [r] = await about(d.clerk, plan, 'recordal', 'plan')
    await onDay(w, '2026-03-23')
    expect(
      (await d.bureau.get<{ term: string }[]>('/api/notices')).body.filter((n) => n.term.includes('逾期未报送')),
    ).toEqual([])
    await onDay(w, '2026-03-25')
    const told = (await d.bureau.get<{ term: string; stream: string }[]>('/api/notices')).body
    expect(told.some((n) => n.term.includes('逾期未报送'))).toBe(true)
    const seen = await d.bureau.see(r!.id, 'recordal')
    expect(seen.facts.find((f) => f.term === '报送情况')?.value).toBe('逾期未报送')
    expect(seen.stateTerm).toBe('待备案')
    expect(await refusal(act(d.clerk, 'recordal', r!.id, 'file', { lateReason: undefined }))).toBe('422 late')
    await done(act(d.clerk, 'recordal', r!.id, 'file', { lateReason: '公章外借' }))
    expect((await d.bureau.see(r!.id, 'recordal')).facts.find((f) => f.term === '报送情况')?.value).toContain(
      '逾期报送',
    )
    expect((await page(d.clerk, plan)).recordals[0]).toMatchObject({ fileBy: '2026-03-23' })
  })

  it('all of it can be folded again from what was said', async () => {
    expect((await checkProjections(w.app)).differences).toEqual([])
  })
})

// ── hearing the public ─────────────────────────────────────────────────────────────────────────────────────────

describe('a plan of a city on which the public is heard', () => {
  let w: World
  let clerk: Actor
  let boss: Actor
  let citizen: Actor
  let plan: string
  let hearing: string
  beforeAll(async () => {
    w = await world({
      more: { people: [{ name: '六安局全岗', org: 'luanBureau', duties: ['handler', 'approver'] }] } as never,
    })
    ;[clerk, boss, citizen] = await Promise.all(
      ['六安局经办', '六安局审批', '公民王女士'].map((n) => w.as(n)) as [
        Promise<Actor>,
        Promise<Actor>,
        Promise<Actor>,
      ],
    )
  })
  afterAll(() => w.close())
  const entry = async (): Promise<string> =>
    entryOf(
      [await w.as('公积金经办'), await w.as('公积金复核')],
      { sharing: 'unconditional' },
      { basic: { name: '公积金缴纳信息' } },
    )

  it('LA-008 LA-063 the bureau writes it, may only choose its own mode, and carries it out itself', async () => {
    plan = (await done(begin(clerk, 'plans', 'local', undefined, { title: '六安市公共数据资源授权运营实施方案' }))).id
    const action = (await clerk.see(plan, 'plan')).actions.find((a) => a.act === 'write')!
    const modes = (action.schema as { properties: Record<string, { 'x-options'?: { term: string }[] }> }).properties[
      'modes'
    ]!
    expect(modes['x-options']!.map((o) => o.term)).toEqual(['整体授权+分领域协同'])
    expect(await complaints(act(clerk, 'plan', plan, 'write', { modes: ['domain'], items: [await entry()] }))).toEqual([
      'modes.0',
    ])
    const seats = Object.fromEntries((await clerk.see(plan, 'plan')).seats.map((s) => [s.seat, s.id]))
    expect([seats['author'], seats['implementer'], seats['bureau']]).toEqual([clerk.org, clerk.org, clerk.org])
    await done(
      act(clerk, 'plan', plan, 'write', {
        ...write,
        modes: ['whole'],
        items: [(await clerk.list('items?limit=1')).rows[0]!.id],
      }),
    )
  })

  it('LA-064 the draft stands before everybody with window, four channels and the account of its drafting', async () => {
    expect(await refusal(act(clerk, 'plan', plan, 'submit'))).toBe('409 not_yet')
    const short = await begin(clerk, 'consultations', 'plan', plan, { to: '2026-03-20', channels: ['online'] })
    expect([short.status, Object.keys((short.body as never as { fields: object }).fields)]).toEqual([422, ['to']])
    hearing = (
      await done(
        begin(clerk, 'consultations', 'plan', plan, {
          to: '2026-04-07',
          channels: ['online', 'letter', 'mail', 'phone'],
          explanation: '起草说明：依据国家规范起草。',
        }),
      )
    ).id
    expect((await clerk.see(plan, 'plan')).stateTerm).toBe('公开征求意见中')
    // the text stands still
    expect(await refusal(clerk.act(plan, 'write', {}, 'plan'))).toBe('409 not_now')
    const shown = (await w.anyone.get<PublicConsultation>(`/api/public/consultations/${hearing}`)).body
    expect([shown.from, shown.to, shown.open]).toEqual(['2026-03-09', '2026-04-07', true])
    expect(shown.detail!.channels).toEqual(['网上留言', '信件', '电子邮件', '电话'])
    expect(shown.detail!.explanation).toContain('依据国家规范')
    expect(shown.detail!.draft.map((p) => p.term)).toContain('数据安全、个人信息保护措施和应急处置措施')
    expect(shown.detail!.annexes.items[0]!.name).toBe('公积金缴纳信息')
  })

  it('LA-064 everybody is heard in their own name, letters and calls are entered, and each voice is answered with a reason', async () => {
    const said = (
      await done(begin(citizen, 'comments', 'online', hearing, { says: '希望公布收费标准', contact: '13000000000' }))
    ).id
    const letter = begin(clerk, 'comments', 'recorded', hearing, {
      from: '某企业',
      received: '2026-03-09',
      channel: 'phone',
      says: '建议增加开放数据',
    })
    const call = (await done(letter)).id
    // the register of what was heard
    const register = (await clerk.list(`comments?link=${hearing}`)).rows.map((r) =>
      r.facts.map((f) => f.value).slice(0, 2),
    )
    expect(register).toEqual(
      expect.arrayContaining([
        ['希望公布收费标准', '网上留言'],
        ['建议增加开放数据', '电话'],
      ]),
    )
    expect((await citizen.list('comments')).total).toBe(1)
    expect(
      await complaints(begin(clerk, 'comments', 'recorded', hearing, { received: '2026-03-01', channel: 'letter' })),
    ).toEqual(['received'])
    expect(await refusal(act(boss, 'consultation', hearing, 'summarise'))).toMatch(/^40[39]/)
    await onDay(w, '2026-04-08')
    expect((await clerk.see(hearing, 'consultation')).stateTerm).toBe('待公布采纳情况')
    expect(await refusal(begin(citizen, 'comments', 'online', hearing, { says: '晚了' }))).toBe('422 too_late')
    expect(await refusal(act(clerk, 'consultation', hearing, 'summarise'))).toBe('409 not_yet')
    expect(
      await complaints(clerk.act(said, 'answer', { decision: 'adopted', digest: '公布收费标准' }, 'comment')),
    ).toEqual(['reason'])
    await done(
      act(clerk, 'comment', said, 'answer', { decision: 'adopted', digest: '公布收费标准', reason: '已写入方案' }),
    )
    await done(
      act(clerk, 'comment', call, 'answer', {
        decision: 'notAdopted',
        digest: '增加开放数据',
        reason: '另由开放计划安排',
      }),
    )
    // still not to be decided before the answers are public
    expect(await refusal(act(clerk, 'plan', plan, 'submit'))).toBe('409 not_yet')
    await done(act(clerk, 'consultation', hearing, 'summarise', { summary: '共收到意见两条。' }))
    const shown = (await w.anyone.get<PublicConsultation>(`/api/public/consultations/${hearing}`)).body
    expect(shown.results).toMatchObject({ heard: 2, adopted: 1, notAdopted: 1, summary: '共收到意见两条。' })
    expect(shown.results!.points).toContainEqual({
      channel: '电话',
      digest: '增加开放数据',
      decision: 'notAdopted',
      reason: '另由开放计划安排',
    })
    // nothing of who was heard
    expect(JSON.stringify(shown)).not.toMatch(/某企业|13000000000|王女士|希望公布/)
    expect((await citizen.see(said, 'comment')).stateTerm).toBe('已处理')
  })

  it('LA-063 of the one body that does both, who sends the plan is not who decides it', async () => {
    const both = await w.as('六安局全岗')
    expect(both.org).toBe(clerk.org)
    await done(act(both, 'plan', plan, 'submit'))
    const decision = { decidedOn: '2026-04-08', meeting: '局党组会', files: [(await both.upload()).id] }
    expect(await refusal(both.act(plan, 'approval.decide', decision, 'plan'))).toBe('403 same_person')
  })

  it('LA-050 it is decided by the bureau and the government, and takes effect only when the province has filed it', async () => {
    await done(act(boss, 'plan', plan, 'approval.decide', { decidedOn: '2026-04-08' }))
    await done(act(await w.as('市政府审批'), 'plan', plan, 'approval.govern', { decidedOn: '2026-04-08' }))
    expect((await clerk.see(plan, 'plan')).stateTerm).toBe('待备案')
    const [r] = await about(clerk, plan, 'recordal', 'plan')
    await done(act(clerk, 'recordal', r!.id, 'file', { lateReason: undefined }))
    expect((await clerk.see(plan, 'plan')).stateTerm).toBe('待备案')
    await done(act(await w.as('安徽督导员'), 'recordal', r!.id, 'hops.province', { number: '皖演备1号' }))
    const seen = await clerk.see(plan, 'plan')
    expect([seen.stateTerm, seen.facts.find((f) => f.term === '备案编号')?.value]).toEqual(['实施中', '皖演备1号'])
  })

  it('a plan that is withdrawn takes its hearing with it', async () => {
    const { id } = await done(begin(clerk, 'plans', 'local', plan))
    await done(act(clerk, 'plan', id, 'write', { security: '修订' }))
    const { id: open } = await done(
      begin(clerk, 'consultations', 'plan', id, { to: '2026-06-30', channels: ['online'] }),
    )
    await done(act(clerk, 'plan', id, 'withdraw'))
    expect((await clerk.see(open, 'consultation')).stateTerm).toBe('已停止')
    expect(await refusal(w.anyone.get(`/api/public/consultations/${open}`))).toBe('404 not_found')
  })

  it('HNL-057 rules are put before the public with the same tool', async () => {
    const bureau = await w.as('湖南局经办')
    const { id } = await done(
      begin(bureau, 'consultations', 'rules', undefined, {
        title: '公共数据目录编制指南（征求意见稿）',
        text: '第一条……',
        channels: ['mail', 'letter'],
        to: '2026-06-30',
      }),
    )
    const shown = (await w.anyone.get<PublicConsultation>(`/api/public/consultations/${id}`)).body
    expect([shown.title, shown.detail!.draft[0]!.text, shown.detail!.online]).toEqual([
      '公共数据目录编制指南（征求意见稿）',
      '第一条……',
      false,
    ])
    // where the platform is not among the ways, nobody is misled into writing on it
    expect(await refusal(begin(citizen, 'comments', 'online', id, { says: '意见' }))).toBe('422 not_here')
    expect(await refusal(begin(await w.as('公积金经办'), 'consultations', 'rules', undefined, {}))).toBe(
      '403 not_yours',
    )
    expect((await checkProjections(w.app)).differences).toEqual([])
  })
})

// ── levels and jurisdictions ───────────────────────────────────────────────────────────────────────────────────

const counties = {
  organisations: [
    ['changshaBureau', '长沙市数据局（演示）', '430100', ['bureau'], 'hunanBureau'],
    ['yueluBureau', '岳麓区数据局（演示）', '430104', ['bureau'], 'changshaBureau'],
    ['yueluGovernment', '岳麓区人民政府（演示）', '430104', ['government'], 'yueluBureau'],
    ['zhuzhouBureau', '株洲市数据局（演示）', '430200', ['bureau'], 'hunanBureau'],
    ['hunanGovernment', '湖南省人民政府（演示）', '430000', ['government'], 'hunanBureau'],
    ['zhaoqingGovernment', '肇庆市人民政府（演示）', '441200', ['government'], 'guangdongBureau'],
    ['gaoyaoBureau', '高要区政务和数据局（演示）', '441204', ['bureau'], 'zhaoqingBureau'],
    ['party', '湖南省委某部（演示）', '430000', ['dataSource'], 'hunanBureau'],
    ['water', '湖南某水务集团（演示）', '430000', ['dataSource'], 'hunanBureau'],
    ['wholeCentre', '湖南省数据集团中心（演示）', '430000', [], 'hunanBureau'],
  ].map(([key, name, division, roles, under]) => ({
    key,
    name,
    division,
    roles,
    under,
    form: key === 'water' ? 'enterprise' : key === 'wholeCentre' ? 'institution' : 'organ',
    document: '演示',
  })),
  people: [
    ['长沙经办', 'changshaBureau', ['handler']],
    ['岳麓经办', 'yueluBureau', ['handler']],
    ['岳麓审批', 'yueluBureau', ['approver']],
    ['岳麓政府', 'yueluGovernment', ['approver']],
    ['株洲经办', 'zhuzhouBureau', ['handler']],
    ['湖南局审批', 'hunanBureau', ['approver', 'handler']],
    ['省政府审批', 'hunanGovernment', ['approver']],
    ['肇庆局审批', 'zhaoqingBureau', ['approver']],
    ['肇庆政府', 'zhaoqingGovernment', ['approver']],
    ['广东局经办', 'guangdongBureau', ['handler']],
    ['高要经办', 'gaoyaoBureau', ['handler']],
    ['党委经办', 'party', ['handler']],
    ['党委复核', 'party', ['approver']],
    ['水务经办', 'water', ['handler']],
    ['水务复核', 'water', ['approver']],
    ['整体中心经办', 'wholeCentre', ['handler']],
  ].map(([name, org, duties]) => ({ name, org, duties })),
} as never

/** A local plan, written and sent, with an entry of its territory. */
const local = async (clerk: Actor, item: string, title = '本级授权运营实施方案'): Promise<string> => {
  const { id } = await done(begin(clerk, 'plans', 'local', undefined, { title }))
  await done(act(clerk, 'plan', id, 'write', { ...write, items: [item] }))
  await done(act(clerk, 'plan', id, 'submit'))
  return id
}

describe('levels and jurisdictions', () => {
  let w: World
  let item: string
  const as = (name: string): Promise<Actor> => w.as(name)
  beforeAll(async () => {
    w = await world({ more: counties })
    item = await entryOf(
      [await as('实施机构经办'), await as('实施机构复核')],
      { sharing: 'unconditional' },
      { basic: { name: '公积金归集信息' } },
    )
  })
  afterAll(() => w.close())

  it('HNA-022 HNA-028 a county’s plan is decided by its bureau and its government, and filed hop by hop with a receipt at each', async () => {
    const clerk = await as('岳麓经办')
    const plan = await local(clerk, item)
    expect(await refusal((await as('岳麓政府')).act(plan, 'approval.govern', {}, 'plan'))).toBe('409 not_now')
    expect(await complaints((await as('岳麓审批')).act(plan, 'approval.decide', {}, 'plan'))).toEqual([
      'decidedOn',
      'files',
      'meeting',
    ])
    await done(act(await as('岳麓审批'), 'plan', plan, 'approval.decide', { decidedOn: '2026-03-09' }))
    expect((await clerk.see(plan, 'plan')).stateTerm).toBe('本级人民政府审议中')
    await done(act(await as('岳麓政府'), 'plan', plan, 'approval.govern', { decidedOn: '2026-03-09' }))
    expect((await clerk.see(plan, 'plan')).stateTerm).toBe('实施中')
    const [r] = await about(clerk, plan, 'recordal', 'plan')
    await done(act(clerk, 'recordal', r!.id, 'file', { lateReason: undefined }))
    // the province has nothing to receive yet
    expect(await refusal((await as('湖南局经办')).act(r!.id, 'hops.province', { number: 'x' }, 'recordal'))).toBe(
      '409 not_now',
    )
    await done(act(await as('长沙经办'), 'recordal', r!.id, 'hops.city', { number: '长备1号' }))
    await done(act(await as('湖南局经办'), 'recordal', r!.id, 'hops.province', { number: '湘备1号' }))
    expect((await page(clerk, plan)).recordals[0]!.hops.map((h) => [h.term, h.by, h.receipt])).toEqual([
      ['市级', '长沙市数据局（演示）', '长备1号'],
      ['省级', '湖南省数据局', '湘备1号'],
    ])
  })

  it('HNA-014 HNA-015 a bureau oversees the plans of its own territory, the province those of all, a neighbour none', async () => {
    const plans = async (name: string) => (await (await as(name)).list('plans')).total
    expect([
      await plans('岳麓经办'),
      await plans('长沙经办'),
      await plans('湖南局经办'),
      await plans('株洲经办'),
      await plans('肇庆局经办'),
    ]).toEqual([1, 1, 1, 0, 0])
  })

  it('HNA-010 HNA-020 HNA-023 the province has an overall plan and one for the whole, decided by the provincial government’s executive meeting; domains follow the overall plan', async () => {
    const clerk = await as('湖南局经办')
    const boss = await as('湖南局审批')
    const { id: overall } = await done(begin(clerk, 'plans', 'overall', undefined, { title: '省本级总体实施方案' }))
    const writing = (await clerk.see(overall, 'plan')).actions.find((a) => a.act === 'write')!
    const { modes } = (writing.schema as { properties: Record<string, { 'x-options': { term: string }[] }> }).properties
    expect(modes!['x-options'].map((o) => o.term)).toEqual(['整体授权', '分领域授权', '依场景授权'])
    await done(act(clerk, 'plan', overall, 'write', { ...write, modes: ['whole', 'domain'] }))
    await done(act(clerk, 'plan', overall, 'submit'))
    await done(act(boss, 'plan', overall, 'approval.decide', { decidedOn: '2026-03-09' }))
    expect((await clerk.see(overall, 'plan')).stateTerm).toBe('省人民政府常务会议审议中')
    await done(
      act(await as('省政府审批'), 'plan', overall, 'approval.govern', {
        decidedOn: '2026-03-09',
        meeting: '省人民政府第60次常务会议',
      }),
    )
    expect((await page(clerk, overall)).decisions.map((x) => x.meeting)).toContain('省人民政府第60次常务会议')
    // the data administration names who carries out the whole; that body writes its plan
    const centre = await as('整体中心经办')
    const { id: named } = await done(begin(clerk, 'appointments', 'whole', undefined, { implementer: centre.org }))
    await done(act(boss, 'appointment', named, 'confirm', { decidedOn: '2026-03-09' }))
    expect(await refusal(begin(clerk, 'plans', 'whole', named, {}))).toBe('403 not_yours')
    const { id: whole } = await done(begin(centre, 'plans', 'whole', named, { title: '整体授权运营实施方案' }))
    await done(act(centre, 'plan', whole, 'write', { ...write, items: [item] }))
    await done(act(centre, 'plan', whole, 'submit'))
    await done(act(boss, 'plan', whole, 'approval.decide', { decidedOn: '2026-03-09' }))
    expect((await centre.see(whole, 'plan')).stateTerm).toBe('省人民政府常务会议审议中')
    expect((await page(clerk, whole)).overall).toMatchObject({ id: overall, title: '省本级总体实施方案' })
    expect((await page(clerk, overall)).under.map((u) => u.id)).toContain(whole)
    // one body for the whole, and no second
    const { id: again } = await done(begin(clerk, 'appointments', 'whole', undefined, { implementer: centre.org }))
    expect(await refusal(act(boss, 'appointment', again, 'confirm', { decidedOn: '2026-03-09' }))).toBe('409 duplicate')
  })

  it('HNA-004 who has sent a plan cannot decide it even where they hold both duties', async () => {
    const both = await as('湖南局审批')
    const { id: again } = await done(begin(both, 'plans', 'overall', undefined, { title: '总体方案（自送自批）' }))
    await done(act(both, 'plan', again, 'write', { ...write, modes: ['whole'] }))
    await done(act(both, 'plan', again, 'submit'))
    const file = (await both.upload()).id
    const self = both.act(again, 'approval.decide', { decidedOn: '2026-03-09', meeting: '会议', files: [file] }, 'plan')
    expect(await refusal(self)).toBe('403 same_person')
    await done(act(both, 'plan', again, 'withdraw'))
  })

  it('HNP-007 CN-035 HNA-095 data of a party organ and of a public utility may be in a plan, and the plan says how the rules bind them', async () => {
    const clerk = await as('湖南局经办')
    const held: string[] = []
    for (const [people, name, kind] of [
      [['党委经办', '党委复核'], '党费信息', 'party'],
      [['水务经办', '水务复核'], '用水信息', 'utility'],
    ] as const) {
      const [a, b] = await Promise.all(people.map((p) => as(p)))
      await done(act(clerk, 'organisation', a!.org, 'classify', { kind }))
      held.push(await entryOf([a!, b!], { sharing: 'unconditional' }, { basic: { name } }))
    }
    const { id } = await done(begin(clerk, 'plans', 'overall', undefined, { title: '总体方案二' }))
    await done(act(clerk, 'plan', id, 'write', { ...write, modes: ['whole'], items: held }))
    expect((await page(clerk, id)).annex.map((e) => [e.name, e.applies])).toEqual([
      ['党费信息', '参照本规范执行'],
      ['用水信息', '可参考本规范相关程序要求授权使用，接受政府和社会监督'],
    ])
  })

  it('ZQ-001 ZQ-008 ZQ-016 ZQ-017 in Zhaoqing the bureau writes the plan of the city, “三重一大” and the city government decide, and no day is set for filing', async () => {
    const clerk = await as('肇庆局经办')
    // only the city’s own plan: there is no overall, whole or domain plan of a province here
    expect(await refusal(begin(clerk, 'plans', 'overall', undefined, {}))).toBe('422 not_here')
    expect(await refusal(begin(await as('数源机构经办'), 'plans', 'local', undefined, {}))).toBe('403 not_yours')
    const plan = await local(clerk, item)
    const states = [(await clerk.see(plan, 'plan')).stateTerm]
    await done(act(await as('肇庆局审批'), 'plan', plan, 'approval.decide', { decidedOn: '2026-03-09' }))
    states.push((await clerk.see(plan, 'plan')).stateTerm)
    await done(act(await as('肇庆政府'), 'plan', plan, 'approval.govern', { decidedOn: '2026-03-09' }))
    states.push((await clerk.see(plan, 'plan')).stateTerm)
    expect(states).toEqual(['“三重一大”审议中', '市人民政府审议中', '实施中'])
    const [r] = await about(clerk, plan, 'recordal', 'plan')
    const seen = await clerk.see(r!.id, 'recordal')
    expect([seen.facts.find((f) => f.term === '报送期限')?.value, seen.dues.filter((x) => x.kind === 'limit')]).toEqual(
      ['文件未定', []],
    )
    // the bureau follows all of its territory
    expect((await clerk.list('plans')).total).toBe(1)

    // ZQ-018: what was decided is fixed; a major change goes the same way again, the old plan in force meanwhile
    expect(await refusal(clerk.act(plan, 'write', {}, 'plan'))).toBe('409 not_now')
    const { id: changed } = await done(begin(clerk, 'plans', 'local', plan))
    await done(act(clerk, 'plan', changed, 'write', { security: '增加应急演练' }))
    await done(act(clerk, 'plan', changed, 'submit'))
    expect((await page(clerk, changed)).replaces!.changes.map((c) => c.now)).toContain('增加应急演练')
    expect([(await clerk.see(plan, 'plan')).stateTerm, (await clerk.see(changed, 'plan')).stateTerm]).toEqual([
      '实施中',
      '“三重一大”审议中',
    ])
  })

  it('ZQ-018 an approved plan is immutable, and its change is a case that goes the whole chain', async () => {
    const clerk = await as('肇庆局经办')
    const [plan] = (await clerk.list('plans?state=inForce')).rows
    expect((await clerk.see(plan!.id, 'plan')).actions.map((a) => a.act)).not.toContain('write')
    expect(await refusal(clerk.act(plan!.id, 'write', { title: '改' }, 'plan'))).toBe('409 not_now')
    expect(await refusal(begin(clerk, 'plans', 'local', plan!.id))).toBe('409 duplicate')
  })

  it('ZQ-065 a county of Zhaoqing works under the city’s rules', async () => {
    const clerk = await as('高要经办')
    const plan = await local(clerk, item)
    const seen = await clerk.see(plan, 'plan')
    expect(seen.rules.layers.map((l) => l.title)).toContain('肇庆市')
    expect(seen.stateTerm).toBe('“三重一大”审议中')
    expect(seen.timeline.find((e) => e.act === 'submit')!.basis).toContain('肇庆办法')
  })

  it('HNL-033 nobody is asked to report where only a superseded draft says so', async () => {
    expect(await refusal(begin(await as('长沙经办'), 'recordals', 'report', undefined, {}))).toBe('422 not_here')
  })
})

describe('where the draft ordinance is switched on', () => {
  let w: World
  let d: Domain
  beforeAll(async () => {
    const more = provincials as { organisations: unknown[]; people: unknown[] }
    const add = counties as { organisations: { key: string }[]; people: { org: string }[] }
    const keys = ['changshaBureau', 'zhuzhouBureau']
    w = await world({
      enabled: ['hunan-ordinance-draft'],
      more: {
        organisations: [...more.organisations, ...add.organisations.filter((o) => keys.includes(o.key))],
        people: [...more.people, ...add.people.filter((p) => keys.includes(p.org))],
      } as never,
    })
    d = await domainOf(w)
  })
  afterAll(() => w.close())

  it('HNL-031 no department authorizes by itself: the data administration decides with it, and the conflict with the rules in force is shown', async () => {
    const plan = await planned(d, await appointed(d, w), [await anEntry(d, '公积金缴存信息')])
    await done(act(d.bureau, 'plan', plan, 'approval.review'))
    await done(act(d.unitBoss, 'plan', plan, 'approval.decide', { decidedOn: '2026-03-09' }))
    expect((await d.clerk.see(plan, 'plan')).stateTerm).toBe('省数据主管部门会同审定中')
    expect(await refusal(d.unitBoss.act(plan, 'approval.joint', {}, 'plan'))).toBe('403 not_yours')
    await done(act(d.bureauBoss, 'plan', plan, 'approval.joint', { decidedOn: '2026-03-09' }))
    await done(act(d.government, 'plan', plan, 'approval.consent', { decidedOn: '2026-03-09' }))
    const library = (
      await w.anyone.get<{ rules: { path: string; layer: string; note: string; overrides: { layer: string }[] }[] }>(
        '/api/public/policies?division=430000',
      )
    ).body
    const rule = library.rules.find((r) => r.path === 'authorization.plan.approval.domain.steps')!
    expect([rule.layer, rule.overrides[0]!.layer, rule.note]).toEqual([
      'hunan-ordinance-draft',
      'hunan',
      expect.stringContaining('草案与现行规定不一致'),
    ])
  })

  it('HNL-033 a city reports to the province, of its own accord or when asked, and gets a receipt', async () => {
    const city = await w.as('长沙经办')
    const { id } = await done(begin(city, 'recordals', 'report', undefined, { period: '2026年度' }))
    expect((await city.see(id, 'recordal')).stateTerm).toBe('待省级数据管理部门接收')
    await done(act(d.bureau, 'recordal', id, 'hops.province', { number: '湘收1号' }))
    const seen = await city.see(id, 'recordal')
    expect([seen.stateTerm, seen.facts.find((f) => f.term === '备案编号')?.value]).toEqual(['已备案', '湘收1号'])
    const other = await w.as('株洲经办')
    const { id: asked } = await done(
      begin(d.bureau, 'recordals', 'report', undefined, {
        filer: other.org,
        period: '2026年上半年',
        fileBy: '2026-03-20',
      }),
    )
    expect((await other.list('tasks')).rows.map((r) => r.id)).toContain(asked)
    await onDay(w, '2026-03-23')
    expect((await d.bureau.see(asked, 'recordal')).facts.find((f) => f.term === '报送情况')?.value).toBe('逾期未报送')
    expect(await refusal(act(other, 'recordal', asked, 'file', { lateReason: undefined }))).toBe('422 late')
    await done(act(other, 'recordal', asked, 'file', { lateReason: '数据核对' }))
    await done(act(d.bureau, 'recordal', asked, 'hops.province', { number: '湘收2号' }))
    expect(await refusal(begin(d.clerk, 'recordals', 'report', undefined, {}))).toBe('403 not_yours')
    expect((await checkProjections(w.app)).differences).toEqual([])
  })

  it('HNL-057 the draft’s own hearing was by mail and letter, and that is what is offered', async () => {
    const form = await d.bureau.get<{ schema: { properties: Record<string, { 'x-options': { term: string }[] }> } }>(
      '/api/consultations/form?kind=rules',
    )
    expect(form.body.schema.properties['channels']!['x-options'].map((o) => o.term)).toEqual(['电子邮件', '信函'])
  })
})

it('CN-024 where only the norms bind, “三重一大” and the government decide, and the province keeps what is on file', async () => {
  const w = await world({
    more: {
      organisations: [
        ['hefei', '合肥市数据管理部门（演示）', '340100', ['bureau']],
        ['hefeiGovernment', '合肥市人民政府（演示）', '340100', ['government']],
      ].map(([key, name, division, roles]) => ({
        key,
        name,
        division,
        roles,
        form: 'organ',
        document: '演示',
        under: 'anhuiBureau',
      })),
      people: [
        { name: '合肥经办', org: 'hefei', duties: ['handler'] },
        { name: '合肥审批', org: 'hefei', duties: ['approver'] },
        { name: '合肥政府', org: 'hefeiGovernment', duties: ['approver'] },
      ],
    } as never,
  })
  try {
    const clerk = await w.as('合肥经办')
    const item = await entryOf(
      [await w.as('公积金经办'), await w.as('公积金复核')],
      { sharing: 'unconditional' },
      { basic: { name: '公积金缴纳信息' } },
    )
    const plan = await local(clerk, item)
    expect((await clerk.see(plan, 'plan')).stateTerm).toBe('“三重一大”审议中')
    await done(act(await w.as('合肥审批'), 'plan', plan, 'approval.decide', { decidedOn: '2026-03-09' }))
    expect((await clerk.see(plan, 'plan')).stateTerm).toBe('本级人民政府审议中')
    await done(act(await w.as('合肥政府'), 'plan', plan, 'approval.govern', { decidedOn: '2026-03-09' }))
    expect(await refusal(clerk.act(plan, 'write', {}, 'plan'))).toBe('409 not_now')
    const [r] = await about(clerk, plan, 'recordal', 'plan')
    await done(act(clerk, 'recordal', r!.id, 'file', { lateReason: undefined }))
    const province = await w.as('安徽督导员')
    expect((await province.list('recordals')).rows.map((x) => x.id)).toContain(r!.id)
    await done(act(province, 'recordal', r!.id, 'hops.province', { number: '皖演1号' }))
    expect((await clerk.see(r!.id, 'recordal')).stateTerm).toBe('已备案')
  } finally {
    await w.close()
  }
})
