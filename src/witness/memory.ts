import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, randomUUID } from 'node:crypto'
import { link, mkdir, open, readFile, readdir, realpath, rename, stat, unlink } from 'node:fs/promises'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import {
  cosigner,
  openNote,
  parseCheckpoint,
  parseVkey,
  signatureLine,
  vkey,
  type Checkpoint,
  type NoteSigner,
  type VerifierKey,
} from '#ledger'

/*
 * A witness's directory:
 *
 *   witness.key               its Ed25519 key, PKCS #8, mode 0600
 *   witness.vkey              the public half with its name, as logs and auditors are to be told
 *   logs                      whom it serves, see logs.ts
 *   memory/<hash>.note        per log, by SHA-256 of the origin: the checkpoint cosigned last, signed by the log and by the witness itself,
 *                             so that damage shows when it is read
 *   evidence/<hash>-….note    checkpoints of a log that has forked, signed by it and refused
 *
 * Whoever puts an older copy of this directory back makes the witness forget, which is the one thing it must not. It is not to be restored
 * from a backup: a witness that lost its memory begins anew with another key and another name.
 */

const isMissing = (error: unknown): boolean => (error as { code?: unknown }).code === 'ENOENT'
const orUndefined = (error: unknown): undefined => {
  if (!isMissing(error)) throw error
}

const syncDirectory = async (dir: string): Promise<void> => {
  const handle = await open(dir, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Writes beside `path`, durably, and puts it there by `place`. */
const durably = async (
  path: string,
  content: string,
  mode: number,
  place: (temporary: string) => Promise<void>,
): Promise<void> => {
  const temporary = `${path}.${randomUUID()}`
  try {
    const handle = await open(temporary, 'wx', mode)
    try {
      await handle.writeFile(content)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await place(temporary)
    await syncDirectory(dirname(path))
  } finally {
    await unlink(temporary).catch(orUndefined)
  }
}
/** What was there is there until the new content is, whenever the power fails. */
export const replace = (path: string, content: string, mode = 0o600): Promise<void> =>
  durably(path, content, mode, (t) => rename(t, path))
/** Writes only what is not there yet. */
const createOnce = (path: string, content: string, mode: number): Promise<void> =>
  durably(path, content, mode, (t) =>
    link(t, path).catch((e: unknown) => {
      if ((e as { code?: unknown }).code !== 'EEXIST') throw e
    }),
  )

export interface Identity {
  readonly vkey: string
  readonly key: VerifierKey
}

/** The public half of a witness that has been started before; undefined for another directory. */
export const findIdentity = async (dir: string): Promise<Identity | undefined> => {
  const found = await readFile(join(dir, 'witness.vkey'), 'utf8').catch(orUndefined)
  return found === undefined ? undefined : { vkey: found.trim(), key: parseVkey(found.trim()) }
}

/**
 * The identity of the witness in a directory, made on first start under the given name.
 * @throws Error when it goes by another name, or its key is gone, damaged or open to others
 */
export const openIdentity = async (
  dir: string,
  name: string | undefined,
): Promise<Identity & { readonly signer: NoteSigner }> => {
  for (const d of ['memory', 'evidence']) await mkdir(join(dir, d), { recursive: true, mode: 0o700 })
  const path = join(dir, 'witness.key')
  const known = await findIdentity(dir)
  if (!known && name === undefined) throw new Error('首次启动须用 --name 给见证方起名，例如 audit.example.cn/witness')
  if (known && name !== undefined && known.key.name !== name)
    throw new Error(`这个目录里的见证方名为“${known.key.name}”，不是“${name}”：名称写入公钥，不能更改`)
  if (!known)
    await createOnce(
      path,
      String(generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' })),
      0o600,
    )
  const pem = await readFile(path, 'utf8').catch(orUndefined)
  if (pem === undefined) throw new Error(`${path} 不见了：没有原来的密钥就不是原来的见证方，请换一个目录和名称重新开始`)
  const { mode } = await stat(path)
  if (mode & 0o077) throw new Error(`${path} 对其他用户开放（权限 ${(mode & 0o777).toString(8)}），请 chmod 600`)
  const secret = createPrivateKey(pem)
  const signer = cosigner(known?.key.name ?? name!, secret, () => Math.floor(Date.now() / 1000))
  const raw = Buffer.from(createPublicKey(secret).export({ format: 'jwk' }).x ?? '', 'base64url')
  const text = vkey(signer.name, 4, raw)
  if (known && known.vkey !== text) throw new Error(`${path} 与 witness.vkey 不是一对：有一个被换过`)
  if (!known) await createOnce(join(dir, 'witness.vkey'), `${text}\n`, 0o644)
  return { vkey: text, key: parseVkey(text), signer }
}

/**
 * Makes the directory, and keeps every other process out of it until the returned function is called.
 *
 * Two processes on one directory could each cosign what the other must not. The lock dies with its holder. Only Linux has this kind, and
 * it does not reach from one container into another: never give two containers the same directory.
 */
export const holdAlone = async (dir: string): Promise<() => Promise<void>> => {
  await mkdir(dir, { recursive: true, mode: 0o700 })
  await syncDirectory(dirname(dir))
  if (process.platform !== 'linux') return async () => undefined
  const lock = createServer((peer) => peer.destroy())
  const place = createHash('sha256')
    .update(await realpath(dir))
    .digest('hex')
  await new Promise<void>((resolve, reject) => {
    lock
      .once('error', () => reject(new Error(`${dir} 正由另一个见证方进程使用`)))
      .listen({ path: `\0gongshu-witness-${place}`.padEnd(107, '.') }, resolve)
  })
  lock.unref()
  return () => new Promise((resolve) => void lock.close(() => resolve()))
}

const hashOf = (origin: string): string => createHash('sha256').update(origin).digest('hex')
const memoryPath = (dir: string, origin: string): string => join(dir, 'memory', `${hashOf(origin)}.note`)

export interface Remembered extends Checkpoint {
  /** Cosigned when, in POSIX seconds. */
  readonly time: number
  /** As it was cosigned: the text, the signatures of the log and of the witness. */
  readonly note: string
}

/**
 * What the witness remembers of a log; undefined when it has never cosigned one of its checkpoints.
 * @throws Error when that can no longer be read for sure: then nothing may be signed any more
 */
export const recall = async (
  dir: string,
  self: VerifierKey,
  logs: readonly VerifierKey[],
  origin: string,
): Promise<Remembered | undefined> => {
  const path = memoryPath(dir, origin)
  const note = await readFile(path, 'utf8').catch(orUndefined)
  if (note === undefined) return undefined
  try {
    const own = logs.filter((k) => k.name === origin)
    const { text, signed, bad } = openNote(note, [self, ...own])
    const checkpoint = parseCheckpoint(text)
    const time = signed.find((s) => s.key === self)?.time
    if (
      time === undefined ||
      bad.length > 0 ||
      !signed.some((s) => own.includes(s.key)) ||
      checkpoint.origin !== origin
    )
      throw new Error('unsigned')
    return { ...checkpoint, time, note }
  } catch (e) {
    throw new Error(`对“${origin}”的记忆已损坏（${path}），不再为它副署`, { cause: e })
  }
}

/** Cosigns a checkpoint and remembers it. @returns the signature line, which must not leave before this has resolved */
export const remember = async (
  dir: string,
  signer: NoteSigner,
  note: string,
  { origin }: Checkpoint,
): Promise<string> => {
  const line = await signatureLine(openNote(note, []).text, signer)
  await replace(memoryPath(dir, origin), note + line)
  return line
}

/** As much as proves the case; a log that signs anything must not fill the disk as well. */
const mostEvidence = 100

const evidenceOf = async (dir: string, origin: string): Promise<readonly string[]> =>
  (await readdir(join(dir, 'evidence'))).filter((f) => f.startsWith(hashOf(origin)))

/** Keeps a signed checkpoint that cannot stand beside the one that is remembered. */
export const keepEvidence = async (dir: string, origin: string, note: string): Promise<void> => {
  if ((await evidenceOf(dir, origin)).length >= mostEvidence) return
  const { text } = openNote(note, [])
  await createOnce(join(dir, 'evidence', `${hashOf(origin)}-${hashOf(text).slice(0, 16)}.note`), note, 0o644)
}

/** What a witness says of itself to anyone. */
export interface WitnessStatus {
  readonly name: string
  readonly vkey: string
  readonly logs: readonly {
    readonly origin: string
    /** What it cosigned last; absent when that was nothing, or when the memory is damaged. */
    readonly remembered?: {
      readonly size: number
      /** Base64. */
      readonly root: string
      /** Instant, UTC. */
      readonly at: string
      readonly note: string
    }
    readonly problem?: string
    /** How many checkpoints of a fork, signed by the log, it has refused and kept. */
    readonly forks: number
  }[]
}
export const statusOf = async (dir: string, self: Identity, logs: readonly VerifierKey[]): Promise<WitnessStatus> => ({
  name: self.key.name,
  vkey: self.vkey,
  logs: await Promise.all(
    [...new Set(logs.map((k) => k.name))].map(async (origin) => {
      const forks = (await evidenceOf(dir, origin)).length
      try {
        const r = await recall(dir, self.key, logs, origin)
        if (!r) return { origin, forks }
        const { size, root, time, note } = r
        const at = new Date(time * 1000).toISOString()
        return { origin, forks, remembered: { size, root: root.toString('base64'), at, note } }
      } catch (e) {
        return { origin, forks, problem: (e as Error).message }
      }
    }),
  ),
})
