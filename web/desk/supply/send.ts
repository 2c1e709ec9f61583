import type { Problem, UploadView } from '#contract'
import { problemOf, Refused, send } from '../../api.ts'

const hex = (bytes: ArrayBuffer): string =>
  [...new Uint8Array(bytes)].map((b) => b.toString(16).padStart(2, '0')).join('')
const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))

export interface Sending {
  readonly sent: number
  readonly size: number
  /** Waiting for the line or the server to come back. */
  readonly waiting: boolean
}

/**
 * Sends a batch's file piece by piece, from where the server has come to: after a lost line, a closed page or a restarted server it goes
 * on instead of beginning anew. Each piece goes with its digest. Rejects with what the server refuses.
 */
export const sendFile = async (
  batch: string,
  file: File,
  tell: (now: Sending) => void,
  signal: AbortSignal,
): Promise<void> => {
  let at = await send<UploadView>('POST', `/batches/${batch}/upload`, { name: file.name, size: file.size })
  let lost = 0
  while (at.offset < at.size) {
    signal.throwIfAborted()
    tell({ sent: at.offset, size: at.size, waiting: lost > 0 })
    const piece = await file.slice(at.offset, at.offset + at.piece).arrayBuffer()
    try {
      const response = await fetch(`/api/batches/${batch}/upload`, {
        method: 'PATCH',
        headers: {
          'content-type': 'application/octet-stream',
          'upload-offset': String(at.offset),
          'upload-digest': hex(await crypto.subtle.digest('SHA-256', piece)),
        },
        body: piece,
        signal,
      })
      if (response.status >= 502) throw new TypeError('unanswered')
      const said = (await response.json()) as UploadView | Problem
      // somebody else, or this page before it was reloaded, has come further
      if (response.status === 409 && (said as Problem).code === 'offset')
        at = await send<UploadView>('POST', `/batches/${batch}/upload`, { name: file.name, size: file.size })
      else if (!response.ok) throw new Refused(said as Problem)
      else at = said as UploadView
      lost = 0
    } catch (error) {
      if (!(error instanceof TypeError) || ++lost > 40) throw error
      tell({ sent: at.offset, size: at.size, waiting: true })
      await pause(Math.min(10_000, 500 * lost))
      at = await send<UploadView>('POST', `/batches/${batch}/upload`, { name: file.name, size: file.size }).catch(
        (e: unknown) => {
          if (problemOf(e).code === 'offline') return at
          throw e
        },
      )
    }
  }
  tell({ sent: at.size, size: at.size, waiting: false })
  await send('POST', `/batches/${batch}/upload/complete`, {})
}
