import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { actAsSystem, checkProjections, workEntries } from '#application'
import { isRefusal } from '#contract'
import type {
  CatalogueList,
  CatalogueNotice,
  EntryHistory,
  Ledger,
  NoticeView,
  FilingProgress,
  PublicCatalogue,
  Recheck,
  Reconcile,
  Twins,
} from '#contract'
import { organisations } from '#store'
import { deep, done, refusal, registered, team, type Values } from '../cases.ts'
import { world, type Actor, type World } from '../world.ts'

// ── helpers ────────────────────────────────────────────────────────────────────────────────────────────────────

const read = async <T>(who: Actor, url: string): Promise<T> => done(who.get<T>(url))
const entries = (who: Actor, query = ''): Promise<CatalogueList> =>
  read<CatalogueList>(who, `/api/catalogue?limit=200${query}`)
const entryOf = (who: Actor, id: string): Promise<EntryHistory> => read<EntryHistory>(who, `/api/catalogue/${id}`)
const open = async (
  who: Actor,
  collection: string,
  input: Values,
  more: { kind?: string; about?: string } = {},
): Promise<string> => (await done(who.send<{ id: string }>('POST', `/api/${collection}`, { ...more, input }))).id

const content = (name: string, over: Values = {}): Values =>
  deep(
    {
      basic: { name, summary: `${name}的摘要` },
      upkeep: { frequency: '每月', department: '数据科', pending: false },
      access: { sharing: 'unconditional', opening: 'none', openingCondition: '涉及个人信息' },
    },
    over,
  )

/** An entry compiled by one person of a unit and entered by another. */
const entry = async (clerk: Actor, boss: Actor, name: string, over: Values = {}): Promise<string> => {
  const id = await open(clerk, 'items', content(name, over))
  await done(boss.act(id, 'enter', {}, 'item'))
  return id
}
// ── Hunan ──────────────────────────────────────────────────────────────────────────────────────────────────────

describe('公共数据资源目录：编制、备案（湖南）', () => {
  let w: World
  let clerk: Actor
  let boss: Actor
  let bureau: Actor
  let operator: Actor
  beforeAll(async () => {
    w = await world({ day: '2026-01-05' })
    ;[clerk, boss, bureau, operator] = (await Promise.all(
      ['实施机构经办', '实施机构复核', '湖南局经办', '湘运营经办'].map((n) => w.as(n)),
    )) as [Actor, Actor, Actor, Actor]
  })
  afterAll(() => w.close())

  it('HNP-033 the task carries the day the plan sets, and the page shows how far each unit is', async () => {
    const form = await read<{ value: { due: string; batch: string } }>(bureau, '/api/filings/form?kind=filing')
    expect(form.value).toEqual({ due: '2026-01-30', batch: '第一批' })
    const id = await open(bureau, 'filings', { unit: clerk.org, batch: '第一批' }, { kind: 'filing' })
    const seen = await clerk.see(id, 'filing')
    expect(seen.due?.day).toBe('2026-01-30')
    expect((await clerk.list('tasks')).rows.map((r) => r.id)).toContain(id)
    const [row] = (await read<FilingProgress>(bureau, '/api/catalogue/progress')).filter((u) => u.unit === clerk.org)
    expect(row?.filing).toMatchObject({ stateTerm: '待填报', due: '2026-01-30', late: false })
    // nothing compiled, nothing to file
    expect(await refusal(clerk.act(id, 'report', { scope: 'all' }, 'filing'))).toBe('409 nothing')
    await done(bureau.act(id, 'cancel', { reason: '测试' }, 'filing'))
  })

  it('HNP-035 HNP-034 what the approver has settled is filed against a receipt, and the marked entries bear their batch', async () => {
    const a = await entry(clerk, boss, '公积金缴存信息')
    const b = await entry(clerk, boss, '公积金贷款信息', { upkeep: { pending: true } })
    const id = await open(bureau, 'filings', { unit: clerk.org, batch: '第一批' }, { kind: 'filing' })
    await done(clerk.act(id, 'report', { scope: 'all', marked: 'some', markedItems: [a] }, 'filing'))
    // who filled it in does not settle it, and the bureau gets nothing before it is settled
    expect(await refusal(clerk.act(id, 'submit', { truthful: true }, 'filing'))).toBe('403 not_yours')
    expect(await refusal(bureau.act(id, 'receive', {}, 'filing'))).toBe('409 not_now')
    await done(boss.act(id, 'submit', { truthful: true }, 'filing'))
    await done(bureau.act(id, 'return', { reason: '贷款信息应说明来源' }, 'filing'))
    await done(clerk.act(id, 'report', { scope: 'all', marked: 'some', markedItems: [a] }, 'filing'))
    await done(boss.act(id, 'submit', { truthful: true }, 'filing'))
    await done(bureau.act(id, 'receive', { opinion: '予以备案' }, 'filing'))
    await w.settle()
    const seen = await clerk.see(id, 'filing')
    const fact = (term: string) => seen.facts.find((f) => f.term === term)?.value
    expect([seen.stateTerm, fact('目录项'), fact('已归集'), fact('待归集')]).toEqual(['已备案', '2 项', '1 项', '1 项'])
    const receipt = fact('回执')!
    expect(receipt).toMatch(/^目录备案-430000-2026-/)
    const all = await entries(clerk)
    expect(all.rows.map((r) => [r.id, r.filed, r.batch]).sort()).toEqual(
      [
        [a, receipt, '第一批'],
        [b, receipt, ''],
      ].sort(),
    )
    const submitted = seen.timeline.filter((t) => t.act === 'submit').at(-1)!
    expect(submitted.detail.find((d) => d.term === '清单摘要 SHA-256')?.text).toMatch(/^[0-9a-f]{64}$/)
  })

  it('HNP-036 HNL-010 what changes after filing reaches the bureau by itself, before and after in words', async () => {
    const a = (await entries(clerk, '&q=缴存')).rows[0]!
    const begun = (await clerk.see(a.id, 'item')).actions.find((x) => x.act === 'revise')!
    await done(
      clerk.act(
        a.id,
        'revise',
        { ...deep(begun.value as Values, { upkeep: { frequency: '每日' } }), change: '改为每日更新' },
        'item',
      ),
    )
    const c = await entry(clerk, boss, '公积金提取信息')
    await w.settle()
    const filing = (await bureau.list('filings?state=filed')).rows[0]!
    const changes = (await bureau.see(filing.id, 'filing')).timeline.filter((t) => t.act === 'change')
    expect(changes.map((t) => t.detail.find((d) => d.term === '目录项')?.text)).toEqual([
      '公积金缴存信息',
      '公积金提取信息',
    ])
    expect(
      changes[0]!.detail.find((d) => d.term === '前后对照')?.rows?.map((r) => r.map((f) => f.text)),
    ).toContainEqual(['更新频率', '每月', '每日'])
    const told = await read<NoticeView[]>(bureau, '/api/notices')
    expect(told.filter((n) => n.stream === filing.id && n.term === '备案后有变化')).toHaveLength(2)
    const [row] = (await read<FilingProgress>(bureau, '/api/catalogue/progress')).filter((u) => u.unit === clerk.org)
    expect(row?.filing?.changes).toBe(2)
    // the entry itself shows who changed what, when
    const { history } = await entryOf(clerk, a.id)
    const revised = history.find((h) => h.act === 'revise')!
    expect([revised.by, revised.changes.find((x) => x.term === '更新频率')]).toEqual([
      '实施机构经办',
      { term: '更新频率', was: '每月', now: '每日' },
    ])
    expect((await entryOf(clerk, c)).history.map((h) => h.act)).toEqual(['enter', 'compile'])
    // the case page of another unit's person does not open it
    expect((await operator.get(`/api/catalogue/${a.id}`)).status).toBe(404)
  })

  it('HNL-011 a census asks what systems and data there are and how much of it is not in the catalogue', async () => {
    const id = await open(bureau, 'filings', { unit: clerk.org, due: '2026-02-27' }, { kind: 'census' })
    expect(await refusal(clerk.act(id, 'report', { scope: 'all' }, 'filing'))).toBe('422 invalid')
    await done(clerk.act(id, 'report', { scope: 'all', systems: 4, found: 12, unlisted: 9 }, 'filing'))
    await done(boss.act(id, 'submit', { truthful: true }, 'filing'))
    expect(await refusal(bureau.act(id, 'receive', {}, 'filing'))).toMatch(/unknown_act/)
    await done(bureau.act(id, 'collate', {}, 'filing'))
    const seen = await bureau.see(id, 'filing')
    expect([seen.kindTerm, seen.stateTerm]).toEqual(['资源普查', '已汇总'])
    expect(seen.materials.find((m) => m.key === 'unlisted')?.text).toBe('9')
  })

  it('HNP-032 HNO-005 a new guideline binds what is compiled from then on; older entries keep theirs and are measured again', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'gongshu-policies-'))
    cpSync('policies', dir, { recursive: true })
    writeFileSync(
      join(dir, 'hunan', 'catalogue-guideline.yaml'),
      `catalogue:
  guideline:
    value:
      version: '2026'
      title: 公共数据资源目录编制指南
      views:
        - { value: sharing, term: 政务数据共享目录 }
        - { value: public, term: 公共数据资源目录 }
        - { value: operation, term: 授权运营目录 }
    from: '2026-03-20'
    basis: { document: hunan-provincial-plan, article: 三(四)1, certainty: inferred, note: 测试用的新版本 }
`,
    )
    const later = await world({ day: '2026-03-18', policies: dir })
    try {
      const [c, b] = await Promise.all([later.as('实施机构经办'), later.as('实施机构复核')])
      const old = await entry(c!, b!, '旧指南的目录项')
      await later.until('2026-03-23')
      const young = await entry(c!, b!, '新指南的目录项')
      const rows = Object.fromEntries((await entries(c!)).rows.map((r) => [r.id, r.guideline]))
      expect([rows[old], rows[young]]).toEqual(['2017', '2026'])
      expect((await entryOf(c!, old)).recheck.version).toBe('2026')
      const again = await read<Recheck>(c!, '/api/catalogue/recheck?guideline=2017')
      expect(again.map((r) => r.id)).toEqual([old])
      expect(again[0]!.missing).toContain('信息项')
    } finally {
      await later.close()
      rmSync(dir, { recursive: true })
    }
  })

  it('HNO-006 HNL-017 HNL-018 an entry says who answers for it, how it is kept up, of what quality, for what use, in which library, and whether it is collected', async () => {
    const id = await entry(clerk, boss, '单位缴存登记信息', {
      basic: { library: 'legal' },
      upkeep: {
        department: '归集处',
        updateMechanism: '业务系统每日汇集',
        quality: '必填项完整',
        usage: '接口调用',
        pending: true,
      },
    })
    const shown = JSON.stringify((await clerk.see(id, 'item')).materials)
    for (const word of ['归集处', '业务系统每日汇集', '必填项完整', '接口调用', '法人基础库'])
      expect(shown).toContain(word)
    const library = await entries(clerk, '&library=legal')
    expect(library.rows.map((r) => [r.id, r.collected])).toEqual([[id, false]])
    await done(clerk.act(id, 'collect', { collected: 'yes', platform: '省级平台' }, 'item'))
    expect((await entryOf(clerk, id)).entry?.collected).toBe(true)
  })

  it('HNL-056 HNL-001 HNO-019 who holds data is of a kind the law names; where nobody has said it is presumed and marked', async () => {
    const before = await read<Ledger>(bureau, '/api/catalogue/ledger')
    const unit = before.units.find((u) => u.unit === clerk.org)!
    expect([unit.kindTerm, unit.presumed]).toEqual(['国家机关', true])
    const classified = await bureau.act(
      clerk.org,
      'classify',
      { kind: 'central', reason: '中央在湘单位' },
      'organisation',
    )
    expect(classified.status, JSON.stringify(classified.body)).toBe(200)
    const after = await read<Ledger>(bureau, '/api/catalogue/ledger')
    expect(after.units.find((u) => u.unit === clerk.org)).toMatchObject({ kind: 'central', presumed: false })
    expect(after.kinds).toContainEqual(expect.objectContaining({ kind: 'central', data: 'reference', units: 1 }))
    const seen = await bureau.see(clerk.org, 'organisation')
    expect(seen.facts.find((f) => f.term === '持有单位类别')?.value).toMatch(/中央驻地方单位/)
  })

  it('ZQ-028 an entry says what its source unit has to do about it', async () => {
    const row = (await entries(clerk, '&q=贷款')).rows[0]!
    const { duties } = await entryOf(clerk, row.id)
    expect(duties.map((d) => [d.term, d.state])).toEqual([
      ['采集归集', 'due'],
      ['校核内容', 'due'],
      ['更新数据', 'none'],
      ['定级与安全保护', 'due'],
    ])
  })

  it('everything written can be derived again from the events', async () => {
    expect((await checkProjections(w.app)).differences).toEqual([])
  })
})

// ── Lu'an ──────────────────────────────────────────────────────────────────────────────────────────────────────

describe('一本账、公示、一数一源（六安）', () => {
  let w: World
  let bureau: Actor
  let chief: Actor
  let fund: Actor
  let fundBoss: Actor
  let operator: Actor
  beforeAll(async () => {
    w = await world({ day: '2026-01-05', lists: true })
    ;[bureau, chief, fund, fundBoss, operator] = (await Promise.all(
      ['六安局经办', '六安局审批', '公积金经办', '公积金复核', '运营机构经办'].map((n) => w.as(n)),
    )) as [Actor, Actor, Actor, Actor, Actor]
  })
  afterAll(() => w.close())

  it('LA-060 LA-001 HNO-008 the published list is the ledger: 102 entries of 25 units, 32 still to be collected, four with two holders', async () => {
    const ledger = await read<Ledger>(bureau, '/api/catalogue/ledger')
    expect(ledger.total).toMatchObject({ entries: 102, pending: 32, collected: 70, watched: 70, overdue: 0 })
    expect(ledger.units).toHaveLength(25)
    expect(ledger.units.find((u) => u.name === '市公交公司')?.entries).toBe(4)
    const all = (await entries(bureau, '&object=resource')).rows
    expect(all).toHaveLength(102)
    expect(new Set(all.flatMap((r) => r.units)).size).toBe(25)
    // what two hold together has two holders, not one with a long name
    const shared = all.filter((r) => r.units.length === 2)
    expect(shared.map((r) => r.units.join('、'))).toEqual(Array(4).fill('市交通局、市公交公司'))
    // each of the two reads and counts it as its own
    const [one, other] = shared[0]!.units
    const orgs = await organisations(w.app.pool)
    for (const name of [one, other]) {
      const id = orgs.find((o) => o.name === name)!.id
      const mine = (await entries(bureau, `&unit=${id}`)).rows
      expect(mine.map((r) => r.id)).toContain(shared[0]!.id)
    }
    const region = await read<Ledger>(await w.as('安徽督导员'), '/api/catalogue/ledger')
    expect(region.divisions.map((d) => [d.name, d.entries, d.collected])).toEqual([['六安市', 102, 70]])
  })

  it('LA-060 HNO-009 the two duplicates of the published list are shown as conflicts of source', async () => {
    const found = await read<Twins>(bureau, '/api/catalogue/conflicts')
    expect(found.map((t) => [t.entries[0]!.name, t.entries.length]).sort()).toEqual([
      ['景区游客画像信息', 2],
      ['温度信息', 2],
    ])
  })

  it('HNO-009 a bureau decides which is the source: there is only one, the others refer to it, and newcomers are told', async () => {
    const [tourism] = (await read<Twins>(bureau, '/api/catalogue/conflicts')).filter(
      (t) => t.same === '景区游客画像信息',
    )
    const [sole, other] = tourism!.entries.map((e) => e.id)
    const propose = { items: [sole, other], decision: 'reference', sole, reason: '由文旅部门统一采集' } as Values
    const id = await open(bureau, 'authorities', propose)
    // not twice
    expect(await refusal(bureau.send('POST', '/api/authorities', { input: propose }))).toBe('409 duplicate')
    // one proposes, another decides
    expect(await refusal(bureau.act(id, 'settle', {}, 'authority'))).toBe('403 not_yours')
    await done(chief.act(id, 'settle', {}, 'authority'))
    await w.settle()
    expect((await entryOf(bureau, sole!)).entry?.source).toBe('sole')
    expect((await entryOf(bureau, other!)).entry?.source).toBe('reference')
    expect((await read<Twins>(bureau, '/api/catalogue/conflicts')).map((t) => t.same)).toEqual(['温度信息'])

    const late = await open(fund, 'items', content('景区游客 画像信息'))
    const said = (await fund.see(late, 'item')).timeline[0]!.detail.find((d) => d.term === '同名提示')?.text
    expect(said).toMatch(/唯一数源已认定为/)
    expect((await fund.see(late, 'item')).remarks.map((r) => r.says)).toContain(said)
    const again = (await read<Twins>(bureau, '/api/catalogue/conflicts')).find((t) => t.same === '景区游客画像信息')!
    expect([again.entries.length, again.authority]).toEqual([3, 'sole'])
    await done(fundBoss.act(late, 'enter', {}, 'item'))
    await done(bureau.act(id, 'include', { items: [late], decision: 'merge', reason: '重复编目' }, 'authority'))
    await w.settle()
    expect((await fund.see(late, 'item')).stateTerm).toBe('已移出')

    const [weather] = (await read<Twins>(bureau, '/api/catalogue/conflicts')).filter((t) => t.same === '温度信息')
    const different = await open(bureau, 'authorities', {
      items: weather!.entries.map((e) => e.id),
      decision: 'distinct',
      reason: '一为气温，一为地温',
    })
    await done(chief.act(different, 'settle', {}, 'authority'))
    await w.settle()
    expect(await read<Twins>(bureau, '/api/catalogue/conflicts')).toEqual([])
    // taken back, it is a conflict again
    await done(chief.act(different, 'revoke', { reason: '复核后认为同一数据' }, 'authority'))
    await w.settle()
    expect((await read<Twins>(bureau, '/api/catalogue/conflicts')).map((t) => t.same)).toEqual(['温度信息'])
  })

  /** The annex was public when it was loaded; a batch still to be published is not. */
  const conceal = async (ids: readonly string[]): Promise<void> => {
    for (const id of ids) {
      const r = await actAsSystem(w.app, id, 'conceal', { sealed: { reason: '尚未公示' } })
      if (isRefusal(r)) throw new Error(r.says)
    }
  }

  it('LA-022 a batch is shown to the public, comments are answered with reasons, and after the window it is published', async () => {
    const court = (await entries(bureau, '&q=失信')).rows
    await conceal(court.map((r) => r.id))
    const secret = await entry(fund, fundBoss, '涉密的目录项', { basic: { secret: true } })
    const base = { batch: '第二批', scope: 'some', channels: '本平台、市政府网站', contact: '0564-00000000' }
    expect(
      await refusal(
        bureau.send('POST', '/api/catalogue-notices', { input: { ...base, items: [court[0]!.id, secret] } }),
      ),
    ).toMatch(/secret/)
    const id = await open(bureau, 'catalogue-notices', { ...base, items: court.map((r) => r.id) })
    expect((await w.anyone.get<CatalogueNotice[]>('/api/public/catalogue/notices')).body).toEqual([])
    await done(chief.act(id, 'release', {}, 'catalogueNotice'))
    const shown = (await w.anyone.get<CatalogueNotice>(`/api/public/catalogue/notices/${id}`)).body
    expect([shown.open, shown.count, shown.from, shown.to]).toEqual([true, court.length, '2026-01-05', '2026-01-19'])
    expect(shown.entries.map((e) => e.name)).toContain('失信被执行人信息')
    const xlsx = await w.anyone.get<Buffer>(`/api/public/catalogue/notices/${id}/list.xlsx`)
    expect(xlsx.body.subarray(0, 2).toString()).toBe('PK')
    const dropped = court[0]!.id
    const comment = { from: '某市民', received: '2026-01-05', says: '不宜授权运营', reason: '有道理' }
    await done(bureau.act(id, 'comment', { ...comment, decision: 'adopted', drop: [dropped] }, 'catalogueNotice'))
    await done(bureau.act(id, 'comment', { ...comment, decision: 'notAdopted' }, 'catalogueNotice'))
    await w.until('2026-01-20')
    await w.settle()
    const after = (await w.anyone.get<CatalogueNotice>(`/api/public/catalogue/notices/${id}`)).body
    expect([after.open, after.count, after.adopted, after.refused]).toEqual([false, court.length - 1, 1, 1])
    const rows = (await entries(bureau, '&q=失信')).rows
    expect(
      rows
        .filter((r) => r.published)
        .map((r) => r.id)
        .sort(),
    ).toEqual(
      court
        .slice(1)
        .map((r) => r.id)
        .sort(),
    )
    expect(rows.find((r) => r.id === dropped)).toMatchObject({ published: false, batch: '第一批' })
    expect(rows.find((r) => r.id === court[1]!.id)).toMatchObject({ published: true, batch: '第二批' })
  })

  it('who is no bureau shows nothing to the public, settles no source and asks for no report; who is no operator proposes nothing', async () => {
    const [a, b] = (await entries(fund)).rows
    const asked: readonly (readonly [string, Values, { about?: string; kind?: string }?])[] = [
      ['catalogue-notices', { batch: '第九批', scope: 'some', items: [a!.id], channels: '某处', contact: '某人' }],
      ['authorities', { items: [a!.id, b!.id], decision: 'distinct', reason: '某理由' }],
      ['catalogue-reports', { operator: operator.org }],
      ['proposals', { grading: '一般', reason: '某理由', changes: { usage: '接口' } }, { kind: 'amend', about: a!.id }],
    ]
    for (const [collection, input, more] of asked)
      expect([collection, await refusal(fund.send('POST', `/api/${collection}`, { ...more, input }))]).toEqual([
        collection,
        '403 not_yours',
      ])
    const report = { operator: fund.org }
    expect(await refusal(bureau.send('POST', '/api/catalogue-reports', { input: report }))).toBe('422 invalid')
  })

  it('HNO-007 three catalogues over one store: what is shared, what is public data, what is given to operation', async () => {
    const shareable = await entry(fund, fundBoss, '可共享的信息')
    const count = async (view: string) => (await entries(bureau, `&view=${view}`)).total!.entries
    const [sharing, all, operation] = await Promise.all(['sharing', 'public', 'operation'].map(count))
    expect((await entries(bureau, '&view=sharing')).rows.map((r) => r.id)).toContain(shareable)
    expect((await entries(bureau, '&view=operation')).rows.map((r) => r.id)).not.toContain(shareable)
    expect([sharing! < all!, operation! < all!, operation! > 0]).toEqual([true, true, true])
  })

  it('LA-023 LA-021 operator and source unit bring the catalogue up to date together, and the bureau decides', async () => {
    const item = (await entries(bureau, '&q=公积金账户')).rows[0]!
    const ask = { changes: { frequency: '每月', quality: '账户状态须完整' }, grading: '一般数据', reason: '应用需要' }
    const id = await open(operator, 'proposals', ask, { kind: 'amend', about: item.id })
    expect(await refusal(bureau.act(id, 'adopt', {}, 'proposal'))).toBe('409 not_now')
    await done(fundBoss.act(id, 'agree', { opinion: '同意' }, 'proposal'))
    await done(bureau.act(id, 'adopt', {}, 'proposal'))
    const { entry: now, history } = await entryOf(bureau, item.id)
    // the batch it is in is not touched by a change of its content
    expect([now?.frequency, now?.batch]).toEqual(['每月', '第一批'])
    expect(history[0]!.changes).toEqual(
      expect.arrayContaining([
        { term: '更新频率', was: '每日', now: '每月' },
        { term: '质量要求', was: '', now: '账户状态须完整' },
      ]),
    )
    const out = await open(
      operator,
      'proposals',
      { grading: '一般数据', reason: '不再使用' },
      { kind: 'exclude', about: item.id },
    )
    await done(fundBoss.act(out, 'agree', { opinion: '同意' }, 'proposal'))
    await done(bureau.act(out, 'adopt', {}, 'proposal'))
    expect((await entryOf(bureau, item.id)).entry?.batch).toBe('')
    // what its unit does not agree to is not done
    const no = await open(
      operator,
      'proposals',
      { batch: '第三批', grading: '一般', reason: '再列入' },
      { kind: 'include', about: item.id },
    )
    await done(fundBoss.act(no, 'decline', { reason: '尚未脱敏' }, 'proposal'))
    expect(await refusal(bureau.act(no, 'adopt', {}, 'proposal'))).toBe('409 not_now')
  })

  it('LA-024 the operator reports at intervals, and the next report falls due by itself', async () => {
    const id = await open(bureau, 'catalogue-reports', { operator: operator.org })
    const due = (await operator.see(id, 'catalogueReport')).due!
    expect(due.day).toBe('2026-04-20')
    const says = { from: '2026-01-01', to: '2026-03-31', added: 0, amended: 1, removed: 1, says: '调整一项，移出一项' }
    await done(operator.act(id, 'report', says, 'catalogueReport'))
    await done(bureau.act(id, 'acknowledge', {}, 'catalogueReport'))
    const next = (await operator.list('catalogue-reports?state=due')).rows
    expect(next).toHaveLength(1)
    expect(next[0]!.due?.day).toBe('2026-04-20')
  })

  it('LA-060 collected data that is not brought up to date is told to its unit once a day; what is to be collected raises no alarm', async () => {
    const digests = async () =>
      (await read<NoticeView[]>(fund, '/api/notices')).filter((n) => n.term.startsWith('数据超期未更新'))
    const before = await digests()
    expect(before).toHaveLength(1)
    const late = (await entries(fund, '&fresh=overdue')).rows
    expect(late.length).toBeGreaterThan(0)
    expect(late.every((r) => r.collected === true)).toBe(true)
    const ledger = await read<Ledger>(bureau, '/api/catalogue/ledger')
    expect(ledger.total.watched).toBe(ledger.total.collected)
    expect((await entries(bureau, '&collected=no&fresh=overdue')).rows).toEqual([])
    // brought up to date, it is overdue no more; when it lapses again it is told again, once
    await done(fund.act(late[0]!.id, 'refresh', { dataDay: '2026-01-20' }, 'item'))
    expect((await entryOf(fund, late[0]!.id)).entry?.overdue).toBe(false)
    await w.until('2026-01-26')
    await w.until('2026-01-27')
    const after = await digests()
    expect(after.length).toBe(2)
    expect(after[0]!.title).toContain(late[0]!.name)
  })

  it('HNR-004 HNR-012 a registration without an entry is found, an entry is made from it, and bears its code', async () => {
    const { record, code } = await registered(w, await team(w, 'luan'))
    const found = await read<Reconcile>(bureau, '/api/catalogue/reconcile')
    expect(found.records.map((r) => [r.id, r.code])).toEqual([[record, code]])
    const form = await read<{ value: Values }>(fund, `/api/items/form?about=${record}`)
    const made = await open(fund, 'items', deep(content('由登记编制的目录项'), form.value), { about: record })
    await done(fundBoss.act(made, 'enter', {}, 'item'))
    expect((await entryOf(fund, made)).entry?.registered).toBe(code)
    const after = await read<Reconcile>(bureau, '/api/catalogue/reconcile')
    expect([after.records, after.registered - found.registered]).toEqual([[], 1])
  })

  it('LA-022 a batch of any size is published entry by entry by a job that may be done again', async () => {
    await conceal((await entries(bureau, '&object=resource&state=listed&published=1')).rows.map((r) => r.id))
    const free = (await entries(bureau, '&object=resource&state=listed&published=0')).rows.filter((r) => !r.secret)
    expect(free.length).toBeGreaterThan(64)
    const id = await open(bureau, 'catalogue-notices', {
      batch: '第三批',
      scope: 'some',
      items: free.map((r) => r.id),
      channels: '本平台',
      contact: '0564-00000000',
    })
    await done(chief.act(id, 'release', {}, 'catalogueNotice'))
    await w.until('2026-06-30')
    const versions = async () =>
      Object.fromEntries(
        (await entries(bureau, '&batch=第三批')).rows.map((r) => [r.id, `${r.published} ${r.updated}`]),
      )
    const first = await versions()
    expect(Object.keys(first).sort()).toEqual(free.map((r) => r.id).sort())
    expect(new Set(Object.values(first).map((v) => v.split(' ')[0]))).toEqual(new Set(['true']))
    const before = (await bureau.see(free[0]!.id, 'item')).version
    expect(
      await workEntries(w.app, { id: 0, topic: 'entries', stream: id, payload: { from: 0 }, tried: 0 }),
    ).toBeUndefined()
    expect((await bureau.see(free[0]!.id, 'item')).version).toBe(before)
  })

  it('a page of the list costs the same few statements whatever it shows', async () => {
    const said: string[] = []
    const query = pg.Client.prototype.query as (...args: unknown[]) => unknown
    const spy = function (this: unknown, ...args: unknown[]): unknown {
      const text = typeof args[0] === 'string' ? args[0] : (args[0] as { text?: string }).text
      said.push((text ?? '').trim().slice(0, 60))
      return query.apply(this, args)
    }
    const count = async (url: string): Promise<number> => {
      said.length = 0
      pg.Client.prototype.query = spy as never
      try {
        await done(bureau.get(url))
      } finally {
        pg.Client.prototype.query = query as never
      }
      return said.filter((x) => !/^(begin|commit)$/.test(x)).length
    }
    const few = await count('/api/catalogue?limit=1')
    const many = await count('/api/catalogue?limit=200')
    expect(many, said.join('\n')).toBe(few)
    expect(many).toBeLessThanOrEqual(6)
  })

  it('numbers, and nothing else, are for everybody', async () => {
    const { body } = await w.anyone.get<PublicCatalogue>('/api/public/catalogue')
    const [luan] = body.divisions.filter((d) => d.division === '341500')
    expect([luan?.name, luan!.entries > 100]).toEqual(['六安市', true])
    expect(JSON.stringify(body)).not.toContain('涉密')
  })

  it('everything written can be derived again from the events', async () => {
    expect((await checkProjections(w.app)).differences).toEqual([])
  })
})
