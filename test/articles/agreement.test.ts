import ExcelJS from 'exceljs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkProjections, matterOf, rulesFor } from '#application'
import type { Authorization, AuthorizationList, CaseView, PolicyView } from '#contract'
import type { Guard } from '#domain/kernel'
import { digestOf } from '#ledger'
import { asSystem, organisations, readCase } from '#store'
import {
  about,
  act,
  agreed,
  anEntry,
  appointed,
  approved,
  domainOf,
  onDay,
  planned,
  provincials,
  recorded,
  selected,
  today,
  type Domain,
} from '../authorization.ts'
import { bySystem, chosenIn, cityOf, legacyOf, locals, theOne } from '../agreements.ts'
import { complaints, done, dueOf, refusal, told, type Values } from '../cases.ts'
import { sealed, sealer } from '../seals.ts'
import { begin, entryOf } from '../sharing.ts'
import { fill, pdf, world, type Actor, type World } from '../world.ts'

const more = {
  organisations: [...(provincials as { organisations: object[] }).organisations, ...locals.organisations],
  people: [...(provincials as { people: object[] }).people, ...locals.people],
} as never

let w: World
let d: Domain
let item: string
let other: string
let plan: string
beforeAll(async () => {
  w = await world({ more })
  d = await domainOf(w)
  item = await anEntry(d, '公积金缴存信息')
  other = await anEntry(d, '公积金贷款信息')
  plan = await planned(d, await appointed(d, w), [item, other])
  await approved(d, w, plan)
})
afterAll(() => w.close())

const drafted = async (selection: string): Promise<string> =>
  (await done(begin(d.clerk, 'agreements', 'domain', selection))).id
const write = (id: string, over: Values = {}) =>
  act(d.clerk, 'agreement', id, 'write', {
    items: [item],
    termFrom: '2026-04-01',
    termTo: '2029-03-31',
    termReason: undefined,
    ...over,
  })
const see = (id: string, who: Actor = d.clerk): Promise<CaseView> => who.see(id, 'agreement')
const actsOf = async (id: string, who: Actor): Promise<string[]> => (await see(id, who)).actions.map((a) => a.act)

describe('an agreement, clause by clause', () => {
  it('CN-027 HNA-040 says all of the thirteen things that the norms list, or is not complete', async () => {
    const id = await drafted(await selected(d, w, plan))
    const open = (await see(id)).actions.find((a) => a.act === 'write')!
    expect((await see(id)).agreement!.clauses.map((c) => c.no).filter((n, i, all) => all.indexOf(n) === i)).toEqual(
      [...'一二三四五六七八九十', '十一', '十二', '十三'].map((n) => `（${n}）`),
    )
    const words = ['standards', 'platform', 'assets', 'disclosure', 'accounting', 'security', 'evaluation', 'breach']
    const paper = (await d.clerk.upload()).id
    const whole = fill(open.schema, paper, { items: [item], termFrom: '2026-04-01', termTo: '2029-03-31' })
    for (const key of [...words, 'disputes', 'changes', 'items', 'products', 'termTo']) {
      const { [key]: _left, ...rest } = whole
      expect([key, await complaints(d.clerk.act(id, 'write', rest, 'agreement'))]).toEqual([key, [key]])
    }
    // words that say nothing are no clause
    expect(await complaints(write(id, { disputes: '  ' }))).toEqual(['disputes'])
    expect((open.schema['required'] as string[]).includes('other')).toBe(false)
    await done(write(id))
    expect((await see(id)).agreement!.clauses.filter((c) => !c.there).map((c) => c.key)).toEqual(['other'])
    await done(act(d.boss, 'agreement', id, 'drop'))
  })

  it('HNA-038 CN-026 is signed after deliberation, with the body chosen, and by a document', async () => {
    // under a selection that has not been decided nothing is drafted
    const { id: undecided } = await done(begin(d.clerk, 'selections', 'openTender', plan))
    expect(await refusal(begin(d.clerk, 'agreements', 'domain', undecided))).toBe('422 not_selected')
    const selection = await selected(d, w, plan)
    const id = await drafted(selection)
    await done(write(id))
    const sign = (over: Values = {}) => act(d.boss, 'agreement', id, 'sign', { signedOn: today(w), ...over })
    expect(await refusal(sign())).toBe('409 not_now')
    await done(act(d.clerk, 'agreement', id, 'submit'))
    expect(await refusal(sign())).toBe('409 not_now')
    expect(await refusal(d.operatorBoss.act(id, 'countersign', {}, 'agreement'))).toBe('409 not_now')
    // deliberation: an extract of minutes, on a day that has come
    expect(await complaints(act(d.boss, 'agreement', id, 'deliberation.decide', { files: [] }))).toEqual(['files'])
    expect(await complaints(act(d.boss, 'agreement', id, 'deliberation.decide', { decidedOn: '2026-03-10' }))).toEqual([
      'decidedOn',
    ])
    await done(act(d.boss, 'agreement', id, 'deliberation.decide', { decidedOn: today(w) }))
    // never by a click alone, and never before it was deliberated
    expect(await complaints(d.boss.act(id, 'sign', {}, 'agreement'))).toEqual(['file', 'manner', 'signedOn', 'signer'])
    expect(await complaints(sign({ file: [] }))).toEqual(['file'])
    expect(await complaints(sign({ signedOn: '2026-03-08' }))).toEqual(['signedOn'])
    expect(await complaints(sign({ signedOn: '2026-03-10' }))).toEqual(['signedOn'])
    // the other side does not sign for this one
    expect(await refusal(d.operatorBoss.act(id, 'sign', {}, 'agreement'))).toBe('403 not_yours')
    await done(sign())
    const roles = async () =>
      (await asSystem(w.app.pool, (q) => organisations(q, { ids: [d.operator.org] }))).flatMap((o) => o.roles)
    expect(await roles()).toEqual([])
    await done(act(d.operatorBoss, 'agreement', id, 'countersign', { signedOn: today(w) }))
    expect((await see(id)).stateTerm).toBe('执行中')
    // from then on it is an operator, without anybody having to say so
    expect(await roles()).toEqual(['operator'])
    // who was chosen has signed: nobody signs a second time under that selection
    expect(await refusal(begin(d.clerk, 'agreements', 'domain', selection))).toBe('422 not_selected')
  })

  it('HNA-038 the text cannot change between deliberation and signature; what is signed says which text it is', async () => {
    const id = await drafted(await selected(d, w, plan))
    await done(write(id))
    await done(act(d.clerk, 'agreement', id, 'submit'))
    const { text } = (await see(id)).agreement!
    expect(text.sha256).toMatch(/^[0-9a-f]{64}$/)
    expect(await refusal(d.clerk.act(id, 'write', {}, 'agreement'))).toBe('409 not_now')
    await done(act(d.boss, 'agreement', id, 'deliberation.decide', { decidedOn: today(w) }))
    expect(await refusal(d.clerk.act(id, 'write', {}, 'agreement'))).toBe('409 not_now')
    await done(act(d.boss, 'agreement', id, 'sign', { signedOn: today(w) }))
    const shown = (await see(id)).timeline.find((t) => t.act === 'sign')!.detail
    expect(shown.find((f) => f.key === 'text')?.text).toBe(text.sha256)
    // even where the stored case were changed behind everybody's back
    const s = (await asSystem(w.app.pool, (q) => readCase(q, id, [])))!.head.snapshot
    const guard = matterOf('agreement').laws.guards['textAsDeliberated']!
    const cx = { digest: digestOf } as never
    expect(guard(s, {}, cx)).toBeUndefined()
    const filing = await theOne(d.clerk, id, 'recordal', 'agreement')
    const forged = { ...s, data: { ...s.data, write: { ...s.data['write'], breach: '无' } } }
    expect(guard(forged, {}, cx)).toMatchObject({ code: 'text_changed' })
    await done(act(d.boss, 'agreement', id, 'drop'))
    // what is never signed need not be put on file
    expect((await d.clerk.see(filing, 'recordal')).stateTerm).toBe('不需备案')
  })

  it('HNA-039 is signed by the 实施机构 alone, or together with departments each of which signs as well', async () => {
    const id = await drafted(await selected(d, w, plan))
    const joint = (...parties: string[]) => ({ cosigners: parties.map((party) => ({ party })) })
    expect(await complaints(write(id, joint(d.operator.org)))).toEqual(['cosigners.0.party'])
    expect(await complaints(write(id, joint(d.unit.org, d.unit.org)))).toEqual(['cosigners.1.party'])
    expect(await complaints(write(id, joint(w.orgs['zqTransport']!)))).toEqual(['cosigners.0.party'])
    await done(write(id, joint(d.unit.org)))
    await done(act(d.clerk, 'agreement', id, 'submit'))
    await done(act(d.boss, 'agreement', id, 'deliberation.decide', { decidedOn: today(w) }))
    await done(act(d.boss, 'agreement', id, 'sign', { signedOn: today(w) }))
    const waits = async (): Promise<string[]> => {
      const out: string[] = []
      for (const who of [d.unitBoss, d.operatorBoss])
        if ((await who.list('tasks?limit=100')).rows.some((r) => r.id === id)) out.push(who.name)
      return out
    }
    expect(await waits()).toEqual(['住建厅复核'])
    expect(await actsOf(id, d.operatorBoss)).not.toContain('countersign')
    expect(await refusal(act(d.operatorBoss, 'agreement', id, 'countersign', { signedOn: today(w) }))).toBe(
      '422 invalid',
    )
    await done(act(d.unitBoss, 'agreement', id, 'cosign', { signedOn: today(w) }))
    expect(await actsOf(id, d.unitBoss)).not.toContain('cosign')
    expect(await waits()).toEqual(['住房运营复核'])
    await done(act(d.operatorBoss, 'agreement', id, 'countersign', { signedOn: today(w) }))
    const { signatures } = (await see(id)).agreement!
    expect(signatures.map((x) => [x.party, x.signedOn, x.files.length])).toEqual([
      ['湖南省公积金管理中心（演示）', today(w), 1],
      ['湖南省住房城乡建设厅（演示）', today(w), 1],
      ['湖南住房数据运营有限公司（演示）', today(w), 1],
    ])
  })

  it('HNA-010 authorizes as a whole, by domain or by scenario: the mode is that of the plan, whatever is asked for', async () => {
    const { id } = await done(begin(d.clerk, 'agreements', 'whole', await selected(d, w, plan)))
    expect([(await d.clerk.see(plan, 'plan')).kindTerm, (await see(id)).kindTerm]).toEqual([
      '分领域授权运营实施方案',
      '分领域授权运营协议',
    ])
    expect(await refusal(begin(d.clerk, 'agreements', 'other', await selected(d, w, plan)))).toBe('422 invalid')
    const rules = await done(w.anyone.get<PolicyView>('/api/public/policies?division=430000'))
    expect(rules.rules.find((r) => r.path === 'authorization.modes')?.value).toBe('整体授权、分领域授权、依场景授权')
    await done(act(d.boss, 'agreement', id, 'drop'))
  })

  it('an electronic seal is verified when it comes, the finding kept and shown; a broken one is turned down', async () => {
    const id = await drafted(await selected(d, w, plan))
    await done(write(id))
    await done(act(d.clerk, 'agreement', id, 'submit'))
    await done(act(d.boss, 'agreement', id, 'deliberation.decide', { decidedOn: today(w) }))
    const centre = sealer('sm2', '湖南省公积金管理中心')
    const good = sealed(pdf('协议'), centre, { day: today(w) })
    const sign = async (who: Actor, name: string, bytes: Buffer, manner = 'electronic') =>
      act(who, 'agreement', id, name, {
        signedOn: today(w),
        manner,
        file: [(await who.upload('协议.pdf', bytes)).id],
      })
    const tampered = Buffer.from(good)
    tampered[40]! ^= 1
    expect(await refusal(sign(d.boss, 'sign', tampered))).toBe('422 seal_broken')
    // also where it is passed off as a scan
    expect(await refusal(sign(d.boss, 'sign', tampered, 'paper'))).toBe('422 seal_broken')
    expect(await refusal(sign(d.boss, 'sign', Buffer.concat([good, Buffer.from('\n%%\n%%EOF\n')])))).toBe(
      '422 seal_broken',
    )
    expect(await refusal(sign(d.boss, 'sign', pdf()))).toBe('422 no_seal')
    await done(sign(d.boss, 'sign', good))
    const seen = await see(id, d.operator)
    expect(seen.timeline.at(-1)!.detail.find((f) => f.key === 'seal')?.text).toBe(
      '电子签章有效（SM2-SM3），签章后内容未改动；证书颁发机构的可信性未核验',
    )
    expect(seen.agreement!.signatures[0]).toMatchObject({
      manner: 'electronic',
      seals: [
        { result: 'verified', signatures: [{ subject: '湖南省公积金管理中心公章', trust: 'open', claimed: today(w) }] },
      ],
    })
    await done(sign(d.operatorBoss, 'countersign', sealed(good, sealer('rsa', '运营公司'), { day: today(w) })))
    const both = (await see(id)).agreement!.signatures[1]!.seals[0]!
    expect([both.result, both.signatures.map((x) => x.subject)]).toEqual([
      'verified',
      ['湖南省公积金管理中心公章', '运营公司公章'],
    ])
  })
})

describe('what an agreement may reach', () => {
  it('stays within the plan that was approved and takes no secret entry', async () => {
    const id = await drafted(await selected(d, w, plan))
    const outside = await anEntry(d, '方案以外的数据')
    expect(await refusal(write(id, { items: [item, outside] }))).toBe('422 beyond_plan')
    // secret since the plan was approved
    const turned = await anEntry(d, '后来定密的数据')
    const plan2 = await done(begin(d.clerk, 'plans', 'domain', plan)).then((x) => x.id)
    await done(
      act(d.clerk, 'plan', plan2, 'write', { items: [item, other, turned], from: '2026-04-01', to: '2031-03-31' }),
    )
    await done(act(d.clerk, 'plan', plan2, 'submit'))
    await approved(d, w, plan2)
    plan = plan2
    const id2 = await drafted(await selected(d, w, plan2))
    await done(write(id2, { items: [item, turned] }))
    await done(act(d.clerk, 'item', turned, 'revise', { basic: { secret: true }, change: '已定密' }))
    expect(await refusal(write(id2, { items: [item, turned] }))).toBe('422 secret')
    expect(await refusal(act(d.clerk, 'agreement', id2, 'submit'))).toBe('422 secret')
    await done(act(d.boss, 'agreement', id, 'drop'))
    await done(act(d.boss, 'agreement', id2, 'drop'))
  })

  it('CN-027 runs five years at most in principle; longer only with reasons and with another’s consent on record', async () => {
    const id = await drafted(await selected(d, w, plan))
    expect(await refusal(write(id, { termTo: '2026-03-01' }))).toBe('422 invalid')
    await done(write(id, { termTo: '2031-03-31' }))
    expect((await see(id)).agreement!.term).toMatchObject({ limit: '2031-03-31', exceeds: false })
    expect(await complaints(write(id, { termTo: '2031-04-01' }))).toEqual(['termReason', 'termTo'])
    await done(write(id, { termTo: '2031-04-01', termReason: '平台建设周期长' }))
    const submit = () => act(d.clerk, 'agreement', id, 'submit')
    expect(await refusal(submit())).toBe('422 too_long')
    await done(act(d.clerk, 'agreement', id, 'askException'))
    // not by those who ask
    expect(await refusal(d.boss.act(id, 'approveTerm', {}, 'agreement'))).toBe('403 not_yours')
    expect(await complaints(d.bureauBoss.act(id, 'approveTerm', {}, 'agreement'))).toEqual(['files', 'opinion'])
    await done(act(d.bureauBoss, 'agreement', id, 'approveTerm'))
    expect((await see(id)).agreement!.term).toMatchObject({ exceeds: true, excepted: true })
    // what was agreed to is that term and no other
    await done(write(id, { termTo: '2033-03-31', termReason: '更长' }))
    expect(await refusal(submit())).toBe('422 too_long')
    await done(act(d.clerk, 'agreement', id, 'askException'))
    await done(act(d.bureauBoss, 'agreement', id, 'refuseTerm'))
    await done(write(id, { termTo: '2030-03-31' }))
    await done(submit())
    expect((await see(id)).stateTerm).toBe('“三重一大”审议中')
  })

  it('LA-016 the city’s own limit is five years in principle, too, and longer needs a reason and consent', () => {
    const cx = {
      rules: rulesFor(w.app, '341500', today(w)).rules,
      calendar: w.app.calendarFor('341500'),
      facts: { orgs: {}, files: {} },
    } as never
    const { termFits, termExcepted } = matterOf('agreement').laws.guards as Record<string, Guard>
    const term = (termTo: string, termReason = '') => ({ termFrom: '2026-07-01', termTo, termReason })
    const s = (termTo: string) => ({ data: { write: term(termTo) }, did: { write: { seq: 2 } } }) as never
    expect(termFits!(s(''), term('2031-06-30'), cx)).toBeUndefined()
    expect(termFits!(s(''), term('2031-07-01'), cx)).toMatchObject({
      code: 'too_long',
      basis: expect.stringContaining('三(二)5') as string,
    })
    expect(termFits!(s(''), term('2031-07-01', '建设周期长'), cx)).toBeUndefined()
    expect(termExcepted!(s('2031-07-01'), {}, cx)).toMatchObject({ code: 'too_long' })
    expect(termExcepted!(s('2031-06-30'), {}, cx)).toBeUndefined()
  })

  it('one operator for the whole of a territory: a second one is not taken in', async () => {
    const [clerk, boss] = [await w.as('旧中心经办'), await w.as('旧中心复核')]
    const whole = { mode: 'whole', termTo: '2027-09-30' }
    await legacyOf(clerk, boss, w.orgs['hunanOperator']!, [], whole)
    await expect(legacyOf(clerk, boss, w.orgs['secondOperator']!, [], whole)).rejects.toThrow(/duplicate/)
  })
})

describe('filing and following', () => {
  let id: string
  let deliberated: string
  it('HNA-041 HNP-020 the period for filing runs from the deliberation, however late it is signed', async () => {
    id = await drafted(await selected(d, w, plan))
    await done(write(id))
    // HNP-019: a milestone of the province's first agreements stands beside it
    expect(dueOf(await see(id), 'submit')).toBe('2026-04-30')
    await done(act(d.clerk, 'agreement', id, 'submit'))
    deliberated = today(w)
    await done(act(d.boss, 'agreement', id, 'deliberation.decide', { decidedOn: deliberated }))
    expect(dueOf(await see(id), 'sign')).toBe('2026-04-30')
    const filing = await theOne(d.clerk, id, 'recordal', 'agreement')
    expect(dueOf(await d.clerk.see(filing, 'recordal'), 'file')).toBe('2026-03-23')
    await onDay(w, '2026-03-20')
    await done(act(d.boss, 'agreement', id, 'sign', { signedOn: '2026-03-20' }))
    await done(act(d.operatorBoss, 'agreement', id, 'countersign', { signedOn: '2026-03-20' }))
    expect(dueOf(await d.clerk.see(filing, 'recordal'), 'file')).toBe('2026-03-23')
    await recorded(d, id, 'agreement', d.clerk)
    expect((await see(id)).facts.find((f) => f.term === '备案编号')?.value).toMatch(/^备-/)
  })

  it('HNP-019 the day by which the first agreements are to be signed is counted down to, and told when it has passed', async () => {
    const late = await drafted(await selected(d, w, plan))
    await done(write(late))
    expect(dueOf(await see(late), 'submit')).toBe('2026-04-30')
    await onDay(w, '2026-05-06')
    expect((await told(d.clerk, late)).some((t) => t.includes('逾期') && t.includes('2026-04-30'))).toBe(true)
    // what is begun after it is not late by it
    await done(act(d.boss, 'agreement', late, 'drop'))
    const later = await drafted(await selected(d, w, plan))
    await done(write(later))
    expect((await see(later)).dues.map((x) => x.act)).not.toContain('submit')
    await done(act(d.boss, 'agreement', later, 'drop'))
  })

  it('CN-026 how it is carried out is followed: reports due and received, breaches with their proof', async () => {
    const { reports } = (await see(id)).agreement!
    expect(reports.slice(0, 2).map((r) => [r.report, r.due, r.late])).toEqual([
      ['2026年上半年运营情况报告', '2026-07-30', false],
      ['2026年下半年运营情况报告', '2027-02-01', false],
    ])
    expect(reports.at(-1)!.report).toBe('2029年上半年运营情况报告')
    expect(dueOf(await see(id), 'receive')).toBe('2026-07-30')
    expect(await complaints(act(d.clerk, 'agreement', id, 'receive', { report: '没有的报告', on: today(w) }))).toEqual([
      'report',
    ])
    await done(act(d.clerk, 'agreement', id, 'receive', { on: today(w) }))
    expect((await see(id)).agreement!.reports[0]).toMatchObject({ received: today(w), late: false })
    expect(dueOf(await see(id), 'receive')).toBe('2027-02-01')
    expect(await complaints(act(d.clerk, 'agreement', id, 'breach', { foundOn: today(w), files: [] }))).toEqual([
      'files',
    ])
    await done(act(d.bureau, 'agreement', id, 'breach', { foundOn: today(w), what: '超期未披露', clause: '（六）' }))
    await done(act(d.clerk, 'agreement', id, 'breach', { foundOn: today(w), what: '越权查询', clause: '（八）' }))
    const seen = await see(id, d.operator)
    expect(seen.agreement!.breaches.map((b) => b.what)).toEqual(['超期未披露', '越权查询'])
    expect(seen.facts.find((f) => f.term === '违约记录')?.value).toBe('2 次')
    expect((await told(d.operator, id)).filter((t) => t === '记录违约').length).toBe(2)
  })

  it('a supplement is deliberated and signed as the agreement was, and then changes it', async () => {
    const { id: sup } = await done(begin(d.clerk, 'supplements', 'change', id))
    const change = (over: Values) => act(d.clerk, 'supplement', sup, 'write', over)
    expect(await refusal(change({}))).toBe('422 invalid')
    expect(await refusal(change({ items: [item, await anEntry(d, '方案外')] }))).toBe('422 beyond_plan')
    // a longer term is a renewal
    expect(await refusal(change({ termTo: '2030-03-31' }))).toBe('422 too_long')
    await done(
      change({ items: [item, other], products: [{ name: '缴存能力评估', charged: true }, { name: '新增产品' }] }),
    )
    expect(await refusal(begin(d.clerk, 'supplements', 'change', id))).toBe('409 duplicate')
    await done(act(d.clerk, 'supplement', sup, 'submit'))
    expect(await refusal(d.boss.act(sup, 'sign', {}, 'supplement'))).toBe('409 not_now')
    await done(act(d.boss, 'supplement', sup, 'deliberation.decide', { decidedOn: today(w) }))
    await done(act(d.boss, 'supplement', sup, 'sign', { signedOn: today(w) }))
    const before = (await see(id)).materials.find((m) => m.key === 'items')!.text!
    await done(act(d.operatorBoss, 'supplement', sup, 'countersign', { signedOn: today(w) }))
    const seen = await see(id)
    expect([
      before.split('、').length,
      seen.materials.find((m) => m.key === 'items')!.text!.split('、').length,
    ]).toEqual([1, 2])
    expect(seen.materials.find((m) => m.key === 'products')!.rows!.length).toBe(2)
    // what was received stays received
    expect(seen.agreement!.reports[0]!.received).not.toBe('')
    expect(await about(d.clerk, sup, 'recordal', 'supplement')).toHaveLength(1)
    expect((await checkProjections(w.app)).differences).toEqual([])
  })

  it('LA-020 nothing new is done under an agreement that is suspended; the public reads that it is', async () => {
    const { id: sup } = await done(begin(d.clerk, 'supplements', 'change', id))
    await bySystem(w, id, 'suspend')
    expect(await refusal(act(d.clerk, 'supplement', sup, 'write', { products: [{ name: '又一产品' }] }))).toBe(
      '409 not_standing',
    )
    expect(await refusal(begin(d.operator, 'pacts', 'nested', id))).toBe('409 not_standing')
    const one = async () => done(w.anyone.get<Authorization>(`/api/public/authorizations/${id}`))
    expect([(await one()).stateTerm, (await one()).standing]).toEqual(['已暂停', false])
    await bySystem(w, id, 'resume')
    expect([(await one()).stateTerm, (await one()).standing]).toEqual(['执行中', true])
    await bySystem(w, id, 'suspend')
    await bySystem(w, id, 'terminate')
    expect((await one()).stateTerm).toBe('已提前终止，交接中')
    expect(await refusal(act(d.clerk, 'supplement', sup, 'write', { products: [{ name: '又一产品' }] }))).toBe(
      '409 not_standing',
    )
  })
})

describe('who is authorized for what, until when', () => {
  it('anyone finds it by its parties, products and published entries, and takes it along as a sheet', async () => {
    const find = async (q: string): Promise<AuthorizationList> =>
      done(w.anyone.get<AuthorizationList>(`/api/public/authorizations?q=${encodeURIComponent(q)}`))
    const id = await agreed(d, w, await selected(d, w, plan), [item, other], {
      title: '公开查询用协议',
      termFrom: '2026-05-01',
      products: [{ name: '独一无二的产品' }],
    })
    const [found] = (await find('独一无二')).rows
    expect(found).toMatchObject({
      id,
      operator: '湖南住房数据运营有限公司（演示）',
      implementer: '湖南省公积金管理中心（演示）',
      from: '2026-05-01',
      to: '2029-03-31',
      scope: 2,
      items: [],
      kindTerm: '分领域授权运营协议',
    })
    // names of entries only once they are published
    await done(act(d.bureau, 'item', item, 'publish'))
    expect((await find('公积金缴存')).rows.some((r) => r.id === id)).toBe(true)
    expect((await find('公积金缴存')).rows[0]!.items.map((i) => i.name)).toEqual(['公积金缴存信息'])
    expect((await find('公积金贷款')).rows).toEqual([])
    // nothing of one that is not signed
    const draft = await drafted(await selected(d, w, plan))
    expect((await w.anyone.get(`/api/public/authorizations/${draft}`)).status).toBe(404)
    const sheet = await w.anyone.get<Buffer>(`/api/public/authorizations.xlsx?q=${encodeURIComponent('独一无二')}`)
    const book = new ExcelJS.Workbook()
    await book.xlsx.load(sheet.body as never)
    const rows = book.worksheets[0]!.getSheetValues() as unknown as string[][]
    expect(rows[2]!.slice(2, 3)).toEqual(['公开查询用协议'])
    expect(rows.length).toBe(3)
  })
})

describe('holders and rights', () => {
  it('HNA-005 a holder marks an entry as in scope with its legal basis, and another of it approves', async () => {
    const id = await anEntry(d, '纳入范围的数据')
    expect(await complaints(d.clerk.act(id, 'nominate', {}, 'item'))).toEqual(['legalBasis', 'origin'])
    expect(await complaints(d.clerk.act(id, 'nominate', { origin: 'shared', legalBasis: '条例' }, 'item'))).toEqual([
      'consent',
    ])
    expect((await d.boss.see(id, 'item')).actions.map((a) => a.act)).not.toContain('admit')
    await done(act(d.clerk, 'item', id, 'nominate', { origin: 'own', legalBasis: '住房公积金管理条例第十一条' }))
    expect(await refusal(d.clerk.act(id, 'admit', {}, 'item'))).toBe('403 not_yours')
    await done(act(d.boss, 'item', id, 'admit'))
    const seen = await d.bureau.see(id, 'item')
    expect(seen.facts.find((f) => f.term === '授权运营范围')?.value).toContain('住房公积金管理条例第十一条')
    expect(seen.timeline.at(-1)).toMatchObject({ act: 'admit', by: '中心复核' })
    const secret = await entryOf(
      [d.clerk, d.boss],
      { sharing: 'unconditional' },
      { basic: { name: '涉密', secret: true } },
    )
    expect((await d.clerk.see(secret, 'item')).actions.map((a) => a.act)).not.toContain('nominate')
  })

  it('HNL-006 rights of holding, using and operating are recorded each for itself', async () => {
    const id = await anEntry(d, '分置权利的数据')
    await done(
      act(d.clerk, 'item', id, 'rights', {
        holding: [{ party: '中心', basis: '职责' }],
        use: [{ party: '住建厅', basis: '共享' }],
        operating: [{ party: '运营公司', basis: '授权运营协议' }],
      }),
    )
    const facts = (await d.clerk.see(id, 'item')).facts
    expect(['持有权', '使用权', '经营权'].map((t) => facts.find((f) => f.term === t)?.value)).toEqual([
      '中心',
      '住建厅',
      '运营公司',
    ])
  })
})

describe('agreements from before the rules', () => {
  it('HNA-094 are recorded as they are, flagged, with a list of what they lack that is closed step by step', async () => {
    const [clerk, boss] = [await w.as('旧中心经办'), await w.as('旧中心复核')]
    // what was signed since goes the whole way
    expect(
      await complaints(
        begin(clerk, 'agreements', 'legacy', undefined, {
          operator: w.orgs['secondOperator']!,
          signedOn: '2025-12-01',
        }),
      ),
    ).toEqual(['signedOn'])
    const id = await legacyOf(clerk, boss, w.orgs['secondOperator']!, [], {
      mode: 'domain',
      termTo: '2027-09-30',
      security: '已有约定',
      products: [{ name: '旧产品' }],
    })
    const gaps = async () => (await see(id, clerk)).agreement!.gaps
    const lacking = (await gaps()).filter((g) => g.closed === '').map((g) => g.term)
    expect(lacking).toContain('协议没有约定：违约责任')
    expect(lacking).toContain('没有“三重一大”审议记录')
    expect(lacking).toContain('协议没有备案')
    expect(lacking.some((t) => t.includes('数据安全'))).toBe(false)
    expect(lacking.some((t) => t.includes('清单'))).toBe(false)
    expect((await done(w.anyone.get<Authorization>(`/api/public/authorizations/${id}`))).transitional).toBe(true)
    await done(act(clerk, 'agreement', id, 'fillGap', { gap: '没有“三重一大”审议记录', note: '2026年补审议' }))
    expect((await gaps()).find((g) => g.term.includes('三重一大'))?.closed).toBe('2026年补审议')
    // a clause is closed by agreeing on it
    const { id: sup } = await done(begin(clerk, 'supplements', 'change', id))
    await done(act(clerk, 'supplement', sup, 'write', { items: [item], breach: '补充约定违约责任' }))
    await done(act(clerk, 'supplement', sup, 'submit'))
    await done(act(boss, 'supplement', sup, 'deliberation.decide', { decidedOn: today(w) }))
    await done(act(boss, 'supplement', sup, 'sign', { signedOn: today(w) }))
    const operator = await w.as('第二运营复核')
    await done(act(operator, 'supplement', sup, 'countersign', { signedOn: today(w) }))
    expect((await gaps()).find((g) => g.term.includes('违约责任'))?.closed).toBe('已由补充协议约定')
  })
})

describe('a city of its own rules', () => {
  it('ZQ-025 ZQ-026 signs alone or jointly after deliberation, files without a number of days, reports by the quarter', async () => {
    const c = await cityOf(w)
    const source = [await w.as('数源机构经办'), await w.as('数源机构复核')] as const
    const parking = await entryOf(source, { sharing: 'unconditional' }, { basic: { name: '停车泊位信息' } })
    const selection = await chosenIn(c, w, [parking])
    const { id } = await done(begin(c.clerk, 'agreements', 'local', selection))
    await done(
      act(c.clerk, 'agreement', id, 'write', {
        items: [parking],
        cosigners: [{ party: w.orgs['zqTransport']! }],
        termFrom: '2026-05-01',
        termTo: '2027-04-30',
        termReason: undefined,
      }),
    )
    expect(await refusal(c.boss.act(id, 'sign', {}, 'agreement'))).toBe('409 not_now')
    await done(act(c.clerk, 'agreement', id, 'submit'))
    await done(act(c.boss, 'agreement', id, 'deliberation.decide', { decidedOn: today(w) }))
    await done(act(c.boss, 'agreement', id, 'sign', { signedOn: today(w) }))
    expect(await actsOf(id, c.operatorBoss)).not.toContain('countersign')
    await done(act(await w.as('肇交通复核'), 'agreement', id, 'cosign', { signedOn: today(w) }))
    await done(act(c.operatorBoss, 'agreement', id, 'countersign', { signedOn: today(w) }))
    const filing = await theOne(c.clerk, id, 'recordal', 'agreement')
    expect((await c.clerk.see(filing, 'recordal')).dues).toEqual([])
    await done(act(c.clerk, 'recordal', filing, 'file', { lateReason: undefined }))
    await done(act(c.bureau, 'recordal', filing, 'hops.city', { number: '肇备1' }))
    const seen = await see(id, c.bureau)
    expect(seen.facts.find((f) => f.term === '备案编号')?.value).toBe('肇备1')
    expect(seen.agreement!.reports.slice(0, 2).map((r) => [r.report, r.due])).toEqual([
      ['2026年第2季度公共数据资源运营工作情况报告', '2026-07-15'],
      ['2026年第3季度公共数据资源运营工作情况报告', '2026-10-15'],
    ])
  })
})

describe('renewal and end', () => {
  it('LA-017 LA-018 a renewal is asked for three months before the end, late ones are warned, each is five years at most and leaves no gap', async () => {
    const [clerk, boss] = [await w.as('六安局经办'), await w.as('六安局审批')]
    const [operator, operatorBoss] = [await w.as('运营机构经办'), await w.as('运营机构复核')]
    const fund = [await w.as('公积金经办'), await w.as('公积金复核')] as const
    const entry = await entryOf(fund, { sharing: 'unconditional' }, { basic: { name: '公积金账户信息' } })
    const renewed = await legacyOf(clerk, boss, operator.org, [entry], { products: [{ name: '核验' }] })
    const lapsed = await legacyOf(clerk, boss, operator.org, [entry], { title: '不续签的协议' })
    expect(dueOf(await see(renewed, operator), 'askRenewal')).toBe('2026-06-30')
    // told a month ahead
    await onDay(w, '2026-06-01')
    expect((await told(operator, renewed)).some((t) => t.includes('申请续签') && t.includes('2026-06-30'))).toBe(true)
    expect(await complaints(act(operator, 'agreement', renewed, 'askRenewal', { wantedTo: '2026-09-30' }))).toEqual([
      'wantedTo',
    ])
    await onDay(w, '2026-07-02')
    const ask = act(operator, 'agreement', renewed, 'askRenewal', { wantedTo: '2031-09-30', reason: '成效良好' })
    await done(ask)
    expect(await refusal(act(operator, 'agreement', renewed, 'askRenewal', { wantedTo: '2031-09-30' }))).toBe(
      '409 pending',
    )
    const asked = (await see(renewed, operator)).timeline.at(-1)!.detail
    expect(asked.find((f) => f.key === 'late')?.text).toContain('2026-06-30')
    const sup = await theOne(clerk, renewed, 'supplement', 'agreement')
    // decided with the evaluation at hand, by whoever decides
    expect(await refusal(clerk.act(sup, 'grant', {}, 'supplement'))).toBe('403 not_yours')
    expect(await complaints(boss.act(sup, 'grant', {}, 'supplement'))).toEqual(['evaluation', 'files', 'need'])
    await done(act(boss, 'supplement', sup, 'grant'))
    const write = (over: Values) => act(clerk, 'supplement', sup, 'write', over)
    expect(await refusal(write({ termTo: '2031-10-01' }))).toBe('422 too_long')
    await done(write({ termTo: '2031-09-30' }))
    await done(act(clerk, 'supplement', sup, 'submit'))
    await done(act(boss, 'supplement', sup, 'deliberation.decide', { decidedOn: today(w) }))
    await done(act(boss, 'supplement', sup, 'sign', { signedOn: today(w) }))
    await done(act(operatorBoss, 'supplement', sup, 'countersign', { signedOn: today(w) }))
    expect(dueOf(await see(renewed, operator), 'expire')).toBe('2031-09-30')

    // one that is declined says why, and the agreement goes on to its end
    await done(act(operator, 'agreement', lapsed, 'askRenewal', { wantedTo: '2028-09-30' }))
    const declined = await theOne(clerk, lapsed, 'supplement', 'agreement')
    expect(await complaints(boss.act(declined, 'decline', {}, 'supplement'))).toEqual(['reason'])
    await done(act(boss, 'supplement', declined, 'decline', { reason: '评价未达标' }))
    expect(await told(operator, lapsed)).toContain('续签申请已有结果')

    // LA-019: the other one ends by itself, the day after its term
    await onDay(w, '2026-09-30')
    expect((await see(lapsed, clerk)).stateTerm).toBe('执行中')
    await onDay(w, '2026-10-01')
    expect([(await see(lapsed, clerk)).stateTerm, (await see(renewed, clerk)).stateTerm]).toEqual(['交接中', '执行中'])
    const shown = await done(w.anyone.get<Authorization>(`/api/public/authorizations/${lapsed}`))
    expect([shown.stateTerm, shown.standing]).toEqual(['已期满终止，交接中', false])
    expect((await done(w.anyone.get<Authorization>(`/api/public/authorizations/${renewed}`))).standing).toBe(true)
    expect((await see(renewed, operator)).agreement!.reports.at(-1)!.report).toBe('2031年度运营情况报告')
    expect((await checkProjections(w.app)).differences).toEqual([])
  })

  it('LA-019 an agreement ends with its term; nothing rests on it afterwards', async () => {
    const [clerk, boss] = [await w.as('六安局经办'), await w.as('六安局审批')]
    const id = await legacyOf(clerk, boss, w.orgs['luanOperator']!, [], { termTo: '2026-10-10' })
    await onDay(w, '2026-10-11')
    expect((await see(id, clerk)).stateTerm).toBe('交接中')
    expect((await see(id, clerk)).begins).toEqual([])
    expect(await refusal(begin(clerk, 'supplements', 'change', id))).toBe('409 not_standing')
  })
})
