import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkProjections } from '#application'
import { world, type Actor, type World } from '../world.ts'
import {
  complaints,
  deep,
  deposit,
  done,
  drive,
  materials,
  publicRecord,
  refusal,
  registered,
  start,
  team,
  told,
  type Team,
  type Values,
} from '../cases.ts'

let w: World
let hunan: Team
let operator: Team
let luan: Team
let zhaoqing: Team
beforeAll(async () => {
  w = await world({
    lists: true,
    more: {
      organisations: [
        {
          key: 'club',
          name: '某合伙企业',
          form: 'unincorporated',
          division: '341500',
          roles: ['dataProvider', 'operator'],
          document: '某文',
          under: 'luanBureau',
        },
      ],
      people: [
        { name: '合伙企业经办', org: 'club', duties: ['handler'] },
        { name: '公积金双岗', org: 'fund', duties: ['handler', 'approver'] },
      ],
    },
  })
  ;[hunan, operator, luan, zhaoqing] = await Promise.all([
    team(w, 'hunan'),
    team(w, 'hunanOperator'),
    team(w, 'luan'),
    team(w, 'zhaoqing'),
  ])
})
afterAll(() => w.close())

const signed = { truthful: true, signer: '张某' }
const ready = async (t: Team, asked: Parameters<typeof start>[1] = {}, over: Values = {}): Promise<string> => {
  const id = await start(t.clerk, asked)
  await drive(w, t, id, 'ready', over)
  return id
}
/** The fields refused when these values of otherwise complete materials are put forward. */
const wrong = async (t: Team, over: Values, asked: Parameters<typeof start>[1] = {}): Promise<string[]> => {
  const id = await start(t.clerk, asked)
  return complaints(t.clerk.act(id, 'propose', await materials(t.clerk, id, 'propose', over)))
}

describe('登记细则 第三条、登记办法 第三条 什么可以登记,谁可以登记', () => {
  it('CN-001 a body that is no legal person is refused, whatever it has been named', async () => {
    const club = await w.as('合伙企业经办')
    for (const variant of ['resource', 'product'] as const)
      expect(await refusal(club.send('POST', '/api/applications', { kind: 'first', variant }))).toBe(
        '422 not_registrant',
      )
    expect((await club.list('applications')).total).toBe(0)
  })

  it('CN-001 what lies in an authorized scope is registered by its holder by duty or by whom the scope was given to', async () => {
    const open = (who: Actor, variant: string, scope: string) =>
      refusal(who.send('POST', '/api/applications', { kind: 'first', variant, scope }))
    const works = await w.as('运营机构经办')
    expect(await open(works, 'resource', 'authorized')).toBe('422 not_registrant')
    expect(await open(works, 'product', 'authorized')).toBe('200 done')
    expect(await open(luan.clerk, 'product', 'authorized')).toBe('422 not_registrant')
    expect(await open(luan.clerk, 'resource', 'authorized')).toBe('200 done')
    // outside it, whoever holds the data may
    expect(await open(works, 'resource', 'other')).toBe('200 done')
  })

  it('CN-001 nobody registers in their own name', async () => {
    const citizen = await w.as('公民王女士')
    expect(await refusal(citizen.send('POST', '/api/applications', { kind: 'first' }))).toBe('422 not_registrant')
  })

  it('CN-004 a holder that may be a central body is asked, told where it belongs, and not refused', async () => {
    for (const central of ['maybe', 'yes', 'no']) {
      const id = await ready(luan, {}, { subject: { central } })
      const c = await luan.clerk.see(id)
      const remark = c.remarks.find((r) => r.kind === 'warn')
      expect(remark?.basis).toBe(central === 'no' ? undefined : '《登记办法》第六条第三款')
      if (remark) expect(remark.says).toContain('国家数据局指定的事业单位')
      expect((await done(luan.clerk.act(id, 'submit', signed))).state).toBe('submitted')
    }
    expect(await wrong(luan, { subject: { central: '' } })).toEqual(['subject.central'])
  })
})

describe('登记细则 第七条 登记主体经业务审核后,通过登记平台提出登记申请', () => {
  it('HNR-023 nothing reaches the registrar before the business review, and the one who wrote it does not sign it', async () => {
    const id = await start(hunan.clerk)
    await drive(w, hunan, id, 'proposed')
    expect(await refusal(hunan.clerk.act(id, 'submit', signed))).toBe('409 not_now')
    expect(await refusal(hunan.clerk.act(id, 'businessReview.signoff'))).toBe('403 not_yours')
    expect((await hunan.boss.list('tasks')).rows.map((r) => r.id)).toContain(id)
    await done(hunan.boss.act(id, 'businessReview.signoff'))
    expect((await done(hunan.clerk.act(id, 'submit', signed))).state).toBe('submitted')
  })

  it('CN-016 the business review is apart from the drafting also where one person has both duties', async () => {
    const both = await w.as('公积金双岗')
    const id = await start(both)
    await done(both.act(id, 'propose', await materials(both, id)))
    expect(await refusal(both.act(id, 'businessReview.signoff'))).toBe('403 same_person')
    expect((await done(luan.boss.act(id, 'businessReview.signoff'))).state).toBe('ready')
  })

  it('HNR-023 the review may send it back with its reason', async () => {
    const id = await start(hunan.clerk)
    await drive(w, hunan, id, 'proposed')
    expect(await complaints(hunan.boss.act(id, 'businessReview.signoff.return', {}))).toEqual(['reason'])
    await done(hunan.boss.act(id, 'businessReview.signoff.return', { reason: '简介过于笼统' }))
    expect((await hunan.clerk.see(id)).stateTerm).toBe('草稿')
  })

  it('HNR-024 several holders apply jointly, or one for all, and the written consent of each other holder is part of it', async () => {
    const consent = (await hunan.clerk.upload('协商一致.pdf')).id
    const other = { name: '某供水公司', uscc: '91350100M000100Y43' }
    for (const jointly of ['agreed', 'joint']) {
      expect(await wrong(hunan, { subject: { jointly, holders: undefined } })).toEqual(['subject.holders'])
      expect(await wrong(hunan, { subject: { jointly, holders: [other] } })).toEqual(['subject.holders.0.consent'])
      const id = await ready(hunan, {}, { subject: { jointly, holders: [{ ...other, consent }] } })
      await done(hunan.clerk.act(id, 'submit', signed))
      const c = await hunan.desk.see(id)
      const holders = c.materials.find((g) => g.key === 'subject')!.fields!.find((f) => f.key === 'holders')!
      expect(holders.rows![0]!.map((f) => f.text ?? f.files)).toEqual(['某供水公司', other.uscc, [consent]])
      // the registrar can open the consent itself
      expect((await hunan.desk.get(`/api/files/${consent}?case=${id}`)).status).toBe(200)
    }
  })

  it('HNR-024 CN-016 who applied jointly is 登记主体 on the certificate, in the notice and in the register; who only agreed is not', async () => {
    const consent = (await luan.clerk.upload('协商一致.pdf')).id
    const other = { name: '某供水公司', uscc: '91350100M000100Y43' }
    for (const [jointly, named] of [
      ['joint', true],
      ['agreed', false],
    ] as const) {
      const { code } = await registered(w, luan, {}, { subject: { jointly, holders: [{ ...other, consent }] } })
      expect(
        w.drawn
          .at(-1)!
          .holders.map((h) => h.name)
          .includes(other.name),
      ).toBe(named)
      const { holder, holderUscc } = await publicRecord(w, code)
      expect([holder.endsWith(`、${other.name}`), holderUscc.endsWith(`、${other.uscc}`)]).toEqual([named, named])
    }
  })

  it('HNR-024 the credit code of every holder is checked', async () => {
    const consent = (await hunan.clerk.upload()).id
    const holders = [{ name: '某供水公司', uscc: '91350100M000100Y44', consent }]
    expect(await wrong(hunan, { subject: { jointly: 'joint', holders } })).toEqual(['subject.holders.0.uscc'])
  })

  it('CN-016 in the national rules too one holder applies for all only with their consent', async () => {
    const consent = (await luan.clerk.upload()).id
    const holders = [{ name: '某供水公司', uscc: '91350100M000100Y43' }]
    expect(await wrong(luan, { subject: { jointly: 'agreed', holders } })).toEqual(['subject.holders.0.consent'])
    await ready(luan, {}, { subject: { jointly: 'agreed', holders: [{ ...holders[0]!, consent }] } })
  })

  it('HNR-026 without a deposit of the evidence the application is not taken', async () => {
    const id = await start(hunan.clerk)
    await done(hunan.clerk.act(id, 'propose', await materials(hunan.clerk, id)))
    await done(hunan.boss.act(id, 'businessReview.signoff'))
    expect(await refusal(hunan.clerk.act(id, 'submit', signed))).toBe('422 no_evidence')
    await deposit(hunan.clerk, id)
    expect((await done(hunan.clerk.act(id, 'submit', signed))).state).toBe('submitted')
  })

  it('CN-016 in the national rules too the deposit comes before the application', async () => {
    const id = await start(luan.clerk)
    await done(luan.clerk.act(id, 'propose', await materials(luan.clerk, id)))
    await done(luan.boss.act(id, 'businessReview.signoff'))
    expect(await refusal(luan.clerk.act(id, 'submit', signed))).toBe('422 no_evidence')
  })

  it('HNR-026 the deposit records method, digests and time of what was deposited', async () => {
    const bytes = Buffer.from('姓名,缴存额\n张某,1200\n')
    const file = await hunan.clerk.upload('缴存.csv', bytes)
    const id = await start(hunan.clerk)
    await done(hunan.clerk.act(id, 'deposit', { method: 'files', files: [file.id], coverage: '全量', custody: 'self' }))
    const made = (await hunan.clerk.see(id)).timeline.at(-1)!
    const said = Object.fromEntries(made.detail.map((d) => [d.key, d.text]))
    expect(said).toMatchObject({
      method: '数据文件摘要',
      coverage: '全量',
      'sha256.0': createHash('sha256').update(bytes).digest('hex'),
      'sm3.0': createHash('sm3').update(bytes).digest('hex'),
    })
    expect(Math.abs(Date.parse(said['time']!) - Date.now())).toBeLessThan(60_000)
  })

  it('HNR-026 a database in use is deposited by its structure, samples and provenance', async () => {
    const id = await start(hunan.clerk)
    const living = {
      method: 'living',
      schema: 'id, 单位, 金额',
      provenance: '缴存业务系统',
      coverage: '结构',
      custody: 'self',
    }
    const digest = async (values: Values): Promise<string> => {
      await done(hunan.clerk.act(id, 'deposit', values))
      return (await hunan.clerk.see(id)).timeline.at(-1)!.detail.find((d) => d.key === 'sha256.0')!.text!
    }
    const first = await digest(living)
    expect(first).toMatch(/^[0-9a-f]{64}$/)
    expect(await digest(living)).toBe(first)
    expect(await digest({ ...living, schema: 'id, 单位' })).not.toBe(first)
    expect(await complaints(hunan.clerk.act(id, 'deposit', { ...living, provenance: '' }))).toEqual(['provenance'])
  })

  it('HNR-026 what belongs to another organisation cannot be deposited', async () => {
    const id = await start(hunan.clerk)
    const foreign = (await luan.clerk.upload()).id
    const values = { method: 'files', files: [foreign], coverage: '全量', custody: 'self' }
    expect(await complaints(hunan.clerk.act(id, 'deposit', values))).toEqual(['files'])
  })

  it('HNR-027 who submits answers for truth, completeness, legality and validity by name', async () => {
    const id = await ready(hunan)
    const form = (await hunan.clerk.see(id)).actions.find((a) => a.act === 'submit')!
    const properties = form.schema['properties'] as Record<string, { title: string }>
    for (const word of ['真实性', '完整性', '合法性', '有效性']) expect(properties['truthful']!.title).toContain(word)
    expect(await complaints(hunan.clerk.act(id, 'submit', { signer: '张某' }))).toEqual(['truthful'])
    expect(await complaints(hunan.clerk.act(id, 'submit', { truthful: false, signer: '张某' }))).toEqual(['truthful'])
    expect(await complaints(hunan.clerk.act(id, 'submit', { truthful: true, signer: '' }))).toEqual(['signer'])
    await done(hunan.clerk.act(id, 'submit', signed))
    const last = (await hunan.desk.see(id)).timeline.at(-1)!
    expect(last.detail.map((d) => d.text)).toEqual(['是', '张某'])
  })

  it('HNR-027 the commitment letter is a document of the application', async () => {
    expect(await wrong(hunan, { compliance: { commitment: '' } })).toEqual(['compliance.commitment'])
  })

  it('CN-016 in the national rules too nothing is submitted without that answer', async () => {
    const id = await ready(luan)
    expect(await complaints(luan.clerk.act(id, 'submit', {}))).toEqual(['signer', 'truthful'])
  })
})

describe('登记细则 第七条(三) 同一数据不得重复申请登记', () => {
  it('HNR-028 not while another application for the same catalogue item is under way, and again once that one is withdrawn', async () => {
    const item = (await luan.clerk.list('items?q=公积金&limit=1')).rows[0]!.id
    const one = await ready(luan, { item })
    const two = await ready(luan, { item })
    await done(luan.clerk.act(one, 'submit', signed))
    expect(await refusal(luan.clerk.act(two, 'submit', signed))).toBe('409 duplicate')
    expect((await luan.clerk.see(two)).stateTerm).toBe('待提交')
    await done(luan.clerk.act(one, 'withdraw', { reason: '重新整理' }))
    await done(luan.clerk.act(two, 'submit', signed))
  })

  it('HNR-028 not with a deposit that another organisation has applied with', async () => {
    const bytes = Buffer.from('同一份数据')
    const apply = async (t: Team): Promise<string> => {
      const id = await start(t.clerk)
      const file = (await t.clerk.upload('数据.txt', bytes)).id
      await done(t.clerk.act(id, 'deposit', { method: 'files', files: [file], coverage: '全量', custody: 'self' }))
      await drive(w, t, id, 'ready')
      return id
    }
    const [mine, theirs] = [await apply(hunan), await apply(zhaoqing)]
    await done(hunan.clerk.act(mine, 'submit', signed))
    expect(await refusal(zhaoqing.clerk.act(theirs, 'submit', signed))).toBe('409 duplicate')
  })

  it('HNR-028 two submissions at the same moment: one is taken', async () => {
    const item = (await luan.clerk.list('items?q=公积金&limit=3')).rows[1]!.id
    const ids = [await ready(luan, { item }), await ready(luan, { item })]
    const answers = await Promise.all(ids.map((id) => refusal(luan.clerk.act(id, 'submit', signed))))
    expect(answers.sort()).toEqual(['200 done', '409 duplicate'])
  })
})

describe('登记细则 第九条(一) 首次登记应提交的材料', () => {
  it('HNR-035 compliance: origin, generation, storage path, declaration and commitment letter', async () => {
    const nothing = { origin: [], generation: '', storagePath: '', declaration: '', commitment: '' }
    expect(await wrong(hunan, { compliance: nothing })).toEqual(
      ['commitment', 'declaration', 'generation', 'origin', 'storagePath'].map((f) => `compliance.${f}`),
    )
  })

  it('HNR-036 the resource: what it is, how it is stored and shared, its authorization and who else owns it', async () => {
    expect(
      await wrong(hunan, { resource: { name: '', summary: '', format: '', fields: [], storage: '', sharing: '' } }),
    ).toEqual(['fields', 'format', 'name', 'sharing', 'storage', 'summary'].map((f) => `resource.${f}`))
    const agreement = { agreementNo: '湘授〔2026〕1号', operator: '某运营机构', agreementFrom: '2026-01-01' }
    const id = await ready(hunan, {}, { resource: { coOwned: '与某厅共有' }, authorization: agreement })
    const c = await hunan.clerk.see(id)
    const group = (key: string): Record<string, string | undefined> =>
      Object.fromEntries(c.materials.find((g) => g.key === key)!.fields!.map((f) => [f.key, f.text]))
    expect(group('resource')).toMatchObject({ coOwned: '与某厅共有', sharing: '无条件共享' })
    expect(group('authorization')).toMatchObject(agreement)
  })

  it('HNR-037 evidence kept by a third party needs the party named and its proof', async () => {
    const id = await start(hunan.clerk)
    const [data, proof] = [(await hunan.clerk.upload()).id, (await hunan.clerk.upload()).id]
    const third: Values = { method: 'files', files: [data], coverage: '全量', custody: 'third' }
    expect(await complaints(hunan.clerk.act(id, 'deposit', third))).toEqual(['proof', 'provider'])
    expect(await complaints(hunan.clerk.act(id, 'deposit', { ...third, provider: '某存证公司', proof: [] }))).toEqual([
      'proof',
    ])
    await done(hunan.clerk.act(id, 'deposit', { ...third, provider: '某存证公司', proof: [proof] }))
    const said = (await hunan.clerk.see(id)).timeline.at(-1)!.detail
    expect(said.find((d) => d.key === 'provider')?.text).toBe('某存证公司')
    expect(said.find((d) => d.key === 'proof')?.files).toEqual([proof])
  })

  it('HNR-038 a product: name, type, summary, industry and purpose', async () => {
    const product = { name: '', type: [], summary: '', industry: '', purpose: '' }
    expect(await wrong(operator, { product }, { variant: 'product' })).toEqual(
      ['industry', 'name', 'purpose', 'summary', 'type'].map((f) => `product.${f}`),
    )
    await ready(operator, { variant: 'product' })
  })

  it('HNR-039 scenarios in which it serves, each with name, industry and problem', async () => {
    expect(await wrong(hunan, { scenarios: { allowed: [] } })).toEqual(['scenarios.allowed'])
    expect(await wrong(hunan, { scenarios: { allowed: [{ name: '贷款审批' }] } })).toEqual([
      'scenarios.allowed.0.industry',
      'scenarios.allowed.0.problem',
    ])
  })

  it('HNR-039 scenarios in which it must not be used are listed, or said not to exist', async () => {
    expect(await wrong(hunan, { scenarios: { limits: '' } })).toEqual(['scenarios.limits'])
    expect(await wrong(hunan, { scenarios: { limits: 'some', forbidden: undefined } })).toEqual(['scenarios.forbidden'])
    expect(await wrong(hunan, { scenarios: { limits: 'some', forbidden: [{ name: '商业营销' }] } })).toEqual([
      'scenarios.forbidden.0.industry',
      'scenarios.forbidden.0.problem',
    ])
    await ready(
      hunan,
      {},
      { scenarios: { limits: 'some', forbidden: [{ name: '商业营销', industry: '金融', problem: '侵扰' }] } },
    )
  })

  it('HNR-040 what is used for authorized operation needs its risk assessment report, other data does not', async () => {
    expect(await wrong(hunan, { risk: { report: undefined } })).toEqual(['risk.report'])
    await ready(hunan, { scope: 'other' }, { risk: { report: undefined } })
  })

  it('HNR-040 a report that is not there is no report', async () => {
    const foreign = (await luan.clerk.upload()).id
    expect(await wrong(hunan, { risk: { report: foreign } })).toEqual(['risk.report'])
  })
})

describe('登记办法 第九条(一) where no local text says otherwise', () => {
  it('CN-017 seven kinds of material in Zhaoqing', async () => {
    const id = await start(zhaoqing.clerk)
    const complete = await materials(zhaoqing.clerk, id)
    for (const group of ['subject', 'compliance', 'resource', 'scenarios']) {
      const { [group]: _, ...rest } = complete
      expect(await complaints(zhaoqing.clerk.act(id, 'propose', rest))).toEqual([group])
    }
    expect(
      await complaints(zhaoqing.clerk.act(id, 'propose', deep(complete, { risk: { report: undefined } }))),
    ).toEqual(['risk.report'])
    expect(Object.keys(complete)).toEqual(
      expect.arrayContaining(['subject', 'compliance', 'resource', 'scenarios', 'risk']),
    )
    const asked = (await zhaoqing.clerk.see(id)).actions.find((a) => a.act === 'propose')!.schema['x-order']
    expect(asked).toEqual([
      'subject',
      'compliance',
      'resource',
      'authorization',
      'evidence',
      'products',
      'scenarios',
      'risk',
    ])
    await done(zhaoqing.clerk.act(id, 'propose', complete))
  })

  it("CN-017 seven kinds of material in Lu'an", async () => {
    const id = await start(luan.clerk)
    const complete = await materials(luan.clerk, id)
    for (const group of ['subject', 'compliance', 'resource', 'scenarios']) {
      const { [group]: _, ...rest } = complete
      expect(await complaints(luan.clerk.act(id, 'propose', rest))).toEqual([group])
    }
    expect(await complaints(luan.clerk.act(id, 'propose', deep(complete, { risk: { report: undefined } })))).toEqual([
      'risk.report',
    ])
    await done(luan.clerk.act(id, 'propose', complete))
  })
})

describe('登记细则 第十五条 精简登记材料', () => {
  it('HNR-070 what the catalogue and the register know is filled in', async () => {
    const item = (await luan.clerk.list('items?q=公积金&limit=1')).rows[0]!
    const id = await start(luan.clerk, { item: item.id })
    const value = (await luan.clerk.see(id)).actions.find((a) => a.act === 'propose')!.value as Record<string, Values>
    expect(value['subject']!['name']).toBe('市公积金中心')
    expect(value['resource']!['name']).toBe(item.title)
    expect(value['resource']!['updateFrequency']).toBe(item.facts.find((f) => f.term === '更新频率')!.value)
  })

  it('HNR-070 what a registrant has said about itself once is not asked again', async () => {
    await ready(luan, {}, { subject: { contactName: '李某', contactPhone: '0564-1' } })
    const next = await start(luan.clerk)
    const value = (await luan.clerk.see(next)).actions.find((a) => a.act === 'propose')!.value as Record<string, Values>
    expect(value['subject']).toMatchObject({ contactName: '李某', contactPhone: '0564-1' })
    // and not told to anyone else
    const theirs = await start(zhaoqing.clerk)
    const first = (await zhaoqing.clerk.see(theirs)).actions.find((a) => a.act === 'propose')!.value as Record<
      string,
      Values
    >
    expect(first['subject']?.['contactName']).not.toBe('李某')
  })

  it('HNR-070 a draft is kept, and two desks do not overwrite each other', async () => {
    const id = await start(luan.clerk)
    const save = (rev: number, name: string) =>
      luan.clerk.send('PUT', `/api/applications/${id}/draft`, { rev, content: { resource: { name } } })
    expect(await done(save(0, '甲'))).toEqual({ rev: 1 })
    expect(await refusal(save(0, '乙'))).toBe('409 stale')
    const value = (await luan.clerk.see(id)).actions.find((a) => a.act === 'propose')!.value
    expect(value).toEqual({ resource: { name: '甲' } })
    expect(await told(luan.desk, id)).toEqual([])
  })
})

it('every projection is what its events say', async () => {
  expect((await checkProjections(w.app)).differences).toEqual([])
})
