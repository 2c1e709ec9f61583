import type { Report } from '#evidence'
import { Buffer } from '../buffer.ts'

/** A file as it was checked on this machine. */
export interface Proof {
  readonly report: Report
  /** SHA-256 by which the register knows a certificate: of the file without the evidence attached to it. */
  readonly sha256: string
}

/** The public keys of this platform’s logs, as it hands them out; without a connection, none. */
const published = async (logs: Iterable<string>): Promise<string> => {
  const keys = await Promise.all(
    [...logs].map(async (log) => {
      const answer = await fetch(`/log/${encodeURIComponent(log)}/key`).catch(() => undefined)
      return answer?.ok ? await answer.text() : ''
    }),
  )
  return keys.join('\n')
}

/**
 * Checks a file with the code of gongshu-verify. The file does not leave the machine; fetched are the keys, unless the reader has
 * brought others. The code is loaded when there is something to check.
 * @throws Error for keys that are none
 */
export const prove = async (file: File, keys: File | undefined): Promise<Proof> => {
  Object.assign(globalThis, { Buffer })
  const [{ readTrust, verify }, { hash }] = await Promise.all([import('#evidence'), import('../crypto.ts')])
  const bytes = new Uint8Array(await file.arrayBuffer())
  const logs = new Set(['register', 'access', ...verify(bytes, { keys: [] }).steps.map((s) => s.log)])
  const report = verify(bytes, readTrust(keys ? await keys.text() : await published(logs)))
  return { report, sha256: report.base ?? String(hash('sha256', bytes)) }
}
