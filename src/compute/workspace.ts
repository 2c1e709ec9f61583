import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

const staleMs = 24 * 3_600_000

/**
 * Lends a folder of its own (mode 0700) below the data directory and removes it with all that is in it, however the work ends. What a
 * killed process left there goes after a day.
 */
export const inWorkspace = async <T>(dataDir: string, work: (dir: string) => Promise<T>): Promise<T> => {
  const root = join(dataDir, 'compute')
  await mkdir(root, { recursive: true, mode: 0o700 })
  for (const name of await readdir(root)) {
    const left = await stat(join(root, name)).catch(() => undefined)
    if (left && Date.now() - left.mtimeMs > staleMs) await rm(join(root, name), { recursive: true, force: true })
  }
  const dir = await mkdtemp(join(root, 'scan-'))
  try {
    return await work(dir)
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

/** Writes a stream to a file only we can read. */
export const spool = async (content: AsyncIterable<Uint8Array>, path: string, signal: AbortSignal): Promise<string> => {
  await pipeline(Readable.from(content), createWriteStream(path, { mode: 0o600, flags: 'wx' }), { signal })
  return path
}
