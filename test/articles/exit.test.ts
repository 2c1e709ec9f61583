import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkProjections, mayUse, openAsSystem, rulesFor } from '#application'
import { isRefusal } from '#contract'
import { afterEvaluation } from '#domain/authorization'
import { loadForSystem } from '#store'
import { about, act, agreed, onDay, selected, today } from '../authorization.ts'
import { done, refusal, registered, team, told } from '../cases.ts'
import { asks, handedOver, linesOf, operating, operatingCity, ordered, type Operating } from '../exiting.ts'
import { begin } from '../sharing.ts'

const exitsOf = async (o: Operating): Promise<string[]> =>
  (await about(o.d.clerk, o.agreement, 'exit', 'agreement')).map((x) => x.id)
const agreementState = async (o: Operating): Promise<string> =>
  (await o.d.clerk.see(o.agreement, 'agreement')).stateTerm
const lines = async (o: Operating, id: string, section: string) => linesOf(await o.d.clerk.see(id, 'exit'), section)

describe('an agreement that is ended for a breach', () => {
  let o: Operating
  let id: string
  beforeAll(async () => {
    o = await operating()
    const order = await ordered(o)
    await done(act(o.deputy, 'suspension', order, 'proposeEnd'))
    expect(await refusal(act(o.deputy, 'suspension', order, 'terminate', { number: '1' }))).toBe('403 same_person')
    await done(act(o.d.bureauBoss, 'suspension', order, 'terminate', { number: '湘数终〔2026〕1号' }))
    await o.w.settle()
    ;[id] = (await exitsOf(o)) as [string]
  })
  afterAll(() => o.w.close())

  it('HNA-088 loses every right at once, and its exit is open with all that is to be settled', async () => {
    expect([await agreementState(o), await asks(o.d.operator, o.agreement)]).toEqual(['交接中', '403 agreement_over'])
    const seen = await o.d.operator.see(id, 'exit')
    expect([seen.kindTerm, seen.stateTerm]).toEqual(['强制退出', '交接中'])
    expect((await lines(o, id, 'handover')).map((l) => l['term'])).toEqual([
      '产品和服务',
      '用户与订阅',
      '数据',
      '密钥与凭证',
      '网络日志',
      '人员账号',
      '业务档案和文书',
    ])
    expect((await lines(o, id, 'deletion')).map((l) => [l['term'], l['next']])).toEqual([
      ['公积金缴存信息', '运营机构'],
      ['公积金贷款信息', '运营机构'],
    ])
    expect((await lines(o, id, 'services')).map((l) => [l['term'], l['state']])).toEqual([
      ['缴存能力评估', '未安排'],
      ['公积金便民查询', '未安排'],
    ])
    // the term for deletion runs by itself; the rules say it is a default
    expect(seen.dues.find((x) => x.act === 'deleting')?.day).toBe('2026-03-24')
  })

  it('HNA-089 does not close while anything retained is neither returned nor deleted with a signed certificate', async () => {
    const { d } = o
    await done(act(d.clerk, 'exit', id, 'list', { batches: [{ name: '2026年3月第1批', place: '沙箱备份' }] }))
    await handedOver(o, id, ['certify', 'verify'])
    expect(await refusal(act(d.clerk, 'exit', id, 'settle'))).toBe('409 not_settled')
    // everything but the batch
    const file = (await d.operatorBoss.upload()).id
    const whole = { files: [file], signer: '某某', whole: true }
    const all = (await lines(o, id, 'deletion')).map((l) => l['ref'] ?? '')
    const seen = await d.operatorBoss.see(id, 'exit')
    const refs = (
      seen.actions.find((a) => a.act === 'certify')!.value as { objects: { ref: string; name?: string }[] }
    ).objects.map((x) => x.ref)
    expect(refs.length).toBe(all.length)
    const certified = refs.slice(0, 2).map((ref) => ({ ref, means: 'deleted', doneOn: today(o.w) }))
    // no certificate, no deletion
    expect(await refusal(d.operatorBoss.act(id, 'certify', { ...whole, files: [], objects: certified }, 'exit'))).toBe(
      '422 invalid',
    )
    expect(await refusal(d.operator.act(id, 'certify', { ...whole, objects: certified }, 'exit'))).toBe('403 not_yours')
    await done(d.operatorBoss.act(id, 'certify', { ...whole, objects: certified }, 'exit'))
    const verified = { means: '现场核验', objects: certified.map(({ ref }) => ({ ref, finding: 'confirmed' })) }
    await done(d.clerk.act(id, 'verify', verified, 'exit'))
    expect(await refusal(act(d.clerk, 'exit', id, 'settle'))).toBe('409 not_settled')
    // the batch, certified but found wanting, is to be done again
    const batch = { ref: refs[2]!, means: 'deleted', doneOn: today(o.w) }
    await done(d.operatorBoss.act(id, 'certify', { ...whole, objects: [batch] }, 'exit'))
    const wanting = { means: '抽查', objects: [{ ref: batch.ref, finding: 'rejected', note: '备份仍在' }] }
    await done(d.clerk.act(id, 'verify', wanting, 'exit'))
    expect(await refusal(act(d.clerk, 'exit', id, 'settle'))).toBe('409 not_settled')
    await done(d.operatorBoss.act(id, 'certify', { ...whole, objects: [batch] }, 'exit'))
    await done(
      d.bureau.act(id, 'verify', { means: '复查', objects: [{ ref: batch.ref, finding: 'confirmed' }] }, 'exit'),
    )
    expect((await lines(o, id, 'deletion')).map((l) => l['state'])).toEqual(['已核验', '已核验', '已核验'])
  })

  it('HNA-090 hands services on without a break, and leaves only when another person has found everything settled', async () => {
    const { d, agreement } = o
    const product = `?product=${encodeURIComponent('缴存能力评估')}`
    // under the successor, while the agreement itself bears nothing any more
    expect([await asks(o.successor, agreement, product), await asks(d.operator, agreement, product)]).toEqual([
      'permitted',
      '403 agreement_over',
    ])
    expect(await mayUse(o.w.app, { agreement, objects: ['product:缴存能力评估'] })).toBeUndefined()
    expect((await lines(o, id, 'services')).map((l) => l['state'])).toEqual(['由承接单位承接', '由承接单位承接'])
    expect((await lines(o, id, 'handover')).every((l) => l['state'] === '已接收')).toBe(true)
    await done(act(d.clerk, 'exit', id, 'settle'))
    expect(await refusal(act(d.boss, 'exit', id, 'close'))).toBe('403 not_yours')
    await done(act(d.bureauBoss, 'exit', id, 'reopen'))
    expect(await agreementState(o)).toBe('交接中')
    await done(act(d.clerk, 'exit', id, 'settle'))
    await done(act(d.bureauBoss, 'exit', id, 'close'))
    expect([(await d.operator.see(id, 'exit')).stateTerm, await agreementState(o)]).toEqual(['已办结', '已退出'])
    expect(await asks(o.successor, agreement, product)).toBe('permitted')
    expect((await checkProjections(o.w.app)).differences).toEqual([])
  })
})

describe('a city that authorises by itself', () => {
  let o: Operating
  beforeAll(async () => {
    o = await operatingCity()
  }, 60_000)
  afterAll(() => o.w.close())

  it('LA-020 LA-039 suspends an operator that does not keep the agreement or the law, and takes it up again', async () => {
    const id = await ordered(o, { ground: 'illegal', rectifyBy: '2026-05-29' })
    expect([await agreementState(o), await asks(o.d.operator, o.agreement)]).toEqual(['已暂停', '403 suspended'])
    expect((await o.d.operator.see(id, 'suspension')).timeline[0]?.basis).toContain('三(二)5')
    await done(act(o.d.operator, 'suspension', id, 'report'))
    await done(act(o.d.clerk, 'suspension', id, 'proposeLift'))
    await done(act(o.d.boss, 'suspension', id, 'lift', { number: '2' }))
    expect(await asks(o.d.operator, o.agreement)).toBe('permitted')
  })

  it('LA-038 force majeure lets an operator leave with the consent of both sides, and of no one side alone', async () => {
    const { d, agreement } = o
    expect(await refusal(begin(d.operator, 'exits', 'natural', agreement))).toBe('422 not_here')
    expect(await refusal(begin(o.successor, 'exits', 'forceMajeure', agreement))).toBe('403 not_yours')
    const { id } = await done(begin(d.operator, 'exits', 'forceMajeure', agreement))
    await done(act(d.operatorBoss, 'exit', id, 'endorse'))
    expect(await refusal(d.operatorBoss.act(id, 'consent', {}, 'exit'))).toBe('403 not_yours')
    expect(await agreementState(o)).toBe('执行中')
    await done(act(d.boss, 'exit', id, 'decline'))
    expect([(await d.operator.see(id, 'exit')).stateTerm, await agreementState(o)]).toEqual(['未协商一致', '执行中'])
    // the same about another agreement, asked by the other side and agreed to: its data and assets are to be returned
    const second = { ...o, agreement: await agreed(d, o.w, await selected(d, o.w, o.plan), o.items) }
    const leaving = (await done(begin(d.clerk, 'exits', 'forceMajeure', second.agreement))).id
    await done(act(d.boss, 'exit', leaving, 'endorse'))
    expect(await refusal(d.boss.act(leaving, 'consent', {}, 'exit'))).toBe('403 not_yours')
    await done(act(d.operatorBoss, 'exit', leaving, 'consent', { number: '协退1' }))
    await o.w.settle()
    expect([await agreementState(second), await exitsOf(second)]).toEqual(['交接中', [leaving]])
    expect((await lines(second, leaving, 'handover')).map((l) => l['term'])).toContain('软硬件资产')
    expect((await lines(second, leaving, 'deletion')).length).toBe(2)
    await handedOver(second, leaving, ['certify', 'verify', 'reassign'])
    expect(await refusal(act(d.clerk, 'exit', leaving, 'settle'))).toBe('409 not_settled')
  })

  it('LA-059 what is not corrected in time is proposed to be ended, and left to a person', async () => {
    const id = await ordered(o, { ground: 'evaluation', rectifyBy: '2026-05-29' }, 'correction')
    // to be corrected, but not suspended
    expect(await asks(o.d.operator, o.agreement)).toBe('permitted')
    await onDay(o.w, '2026-05-30')
    expect([(await o.d.boss.see(id, 'suspension')).stateTerm, await agreementState(o)]).toEqual([
      '待审定终止',
      '执行中',
    ])
    await done(act(o.d.boss, 'suspension', id, 'spare', { rectifyBy: '2026-06-30' }))
    await done(act(o.d.operator, 'suspension', id, 'report'))
  })

  it('LA-059 an evaluation that is not passed proposes by itself that the agreement be ended, and ends nothing', async () => {
    const { w, d, agreement } = o
    const s = (await loadForSystem(w.app.pool, agreement))!.head!
    const day = today(w)
    const { rules } = rulesFor(w.app, s.division, day)
    const said = { ground: '评估未通过', facts: '安全评估、绩效评价不合格' }
    const opened = async (rectify?: string): Promise<string> => {
      const id = w.app.freshId()
      const [effect] = afterEvaluation(s, rules, { ...said, ...(rectify ? { rectifyBy: rectify } : {}) })
      if (!effect || !('open' in effect)) throw new Error('nothing follows')
      const done = await openAsSystem(w.app, id, { ...effect.open, act: effect.act, input: effect.input }, day, [s])
      expect(isRefusal(done)).toBe(false)
      return id
    }
    const corrects = await opened('2026-06-30')
    expect((await d.operator.see(corrects, 'suspension')).dues.find((x) => x.act === 'report')?.day).toBe('2026-06-30')
    const id = await opened()
    expect([(await d.boss.see(id, 'suspension')).stateTerm, await agreementState(o)]).toEqual(['待审定终止', '执行中'])
    expect(await refusal(d.operatorBoss.act(id, 'refuseEnd', {}, 'suspension'))).toBe('403 not_yours')
    await done(act(d.boss, 'suspension', id, 'refuseEnd'))
    expect(await agreementState(o)).toBe('执行中')
    await done(act(d.operator, 'suspension', corrects, 'report'))
  })

  it('LA-019 LA-037 ends the agreement on the last day of its term, and the operator leaves once it has handed over', async () => {
    const { d, agreement } = o
    const pending = await done(begin(d.operator, 'exits', 'forceMajeure', agreement))
    // a product registered on the strength of the agreement, named there by its number as people write it
    const number = (await d.clerk.see(agreement, 'agreement')).timeline[0]!.detail.find(
      (f) => f.key === 'number',
    )!.text!
    const t = await team(o.w, 'luanOperator')
    const named = {
      authorization: { agreementNo: ` ${number} `, agreementFrom: '2026-04-01', agreementTo: '2028-12-31' },
    }
    const registration = await registered(o.w, t, { variant: 'product' }, named)
    const other = await registered(o.w, t, { variant: 'product' }, { authorization: { agreementNo: '另一份' } })
    await onDay(o.w, '2026-12-31')
    expect([await agreementState(o), await asks(d.operator, agreement)]).toEqual(['执行中', 'permitted'])
    await onDay(o.w, '2027-01-01')
    expect([await agreementState(o), await asks(d.operator, agreement)]).toEqual(['交接中', '403 agreement_over'])
    // what was still going on about it has come to an end with it
    expect((await d.operator.see(pending.id, 'exit')).stateTerm).toBe('协议已另行终止')
    const exits = await Promise.all((await exitsOf(o)).map((x) => d.clerk.see(x, 'exit')))
    const natural = exits.find((x) => x.kindTerm === '自然退出')!
    expect(natural.stateTerm).toBe('交接中')
    expect(await refusal(act(d.clerk, 'exit', natural.id, 'settle'))).toBe('409 not_settled')
    // what was registered is found, its holder told; the exit waits until that is settled, too
    expect((await lines(o, natural.id, 'records')).map((l) => [l['ref'], l['state']])).toEqual([
      [registration.record, '待注销或者变更'],
    ])
    expect(await told(d.operator, registration.record)).toContain('授权协议期满，权益期限届满的应当申请注销登记')
    expect(await told(d.operator, other.record)).not.toContain('授权协议期满，权益期限届满的应当申请注销登记')
    await handedOver(o, natural.id)
    expect(await refusal(act(d.clerk, 'exit', natural.id, 'settle'))).toBe('409 not_settled')
    const kept = { results: [{ ref: registration.record, outcome: 'changed', note: '变更至承接单位' }] }
    await done(act(d.clerk, 'exit', natural.id, 'register', kept))
    await done(act(d.clerk, 'exit', natural.id, 'settle'))
    await done(act(d.boss, 'exit', natural.id, 'close'))
    expect(await agreementState(o)).toBe('已退出')
    expect((await checkProjections(o.w.app)).differences).toEqual([])
  })
})
