import { afterAll, beforeAll, expect, it } from 'vitest'
import { done, perform } from '../cases.ts'
import { begin, conditional, entryOf, none, term } from '../sharing.ts'
import { world, type World } from '../world.ts'
import { audience, type Exhibit } from './cast.ts'
import { fingerprint } from './database.ts'
import { signedOut, tryEverything } from './matrix.ts'
import { hire, load, stage, tableOf, type Seated } from './stage.ts'

let w: World
let people: readonly Seated[]
const exhibits: Exhibit[] = []
beforeAll(async () => {
  w = await world()
  const [fund, fundBoss, transport, bureauBoss] = await Promise.all(
    ['公积金经办', '公积金复核', '交通局经办', '六安局审批'].map((n) => w.as(n)),
  )
  const show = async (id: string): Promise<void> => {
    const s = await load(w, id)
    exhibits.push({ label: `${s.process}/${s.kind}@${s.at}`, s, ...(await tableOf(w, s)) })
  }
  let n = 0
  const entry = (access: typeof conditional | typeof none): Promise<string> =>
    entryOf([fund!, fundBoss!], access, { basic: { name: `甲${++n}` } })
  const asked = async (): Promise<string> =>
    (await done(begin(transport!, 'shares', 'data', await entry(conditional), term))).id
  const refused = async (): Promise<string> => {
    const id = await asked()
    await done(perform(fundBoss!, id, 'refuse', {}, 'share'))
    return id
  }
  const disputed = async (): Promise<string> => {
    const id = await refused()
    await done(perform(transport!, id, 'dispute', {}, 'share'))
    return id
  }
  await show(await asked())
  await show(await refused())
  await show(await disputed())
  const escalated = await disputed()
  await done(perform(bureauBoss!, escalated, 'dispute.mediate', {}, 'share'))
  await show(escalated)
  const provided = await asked()
  await done(perform(fundBoss!, provided, 'agree', {}, 'share'))
  await done(perform(fund!, provided, 'provide', { method: 'file', deliveredOn: '2026-03-09' }, 'share'))
  await show(provided)
  const units = [{ unit: transport!.org }]
  await show((await done(begin(fund!, 'shares', 'offer', await entry(conditional), { units }))).id)
  await show((await done(begin(transport!, 'shares', 'verify', await entry(none)))).id)
  await show((await done(begin(transport!, 'acquisitions', 'purchase', undefined))).id)
  await show((await done(begin(transport!, 'channels', 'channel', undefined))).id)
  const own = { items: [await entry(conditional)], from: '2026-03-09', to: '2026-12-31' }
  await show((await done(begin(fund!, 'self-uses', 'selfUse', undefined, own))).id)
  const s = stage(w)
  people = [
    ...(await audience(w, s, ['handler', 'approver'])),
    ...(await Promise.all(
      ['handler', 'approver'].map((d) => hire(w, w.orgs['luanGovernment'], [d], `本级人民政府·${d}`)),
    )),
    signedOut,
  ]
}, 120_000)
afterAll(() => w.close())

it('whoever has no seat in a request does nothing to it and sees nothing of it, in no state, and changes nothing by trying', async () => {
  const before = await fingerprint(w)
  const { cells, allowed, wrong } = await tryEverything(w, exhibits, people)
  console.log(`sharing: ${cells} cells (${exhibits.length} cases × ${people.length} people × acts), ${allowed} allowed`)
  expect(wrong.slice(0, 20)).toEqual([])
  expect(allowed).toBeGreaterThan(20)
  expect(await fingerprint(w)).toEqual(before)
}, 150_000)
