import { createHash } from 'node:crypto'
import type { Refusal, UploadView } from '#contract'
import { isRefusal, refuse } from '#contract'
import type { Case } from '#domain/kernel'
import { batchFor, gateCode } from '#domain/supply'
import {
  asViewer,
  dropUpload,
  openUpload,
  piecesOf,
  readCase,
  storedDay,
  takeInto,
  uploadOf,
  type Viewer,
} from '#store'
import { accessEntry, act, actAsSystem, legalDay, rulesFor, signedOut } from './act.ts'
import type { App } from './app.ts'
import { factOf } from './supplyFacts.ts'

/** Size in which a sender had best cut a file, and the most that is taken at once. Bytes. */
export const pieceSize = 8 * 2 ** 20
export const mostPiece = 32 * 2 ** 20

const gone = refuse('not_found', '没有这一批次，或您无权查看')
const view = (batch: string, name: string, size: number, have: number): UploadView => ({
  batch,
  name,
  size,
  offset: have,
  piece: pieceSize,
})

/** The batch for whoever may send its file: its source's handler, while it is being received. */
const sending = async (
  app: App,
  token: Buffer,
  id: string,
): Promise<{ readonly s: Case; readonly viewer: Viewer; readonly day: string; readonly at?: UploadView } | Refusal> => {
  const found = await asViewer(app.pool, token, app.idle, async (q, viewer) => {
    const s = (await readCase(q, id, []))?.head.snapshot
    return { viewer, s, day: legalDay(app, (await storedDay(q)).day), upload: await uploadOf(q, id) }
  })
  if (!found) return signedOut
  const { s, viewer, upload, day } = found
  const denied = async (no: Refusal): Promise<Refusal> => {
    await app.committer.commit({
      access: [accessEntry(app, 'denied', viewer, id, { process: 'batch', what: 'upload' })],
    })
    return no
  }
  if (s?.process !== 'batch' || s.kind !== 'file') return denied(gone)
  if (s.seats['source'] !== viewer.org || !viewer.duties.includes('handler'))
    return denied(refuse('not_yours', '由数源单位的经办岗位传送数据'))
  return { s, viewer, day, ...(upload ? { at: view(id, upload.name, upload.size, upload.have) } : {}) }
}

/** Gates are asked again whenever data is about to come in: what was suspended or withdrawn stops it. */
const shut = async (app: App, s: Case, day: string): Promise<Refusal | undefined> => {
  const { agreement, item } = batchFor(s)
  const fact = await factOf(app, rulesFor(app, s.division, day).rules, agreement, item, s.division, day, s.id)
  const closed = fact.gates.filter((g) => !g.open)
  return closed[0]
    ? refuse(gateCode[closed[0].key] ?? 'gate_shut', closed.map((g) => g.says).join('；'), { basis: closed[0].basis })
    : undefined
}

export interface NewUpload {
  readonly name: string
  readonly size: number
  readonly sha256?: string | undefined
}
/**
 * Begins the upload of a batch's file, or says how far it has come when it was begun before: whoever lost the answer, the line or the
 * server goes on from there. Another file needs the batch to be given up and begun again.
 */
export const beginUpload = async (
  app: App,
  token: Buffer,
  id: string,
  file: NewUpload,
  key: string,
): Promise<UploadView | Refusal> => {
  const found = await sending(app, token, id)
  if (isRefusal(found)) return found
  const { s, viewer } = found
  if (s.at === 'open') {
    const done = await act(app, { token }, id, {
      process: 'batch',
      act: 'receive',
      input: { name: file.name, size: file.size, ...(file.sha256 ? { digest: file.sha256 } : {}) },
      key,
    })
    if (isRefusal(done)) return done
    // what a batch that was given up had received must not stand before what comes now
    if (found.at) for (const old of await dropUpload(app.pool, id)) await app.files.remove(old)
  } else if (s.at !== 'receiving') return refuse('not_now', '这一批次不在接收中')
  else if (s.data['receive']?.['name'] !== file.name || s.data['receive']?.['size'] !== file.size)
    return refuse('duplicate', '这一批次正在接收另一个文件；要换文件，请先放弃本次传送')
  await openUpload(app.pool, { batch: id, owner: viewer.org, person: viewer.person, name: file.name, size: file.size })
  const again = await sending(app, token, id)
  return isRefusal(again) ? again : again.at!
}

/** How far an upload has come, for whoever sends it. */
export const uploadState = async (app: App, token: Buffer, id: string): Promise<UploadView | Refusal> => {
  const found = await sending(app, token, id)
  return isRefusal(found) ? found : (found.at ?? refuse('not_found', '这一批次没有正在进行的上传'))
}

export interface Piece {
  readonly offset: number
  /** SHA-256 of the piece, lower-case hex. */
  readonly sha256: string
  readonly content: AsyncIterable<Uint8Array>
}
const elsewhere = (have: number): Refusal =>
  refuse('offset', `请从 ${have} 字节处继续`, { fields: { 'Upload-Offset': String(have) } })

class TooLong extends Error {}
/**
 * Takes the next piece. It is encrypted and durable, and written down, before the answer; a piece that breaks off or is not what its
 * digest says leaves nothing. The same piece sent again is answered as it was.
 * Refusal codes: `offset` (with the one to go on from), `digest_mismatch`, `too_large`, `not_now`.
 */
export const takePiece = async (app: App, token: Buffer, id: string, p: Piece): Promise<UploadView | Refusal> => {
  const found = await sending(app, token, id)
  if (isRefusal(found)) return found
  const { s, at } = found
  if (s.at !== 'receiving' || !at) return refuse('not_now', '这一批次不在接收中')
  if (p.offset !== at.offset) {
    const known = (await asViewer(app.pool, token, app.idle, (q) => piecesOf(q, id)))?.find((x) => x.start === p.offset)
    return known?.sha256 === p.sha256 ? at : elsewhere(at.offset)
  }
  const most = Math.min(mostPiece, at.size - at.offset)
  const digest = createHash('sha256')
  let size = 0
  const limited = async function* (): AsyncGenerator<Uint8Array> {
    for await (const piece of p.content) {
      size += piece.length
      if (size > most) throw new TooLong()
      digest.update(piece)
      yield piece
    }
    // a piece that is not what it should be is never put in its place
    if (size === 0 || digest.digest('hex') !== p.sha256) throw new Mismatch()
  }
  let key: string
  try {
    ;({ key } = await app.files.put(limited()))
  } catch (e) {
    if (e instanceof TooLong)
      return refuse('too_large', `一次最多 ${mostPiece >> 20} MB，且不超过文件的大小`, { fields: { body: '过大' } })
    if (e instanceof Mismatch)
      return refuse('digest_mismatch', '这一段的内容与所报的 SHA-256 不符，没有接收，请重新发送', {
        fields: { 'Upload-Digest': '不符' },
      })
    throw e
  }
  const taken = await takeInto(app.pool, id, { start: p.offset, size, sha256: p.sha256, key })
  if (!taken?.taken) {
    await app.files.remove(key)
    return taken ? elsewhere(taken.have) : refuse('not_now', '这一批次不在接收中')
  }
  return { ...at, offset: taken.have }
}
class Mismatch extends Error {}

/** Says that all of the file has been sent; it is then checked and taken in. Said twice, it is done once. */
export const completeUpload = async (
  app: App,
  token: Buffer,
  id: string,
): Promise<{ readonly state: string } | Refusal> => {
  const found = await sending(app, token, id)
  if (isRefusal(found)) return found
  const { s, at, day } = found
  if (['checking', 'ready', 'quarantined'].includes(s.at)) return { state: s.at }
  if (s.at !== 'receiving' || !at) return refuse('not_now', '这一批次不在接收中')
  if (at.offset !== at.size) return elsewhere(at.offset)
  const no = await shut(app, s, day)
  if (no) return no
  const done = await actAsSystem(app, id, 'received', { data: { size: at.size } })
  return isRefusal(done) && done.code !== 'not_now' ? done : { state: 'checking' }
}
