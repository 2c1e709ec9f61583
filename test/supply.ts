import { createHash } from 'node:crypto'
import type { BatchHops, CaseView, Problem, SupplyView, UploadView } from '#contract'
import { collectionOf, isRefusal } from '#contract'
import { actAsSystem } from '#application'
import { act, agreed, appointed, approved, planned, selected, type Domain } from './authorization.ts'
import { done, type Values } from './cases.ts'
import { begin, entryOf } from './sharing.ts'
import type { Actor, Answered, World } from './world.ts'

export const fields = [
  { name: '缴存流水号', field: 'lsh', type: '字符型', length: '12', nullable: false, key: true },
  { name: '姓名', field: 'xm', type: '字符型' },
  { name: '证件号码', field: 'sfzh', type: '字符型', length: '18' },
  { name: '手机号码', field: 'sjhm', type: '字符型' },
  { name: '缴存基数', field: 'jcjs', type: '数值型' },
  { name: '开户日期', field: 'khrq', type: '日期型' },
  { name: '区划代码', field: 'qhdm', type: '字符型' },
]
export const header = 'lsh,xm,sfzh,sjhm,jcjs,khrq,qhdm'
const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
const surnames = ['张', '王', '李', '赵', '刘']
/** A person nobody knows; the check digit of the number holds. */
export const idOf = (n: number): string => {
  const body = `430102${1950 + (n % 50)}${String((n % 12) + 1).padStart(2, '0')}${String((n % 28) + 1).padStart(2, '0')}${String(n % 1000).padStart(3, '0')}`
  return body + '10X98765432'.charAt(weights.reduce((sum, w, i) => sum + w * Number(body.charAt(i)), 0) % 11)
}
export const line = (n: number): string =>
  [
    `L${String(n).padStart(8, '0')}`,
    `${surnames[n % 5]}某${n % 7}`,
    idOf(n),
    `138${String(n % 100_000_000).padStart(8, '0')}`,
    String(3000 + ((n * 37) % 9000)),
    `20${String(10 + (n % 10))}-0${(n % 9) + 1}-1${n % 10}`,
    '430102',
  ].join(',')
export const table = (n: number, from = 0): Buffer =>
  Buffer.from(`${header}\n${Array.from({ length: n }, (_, i) => line(from + i)).join('\n')}\n`)

/** An entry of the implementer's with personal fields, graded. */
export const anItem = async (
  w: World,
  d: Pick<Domain, 'clerk' | 'boss'>,
  name: string,
  over: Values = {},
  upstream?: string,
): Promise<string> => {
  const id = await entryOf(
    [d.clerk, d.boss],
    { sharing: 'unconditional', ...over },
    {
      basic: { name },
      fields: fields as never,
      ...(upstream ? { rights: { upstream: [upstream] } } : {}),
    },
  )
  await grade(w, id)
  return id
}
/** As the end of a grading leaves it in the entry's history. */
export const grade = async (w: World, id: string, more: Record<string, string> = {}): Promise<void> => {
  const answer = await actAsSystem(w.app, id, 'graded', {
    data: { grade: '3', personal: '', sharing: 'unconditional', opening: 'unconditional', ...more },
    sealed: {},
  })
  if (isRefusal(answer)) throw new Error(answer.says)
}

/** An agreement under way over these entries. */
export const agreementOver = async (w: World, d: Domain, items: readonly string[]): Promise<string> => {
  const appointment = await appointed(d, w)
  const plan = await planned(d, appointment, items)
  await approved(d, w, plan)
  return agreed(d, w, await selected(d, w, plan), items, { termFrom: '2026-03-01' })
}

export const rulesOf = (over: Record<string, string> = {}) =>
  Object.entries({
    姓名: 'name',
    证件号码: 'token',
    手机号码: 'phone',
    缴存基数: 'band',
    开户日期: 'month',
    区划代码: 'city',
    ...over,
  }).map(([name, method]) => ({
    name,
    method,
    ...(method === 'keep' ? { reason: '双方核实' } : {}),
    ...(method === 'band' ? { band: 1000 } : {}),
  }))
/** The rule of masking proposed by the source and agreed by the implementer. */
export const masked = async (
  source: Actor,
  implementer: Actor,
  agreement: string,
  item: string,
  over: Record<string, string> = {},
): Promise<string> => {
  const { id } = await done(begin(source, 'maskings', 'masking', agreement, { item, fields: rulesOf(over) as never }))
  await done(act(implementer, 'masking', id, 'agree'))
  return id
}

export const aBatch = (source: Actor, agreement: string, item: string, over: Values = {}, kind = 'file') =>
  begin(source, 'batches', kind, agreement, { item, period: '2026年3月', ...over })

const sha = (b: Buffer): string => createHash('sha256').update(b).digest('hex')
export const startUpload = (who: Actor, id: string, name: string, size: number, sha256?: string) =>
  who.send<UploadView & Problem>('POST', `/api/batches/${id}/upload`, { name, size, ...(sha256 ? { sha256 } : {}) })
export const sendPiece = (
  who: Actor,
  id: string,
  offset: number,
  piece: Buffer,
  digest = sha(piece),
): Promise<Answered<UploadView & Problem>> =>
  who.send('PATCH' as never, `/api/batches/${id}/upload`, piece, {
    'content-type': 'application/octet-stream',
    'upload-offset': String(offset),
    'upload-digest': digest,
  })
export const finishUpload = (who: Actor, id: string) =>
  who.send<{ state: string } & Problem>('POST', `/api/batches/${id}/upload/complete`, {})
/** A file sent whole, in pieces of this size. */
export const sent = async (
  who: Actor,
  id: string,
  bytes: Buffer,
  o: { readonly name?: string; readonly sha256?: string; readonly piece?: number } = {},
): Promise<void> => {
  await done(startUpload(who, id, o.name ?? '缴存明细.csv', bytes.length, o.sha256))
  const piece = o.piece ?? 8 * 2 ** 20
  for (let at = 0; at < bytes.length; at += piece) await done(sendPiece(who, id, at, bytes.subarray(at, at + piece)))
  await done(finishUpload(who, id))
}

export const batchAct = (who: Actor, id: string, name: string, over: Values = {}) => act(who, 'batch', id, name, over)
export const seeBatch = (who: Actor, id: string): Promise<CaseView> => who.see(id, 'batch')
export const hopsSeen = (who: Actor, id: string) => done(who.get<BatchHops>(`/api/${collectionOf['batch']}/${id}/hops`))
export const pipeline = (who: Actor, agreement: string) => done(who.get<SupplyView>(`/api/supply/${agreement}`))
/** The gates of an entry that are shut. */
export const shutGates = async (who: Actor, agreement: string, item: string): Promise<string[]> =>
  (await pipeline(who, agreement)).items
    .find((i) => i.id === item)!
    .gates.filter((g) => !g.open)
    .map((g) => g.key)
