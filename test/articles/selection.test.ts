import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PublicSelection, SelectionRoom } from '#contract'
import { actAsSystem, checkProjections } from '#application'
import { isRefusal } from '#contract'
import {
  act,
  agreed,
  anEntry,
  appointed,
  approved,
  domainOf,
  onDay,
  planned,
  recorded,
  today,
  type Domain,
} from '../authorization.ts'
import { complaints, done, perform, refusal, told } from '../cases.ts'
import {
  admitted,
  announced,
  applied,
  competitors,
  evaluated,
  expertNames,
  invitation,
  qualified,
  scored,
} from '../selection.ts'
import { begin } from '../sharing.ts'
import { fill, world, type Actor, type World } from '../world.ts'

let w: World
let d: Domain
let plan: string
let item: string
let second: Actor
let secondBoss: Actor
let third: Actor
let thirdBoss: Actor
let experts: Actor[]
const numbers: string[] = []
let insider: string
let conflicted: string[]
const sha = (t: string): string => createHash('sha256').update(t).digest('hex')
const room = async (who: Actor, id: string): Promise<SelectionRoom> =>
  done(who.get<SelectionRoom>(`/api/selections/${id}/room`))
const published = async (id: string): Promise<PublicSelection> =>
  done(w.anyone.get<PublicSelection>(`/api/public/selections/${id}`))

beforeAll(async () => {
  w = await world({ more: competitors })
  d = await domainOf(w)
  ;[second, secondBoss, third, thirdBoss] = (await Promise.all(
    ['第二运营经办', '第二运营复核', '第三运营经办', '第三运营复核'].map((n) => w.as(n)),
  )) as [Actor, Actor, Actor, Actor]
  experts = await Promise.all(expertNames.map((n) => w.as(n)))
  item = await anEntry(d, '公积金缴存信息')
  plan = await planned(d, await appointed(d, w), [item])
  await approved(d, w, plan)
  for (const e of experts.slice(0, 9)) numbers.push(await admitted(e, d.bureauBoss, '430000', w.orgs['university']!))
  // a clerk of the organiser is in the pool as well, and says that they teach
  const clerk = await w.as('中心经办')
  await done(clerk.send('POST', '/api/session/acting', { org: clerk.person }))
  insider = await admitted(clerk, d.bureauBoss, '430000', w.orgs['university']!)
}, 120_000)
afterAll(() => w.close())

describe('before anything is announced', () => {
  let id: string
  it('CN-025 ZQ-020 the text of the agreement is discussed with those concerned, each opinion answered with a reason', async () => {
    id = (await done(begin(d.clerk, 'selections', 'other', plan, { title: '未征求意见的遴选' }))).id
    expect(await refusal(d.clerk.act(id, 'submit', {}, 'selection'))).toBe('409 not_yet')
    const open = (await d.clerk.see(id, 'selection')).actions.map((a) => a.act)
    expect(open).not.toContain('submit')
    const file = (await d.clerk.upload()).id
    const opinion = { party: '市财政局', opinion: '明确收益分配', adopted: 'notAdopted' }
    const consult = (over: object) =>
      d.clerk.act(id, 'consult', { askedOn: '2026-03-02', text: [file], opinions: [opinion], ...over }, 'selection')
    expect(await complaints(consult({}))).toEqual(['opinions.0.reason'])
    expect(await complaints(consult({ text: [] }))).toContain('text')
    await done(consult({ opinions: [{ ...opinion, reason: '另有规定' }] }))
    await done(act(d.clerk, 'selection', id, 'submit'))
  })

  it('HNA-012 ZQ-011 competition and legality are reviewed on paper before the notice, by another than who asked for it', async () => {
    expect(await refusal(d.clerk.act(id, 'announce', {}, 'selection'))).toBe('409 not_now')
    const noPaper = d.boss.act(id, 'review.competition', { opinion: '通过' }, 'selection')
    expect(await complaints(noPaper)).toEqual(['files'])
    expect((await refusal(act(d.clerk, 'selection', id, 'review.competition'))).slice(0, 3)).toBe('403')
    await done(act(d.boss, 'selection', id, 'review.competition'))
    await done(act(d.boss, 'selection', id, 'review.legality'))
    expect((await d.clerk.see(id, 'selection')).stateTerm).toBe('待发布')
  })

  it('HNP-014 the day by which the province wants an operator chosen runs from the beginning', async () => {
    const due = (await d.clerk.see(id, 'selection')).dues.find((x) => x.term === '选定时限届满')
    expect([due?.day, due?.basis]).toEqual(['2026-03-31', expect.stringContaining('三(二)1')])
  })
})

describe('a tender is held on the statutory platform and recorded here', () => {
  it('HNA-030 ZQ-019 has a project number and a link, and no result before its deadline', async () => {
    const { id } = await done(begin(d.clerk, 'selections', 'openTender', plan, { title: '公开招标' }))
    for (const [who, name] of [
      [d.clerk, 'consult'],
      [d.clerk, 'submit'],
      [d.boss, 'review.competition'],
      [d.boss, 'review.legality'],
    ] as const)
      await done(act(who, 'selection', id, name))
    const link = 'https://ggzy.example.cn/1'
    const notice = { until: '2026-03-16', link }
    expect(await complaints(act(d.clerk, 'selection', id, 'announce', { ...notice, projectNo: '' }))).toEqual([
      'projectNo',
    ])
    expect(await complaints(act(d.clerk, 'selection', id, 'announce', { ...notice, link: 'javascript:1' }))).toEqual([
      'link',
    ])
    await done(act(d.clerk, 'selection', id, 'announce', notice))
    const result = { winner: d.operator.org, resultOn: '2026-03-09', bidders: 1, link }
    expect(await refusal(act(d.clerk, 'selection', id, 'decide', result))).toBe('409 not_yet')
    // it is not applied for here
    expect(await refusal(begin(second, 'candidacies', 'operator', id))).toBe('409 not_now')
    await done(act(d.boss, 'selection', id, 'fail'))
    expect((await published(id)).stateTerm).toBe('遴选失败')
  })
})

describe('a selection run here: notice, applications, evaluation, result', () => {
  let id: string
  let mine: string
  let theirs: string
  let late: string
  let points: Record<string, number>

  it('LA-010 the notice is public: who may apply, until when, with its documents', async () => {
    const early = announced(d, plan, '2026-03-10')
    await expect(early).rejects.toThrow('申请截止日不能早于 2026-03-18')
    id = await announced(d, plan, '2026-03-20', { extras: [{ condition: '在本省设有服务机构' }] })
    const p = await published(id)
    expect([p.open, p.until, p.conditions.at(-1)]).toEqual([true, '2026-03-20', '在本省设有服务机构'])
    expect(p.conditions).toContain('具备成熟的数据加密能力')
    const file = await w.anyone.get(`/api/public/selections/${id}/files/${p.files[0]!.id}`)
    expect(file.status).toBe(200)
    const listed = await done(w.anyone.get<{ rows: { id: string }[] }>('/api/public/selections'))
    expect(listed.rows.map((r) => r.id)).toContain(id)
  })

  it('HNA-035 HNA-036 HNA-037 an application answers every condition of the rules with a statement and evidence', async () => {
    const opened = await done(begin(d.operator, 'candidacies', 'operator', id))
    mine = opened.id
    const form = (await d.operator.see(mine, 'candidacy')).actions.find((a) => a.act === 'write')!
    const asked = Object.keys((form.schema as { properties: object }).properties)
    const conditions = ['standing', 'encryption', 'accessControl', 'monitoring', 'response']
    const more = ['knowledge', 'operation', 'technology', 'staff']
    expect(asked).toEqual(expect.arrayContaining([...conditions, ...more]))
    const extras = [{ condition: '在本省设有服务机构', statement: '设在长沙' }]
    const without = act(d.operator, 'candidacy', mine, 'write', {
      monitoring: { statement: '有', evidence: [] },
      extras,
    })
    expect(await complaints(without)).toEqual(['monitoring.evidence'])
    expect(await complaints(act(d.operator, 'candidacy', mine, 'write', { extras: [] }))).toEqual(['extras'])
    const { response: _left, ...rest } = fill(form.schema, (await d.operator.upload()).id, { extras })
    expect(await complaints(d.operator.act(mine, 'write', rest, 'candidacy'))).toEqual(['response'])
    expect(await refusal(d.operatorBoss.act(mine, 'submit', {}, 'candidacy'))).toBe('409 not_yet')
    await done(act(d.operator, 'candidacy', mine, 'write', { extras }))
    await done(act(d.operatorBoss, 'candidacy', mine, 'submit'))
    theirs = await applied(second, secondBoss, id, { extras })
    late = await applied(third, thirdBoss, id, { extras })
  })

  it('CN-021 a body without legal personality does not apply where the rules ask for a legal person', async () => {
    const partnership = await w.as('合伙企业经办')
    expect(await refusal(begin(partnership, 'candidacies', 'operator', id))).toBe('422 not_eligible')
    // nor does whoever organises it, nor anybody twice
    expect(await refusal(begin(d.clerk, 'candidacies', 'operator', id))).toBe('403 not_yours')
    expect(await refusal(begin(second, 'candidacies', 'operator', id))).toBe('409 duplicate')
  })

  it('nobody but its author reads an application before the deadline, neither the organiser nor a supervisor', async () => {
    for (const who of [d.clerk, d.boss, d.bureau, d.bureauBoss, third]) {
      const seen = await who.get(`/api/candidacies/${mine}`)
      expect([who.name, seen.status]).toEqual([who.name, 404])
      expect((await who.list('candidacies')).rows.map((r) => r.id)).not.toContain(mine)
      expect((await who.list('candidacies')).total).toBe(who === third ? 1 : 0)
    }
    const r = await room(d.clerk, id)
    expect([r.sealed, r.candidates]).toEqual([true, []])
    expect((await d.clerk.see(id, 'selection')).links.filter((l) => l.process === 'candidacy')).toEqual([])
    expect(await refusal(d.clerk.act(mine, 'check', {}, 'candidacy'))).toBe('404 not_found')
    expect((await d.operator.see(mine, 'candidacy')).stateTerm).toBe('已提交，截止前保密')
  })

  it('it can be taken back and withdrawn until then, not afterwards', async () => {
    await done(act(secondBoss, 'candidacy', theirs, 'takeBack'))
    await done(act(secondBoss, 'candidacy', theirs, 'submit'))
    await done(act(thirdBoss, 'candidacy', late, 'withdraw'))
    await onDay(w, '2026-03-21')
    expect(await refusal(secondBoss.act(theirs, 'withdraw', {}, 'candidacy'))).toBe('409 not_now')
    expect(await refusal(begin(third, 'candidacies', 'operator', id))).toBe('409 not_now')
    const r = await room(d.clerk, id)
    // what was withdrawn is nobody's to see
    expect(r.candidates.map((c) => c.name).sort()).toEqual(
      ['湖南住房数据运营有限公司（演示）', '湖南第二数据运营有限公司（演示）'].sort(),
    )
    expect(await told(d.operator, mine)).toContain('截止后开启')
  })

  it('the organiser checks condition by condition, and another person there decides with reasons', async () => {
    const extras = [{ condition: '在本省设有服务机构', result: 'met' }]
    const unmet = { encryption: { result: 'unmet', note: '没有证明' }, extras }
    expect(await complaints(act(d.clerk, 'candidacy', theirs, 'check', { extras: [] }))).toEqual(['extras'])
    await done(act(d.clerk, 'candidacy', theirs, 'check', unmet))
    expect(await refusal(act(d.boss, 'candidacy', theirs, 'qualify'))).toBe('422 not_eligible')
    expect((await refusal(act(d.clerk, 'candidacy', theirs, 'disqualify'))).slice(0, 3)).toBe('403')
    expect(await complaints(d.boss.act(theirs, 'disqualify', {}, 'candidacy'))).toEqual(['reason'])
    // looked at again: it was there
    await done(act(d.clerk, 'candidacy', theirs, 'check', { encryption: { result: 'met' }, extras }))
    expect(await refusal(d.boss.act(theirs, 'disqualify', { reason: '不符' }, 'candidacy'))).toBe('422 not_eligible')
    await done(act(d.boss, 'candidacy', theirs, 'qualify'))
    expect(await refusal(act(d.clerk, 'selection', id, 'draw'))).toBe('409 not_yet')
    await qualified(d, mine, { extras })
  })

  it('HNO-040 reviewers are drawn by a seed nobody knew when applications closed, and anybody can draw again', async () => {
    // there is no checkpoint after the closing yet
    expect(await refusal(act(d.clerk, 'selection', id, 'draw'))).toBe('409 not_yet')
    // an expert admitted now cannot move anybody's place
    const newcomer = await admitted(experts[9]!, d.bureauBoss, '430000', w.orgs['university']!)
    // one belongs to a candidate, one to a body related to a candidate, one has said they take no part
    await done(perform(experts[0]!, numbers[0]!, 'move', { employer: d.operator.org }, 'expert'))
    const recusal = { parties: [{ party: second.org, reason: '亲属任职' }] }
    await done(experts[1]!.act(numbers[1]!, 'recuse', recusal, 'expert'))
    const relation = { other: d.operator.org, since: '2026-01-01', share: undefined }
    await done(begin(third, 'affiliations', 'ownership', undefined, relation))
    await done(perform(experts[2]!, numbers[2]!, 'move', { employer: third.org }, 'expert'))
    conflicted = [numbers[0]!, numbers[1]!, numbers[2]!, insider]
    await w.sequence()
    await done(act(d.clerk, 'selection', id, 'draw'))
    const { draw } = await room(d.clerk, id)
    expect(draw!.order).not.toContain(newcomer)
    const pool = [...numbers, insider]
    expect([...draw!.order].sort()).toEqual([...pool].sort())
    expect(draw!.order).toEqual([...pool].sort((a, b) => (sha(draw!.seed + a) < sha(draw!.seed + b) ? -1 : 1)))
    expect(draw!.seed).toBe(draw!.root + id)
    expect(draw!.panel).toEqual(draw!.order.filter((n) => !conflicted.includes(n)).slice(0, 5))
    // the root is that of a signed checkpoint of the register that covers the closing
    const note = await done(w.anyone.get<Buffer>('/log/register/checkpoint'))
    const [origin, size, root] = String(note).split('\n')
    expect([origin, Number(size), Buffer.from(root!, 'base64').toString('hex')]).toEqual([
      draw!.origin,
      draw!.size,
      draw!.root,
    ])
  })

  it('a conflicted reviewer is kept out whenever the tie comes about, and the next in order takes the place', async () => {
    await w.settle()
    const before = (await room(d.clerk, id)).draw!
    const drawn = experts[numbers.indexOf(before.panel[0]!)]!
    // the tie comes about after the draw
    await done(perform(drawn, before.panel[0]!, 'move', { employer: d.operator.org }, 'expert'))
    const evaluation = (await invitation(drawn))!
    expect(await refusal(act(drawn, 'evaluation', evaluation, 'accept'))).toBe('403 conflicted')
    const [next] = before.order.filter((n) => !conflicted.includes(n)).slice(5)
    await done(act(drawn, 'evaluation', evaluation, 'recuse'))
    await w.settle()
    const r = await room(d.clerk, id)
    expect(r.reviewers.filter((x) => x.on).map((x) => x.expert)).toEqual([...before.panel.slice(1), next])
  })

  it('each scores every candidate by every factor once, with reasons, unseen until all have signed', async () => {
    points = { [d.operator.org]: 8, [second.org]: 6 }
    const who = (await Promise.all(experts.map(async (e) => ((await invitation(e)) ? e : undefined)))).filter(
      (e) => e !== undefined,
    )
    expect(who).toHaveLength(5)
    const one = who[0]!
    const card = (await invitation(one))!
    await done(act(one, 'evaluation', card, 'accept'))
    // candidates' papers are open to reviewers
    expect((await one.see(mine, 'candidacy')).materials.length).toBeGreaterThan(5)
    expect(await refusal(one.act(card, 'sign', { opinion: '好' }, 'evaluation'))).toBe('409 not_yet')
    const given = (await one.see(card, 'evaluation')).actions.find((a) => a.act === 'score')!
    const rows = (given.value as { scores: object[] }).scores.map((r) => ({ ...r, score: 5, reason: '好' }))
    const twice = one.act(card, 'score', { scores: [...rows, rows[0]] }, 'evaluation')
    expect(await complaints(twice)).toEqual(['scores'])
    expect(await complaints(one.act(card, 'score', { scores: rows.slice(1) }, 'evaluation'))).toEqual(['scores'])
    expect(
      await complaints(one.act(card, 'score', { scores: rows.map((r) => ({ ...r, score: 999 })) }, 'evaluation')),
    ).toEqual(['scores'])
    await done(scored(one, card, points))
    await done(act(one, 'evaluation', card, 'sign'))
    expect(await refusal(scored(one, card, points).catch(() => one.act(card, 'score', {}, 'evaluation')))).toBe(
      '409 not_now',
    )
    const hidden = await room(d.clerk, id)
    expect([hidden.scores, hidden.reviewers.filter((x) => x.state === 'signed').length]).toEqual([[], 1])
    expect((await d.bureau.get(`/api/evaluations/${card}`)).status).toBe(404)
    // whoever organises it does not score
    expect(await refusal(d.clerk.act(card, 'score', {}, 'evaluation'))).toBe('404 not_found')
    await evaluated(who, points)
    const r = await room(d.clerk, id)
    expect(r.scores).toHaveLength(5 * 2 * 5)
    expect(r.candidates.map((c) => [c.name.slice(2, 4), c.total, c.place]).sort()).toEqual([
      ['住房', 200, 1],
      ['第二', 150, 2],
    ])
  })

  it('departing from the ranking needs a reason, and who proposed does not award', async () => {
    const elsewhere = { winner: second.org, deviation: undefined }
    expect(await complaints(act(d.clerk, 'selection', id, 'nominate', elsewhere))).toEqual(['deviation'])
    expect(await refusal(act(d.clerk, 'selection', id, 'nominate', { winner: third.org }))).toBe('422 not_eligible')
    await done(act(d.clerk, 'selection', id, 'nominate', { winner: d.operator.org }))
    expect((await refusal(act(d.clerk, 'selection', id, 'award', { decidedOn: today(w) }))).slice(0, 3)).toBe('403')
    await done(act(d.boss, 'selection', id, 'award', { decidedOn: today(w) }))
    await w.settle()
    expect((await d.operator.see(mine, 'candidacy')).stateTerm).toBe('已选定')
    expect((await second.see(theirs, 'candidacy')).stateTerm).toBe('未选定')
    const p = await published(id)
    expect([p.result?.winner, p.result?.ranking?.map((r) => r.total), p.draw?.panel.length]).toEqual([
      '湖南住房数据运营有限公司（演示）',
      [200, 150],
      5,
    ])
    expect((await checkProjections(w.app)).differences).toEqual([])
  })

  it('HNP-015 HNP-016 the result is put on file, then reaches the finance department, which acknowledges it', async () => {
    const finance = await w.as('财政厅经办')
    expect((await finance.list('result-syncs')).rows).toEqual([])
    await recorded(d, id, 'selection', d.clerk)
    const [sync] = (await finance.list('result-syncs')).rows
    const seen = await finance.see(sync!.id, 'resultSync')
    expect(seen.facts.find((f) => f.term === '备案编号')?.value).toMatch(/^备-/)
    expect(seen.facts.find((f) => f.term === '选定的机构')?.value).toBe('湖南住房数据运营有限公司（演示）')
    await done(act(finance, 'resultSync', sync!.id, 'acknowledge', { receivedOn: today(w) }))
    expect((await d.bureau.see(sync!.id, 'resultSync')).stateTerm).toBe('已接收')
    // it gets the result, not the case
    expect((await finance.get(`/api/selections/${id}`)).status).toBe(404)
  })

  it('HNA-032 HNP-018 a second operator for a domain needs an explanation that the data administration has agreed to', async () => {
    await agreed(d, w, id, [item])
    const other = await tendered(plan, second.org, '另选一家')
    const award = () => act(d.boss, 'selection', other, 'award', { decidedOn: today(w) })
    expect(await refusal(award())).toBe('409 in_principle')
    expect(await refusal(d.bureauBoss.act(other, 'agreeException', { opinion: '同意' }, 'selection'))).toBe(
      '409 not_now',
    )
    await done(act(d.clerk, 'selection', other, 'explain'))
    expect(await refusal(award())).toBe('409 in_principle')
    await done(act(d.bureauBoss, 'selection', other, 'declineException'))
    expect(await refusal(award())).toBe('409 in_principle')
    await done(act(d.clerk, 'selection', other, 'explain'))
    await done(act(d.bureauBoss, 'selection', other, 'agreeException'))
    await done(award())
  })

  it('HNA-012 a choice without a choice is flagged and seen by the data administration', async () => {
    const other = await tendered(plan, second.org, '只有一家')
    const seen = await d.bureau.see(other, 'selection')
    expect(seen.facts.find((f) => f.term === '单一来源提示')?.value).toBe('只有一家参加')
    expect((await told(d.bureau, other)).some((t) => t.includes('只有一家参加'))).toBe(true)
  })
})

describe('a whole authorization', () => {
  it('HNA-031 HNP-017 has exactly one operator; one that is handing over does not count', async () => {
    const named = begin(d.bureau, 'appointments', 'whole', undefined, { implementer: d.clerk.org, domain: undefined })
    const appointment = (await done(named)).id
    await done(act(d.bureauBoss, 'appointment', appointment, 'confirm', { decidedOn: today(w) }))
    const whole = (await done(begin(d.clerk, 'plans', 'whole', appointment, { title: '整体授权运营实施方案' }))).id
    const said = { title: '整体授权运营实施方案', items: [item], from: '2026-04-01', to: '2031-03-31' }
    await done(act(d.clerk, 'plan', whole, 'write', said))
    await done(act(d.clerk, 'plan', whole, 'submit'))
    await done(act(d.bureauBoss, 'plan', whole, 'approval.decide', { decidedOn: today(w) }))
    await done(act(d.government, 'plan', whole, 'approval.govern', { decidedOn: today(w) }))
    const award = (id: string) => act(d.boss, 'selection', id, 'award', { decidedOn: today(w) })
    const first = await tendered(whole, d.operator.org, '整体运营机构遴选')
    await done(award(first))
    // chosen and not signed with yet counts as well
    const other = await tendered(whole, second.org, '再选一家')
    expect(await refusal(award(other))).toBe('409 one_operator')
    const agreement = await agreed(d, w, first, [item])
    expect(await refusal(award(other))).toBe('409 one_operator')
    // where the rules leave no exception there is nothing to explain
    expect(await refusal(d.clerk.act(other, 'explain', { reason: '确需' }, 'selection'))).toBe('409 not_now')
    expect(isRefusal(await actAsSystem(w.app, agreement, 'terminate', {}))).toBe(false)
    await done(award(other))
  })
})

/** A tender to the point where its result is proposed: one bidder. */
const tendered = async (under: string, winner: string, title: string): Promise<string> => {
  const { id } = await done(begin(d.clerk, 'selections', 'openTender', under, { title }))
  await done(act(d.clerk, 'selection', id, 'consult'))
  await done(act(d.clerk, 'selection', id, 'submit'))
  await done(act(d.boss, 'selection', id, 'review.competition'))
  await done(act(d.boss, 'selection', id, 'review.legality'))
  const link = 'https://ggzy.example.cn/2'
  await done(act(d.clerk, 'selection', id, 'announce', { until: today(w), link }))
  await done(act(d.clerk, 'selection', id, 'decide', { winner, resultOn: today(w), bidders: 1, link }))
  return id
}
