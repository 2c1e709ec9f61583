import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes, randomUUID } from 'node:crypto'
import { link, mkdir, open, readdir, readFile, rename, stat, unlink } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'

/** What the register keeps about a file's content. Digests are lower-case hex of the plaintext; `size` is in bytes. */
export interface StoredContent {
  readonly size: number
  readonly sha256: string
  readonly sm3: string
}
export type FileSource = Uint8Array | AsyncIterable<Uint8Array>

/**
 * Where uploaded files live. The store knows nothing of owners or retention: a key is a random id that belongs to the one
 * row it was put for, and the same content put twice is two files. An S3-compatible store can stand behind this type.
 */
export interface FileStore {
  /** Resolves once the content is durable. A source that fails leaves nothing behind. */
  readonly put: (source: FileSource) => Promise<StoredContent & { readonly key: string }>
  /**
   * Plaintext, authenticated piece by piece. Rejects with a {@link FileStoreError} when the file cannot be opened;
   * the stream itself fails with one when damage is met later on, so a reader must not act on a stream before its end.
   * With `from` it begins at that byte of the plaintext; what stands before it is not read.
   */
  readonly get: (key: string, from?: number) => Promise<Readable>
  /** True when there was such a file. Its wrapped key goes with it: what a backup does not hold is unreadable for good. */
  readonly remove: (key: string) => Promise<boolean>
  /** Reads the whole file and reports what it holds, to be compared with the row that owns the key. */
  readonly verify: (
    key: string,
  ) => Promise<({ readonly ok: true } & StoredContent) | { readonly ok: false; readonly code: FileStoreErrorCode }>
}

export type FileStoreErrorCode = 'missing' | 'damaged' | 'wrong_master_key'
export class FileStoreError extends Error {
  readonly code: FileStoreErrorCode
  constructor(code: FileStoreErrorCode, message: string) {
    super(message)
    this.code = code
  }
}

/*
 * Format, version 1. All of it is authenticated; nothing in it is plaintext.
 *
 *   "GSF1"               4 bytes
 *   master key id        8   HMAC-SHA-256(master key, "gongshu file store"), first 8 bytes
 *   wrap nonce          12   random
 *   wrapped file key    48   AES-256-GCM(master key, wrap nonce, file key of 32 random bytes, aad = all before ‖ file's key)
 *   chunk 0, 1, … n          AES-256-GCM(file key, nonce) of up to 65 536 bytes, each followed by its tag of 16 bytes
 *
 * The nonce of chunk i is 7 zero bytes ‖ i as 32-bit big-endian ‖ (1 when it is the last, else 0). A file key serves one
 * file, so no nonce repeats; a chunk moved, dropped or appended, or a file cut short at any byte, fails authentication.
 * The file's key in the wrap's aad ties a file to its name: swapping two files is noticed. An empty file is one empty last chunk.
 */
const magic = Buffer.from('GSF1')
const chunkSize = 65_536
const tagSize = 16
const headSize = 4 + 8 + 12
const headerSize = headSize + 32 + tagSize

const gcm = 'aes-256-gcm'
const seal = (key: Uint8Array, nonce: Uint8Array, plain: Uint8Array, aad?: Uint8Array): Buffer => {
  const cipher = createCipheriv(gcm, key, nonce, { authTagLength: tagSize })
  if (aad) cipher.setAAD(aad)
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}
const unseal = (key: Uint8Array, nonce: Uint8Array, sealed: Buffer, aad?: Uint8Array): Buffer => {
  const cut = sealed.length - tagSize
  const decipher = createDecipheriv(gcm, key, nonce, { authTagLength: tagSize })
  if (aad) decipher.setAAD(aad)
  decipher.setAuthTag(sealed.subarray(cut))
  return Buffer.concat([decipher.update(sealed.subarray(0, cut)), decipher.final()])
}
const chunkNonce = (index: number, last: boolean): Buffer => {
  const nonce = Buffer.alloc(12)
  nonce.writeUInt32BE(index, 7)
  nonce[11] = last ? 1 : 0
  return nonce
}
const keyId = (masterKey: Uint8Array): Buffer =>
  createHmac('sha256', masterKey).update('gongshu file store').digest().subarray(0, 8)

const isMissing = (error: unknown): boolean => (error as { code?: unknown }).code === 'ENOENT'

const syncDirectory = async (dir: string): Promise<void> => {
  const handle = await open(dir, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
const writeDurably = async (path: string, content: Uint8Array, mode: number): Promise<void> => {
  const handle = await open(path, 'wx', mode)
  try {
    await handle.writeFile(content)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Creates `path` with `content` unless it is there; whoever comes second reads what the first one wrote. */
const createOnce = async (path: string, content: Uint8Array): Promise<Buffer> => {
  const found = await readFile(path).catch((error: unknown) => {
    if (isMissing(error)) return undefined
    throw error
  })
  if (found) return found
  const temporary = `${path}.${randomUUID()}`
  await writeDurably(temporary, content, 0o600)
  try {
    await link(temporary, path)
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'EEXIST') throw error
  } finally {
    await unlink(temporary)
  }
  await syncDirectory(dirname(path))
  return readFile(path)
}

/**
 * The 32 random bytes in `<dataDir>/master.key` (mode 0600), created on first start. Whoever loses this file loses every
 * stored file: it belongs in the backup, apart from the files. Throws when the file has another length or others may read it.
 */
export const loadMasterKey = async (dataDir: string): Promise<Uint8Array> => {
  await mkdir(dataDir, { recursive: true })
  const path = join(dataDir, 'master.key')
  const key = await createOnce(path, randomBytes(32))
  if (key.length !== 32) throw new Error(`${path} should hold 32 bytes but holds ${key.length}`)
  const { mode } = await stat(path)
  if (mode & 0o077) throw new Error(`${path} is open to other users (mode ${(mode & 0o777).toString(8)}): chmod 600 it`)
  return key
}

/** Replaces a small file whole: after a crash it is what it was before or what it should be. Its directory is made if need be. */
export const writeSafely = async (path: string, content: string): Promise<void> => {
  await mkdir(dirname(path), { recursive: true })
  const temporary = `${path}.${randomUUID()}`
  await writeDurably(temporary, Buffer.from(content), 0o600)
  await rename(temporary, path)
  await syncDirectory(dirname(path))
}

/**
 * The PKCS #8 key in `<dataDir>/<name>` (mode 0600), created on first use. Those of the transparency log: whoever loses one must close the
 * log and go on in another; whoever steals it can sign in its name, but not change what witnesses remember.
 * @param anew puts another key in its place; the old one is kept under a name that tells when
 */
export const loadKey = async (dataDir: string, name: string, fresh: () => string, anew = false): Promise<string> => {
  await mkdir(dataDir, { recursive: true })
  const path = join(dataDir, name)
  if (anew)
    await rename(path, `${path}.${new Date().toISOString().replace(/\W/g, '')}`).catch((e: unknown) => {
      if (!isMissing(e)) throw e
    })
  const key = await createOnce(path, Buffer.from(fresh()))
  const { mode } = await stat(path)
  if (mode & 0o077) throw new Error(`${path} is open to other users (mode ${(mode & 0o777).toString(8)}): chmod 600 it`)
  return key.toString()
}

const pieces = async function* (source: FileSource): AsyncGenerator<Uint8Array> {
  if (source instanceof Uint8Array) yield source
  else yield* source
}

/** Cuts into chunks of the full size; only the last may be shorter, and there always is a last one. */
const chunks = async function* (
  source: FileSource,
): AsyncGenerator<{ readonly plain: Buffer; readonly last: boolean }> {
  let held: Buffer = Buffer.alloc(0)
  for await (const piece of pieces(source)) {
    held =
      held.length === 0 ? Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength) : Buffer.concat([held, piece])
    // a full chunk is held back until more arrives, because only the end of the source shows which one is last
    let at = 0
    for (; held.length - at > chunkSize; at += chunkSize)
      yield { plain: held.subarray(at, at + chunkSize), last: false }
    held = Buffer.from(held.subarray(at))
  }
  yield { plain: held, last: true }
}

const readExactly = async (handle: FileHandle, at: number, length: number): Promise<Buffer> => {
  const buffer = Buffer.alloc(length)
  let have = 0
  while (have < length) {
    const { bytesRead } = await handle.read(buffer, have, length - have, at + have)
    if (bytesRead === 0) break
    have += bytesRead
  }
  return buffer.subarray(0, have)
}

const digests = () => {
  const sha256 = createHash('sha256')
  const sm3 = createHash('sm3')
  let size = 0
  return {
    add: (plain: Uint8Array): void => {
      size += plain.length
      sha256.update(plain)
      sm3.update(plain)
    },
    done: (): StoredContent => ({ size, sha256: sha256.digest('hex'), sm3: sm3.digest('hex') }),
  }
}

/**
 * Files encrypted under `dir`. `put` writes a temporary file, syncs it, renames it into place and syncs the directory
 * before it resolves, so a row committed afterwards never points at nothing.
 *
 * Throws a {@link FileStoreError} `wrong_master_key` at once when `dir` was filled under another master key. Temporary
 * files that nobody has written to for `staleAfterMs` (default one hour) are swept; younger ones may be another process's.
 */
export const fileStore = async (options: {
  readonly dir: string
  readonly masterKey: Uint8Array
  readonly staleAfterMs?: number
}): Promise<FileStore> => {
  const { dir, masterKey, staleAfterMs = 3_600_000 } = options
  if (masterKey.length !== 32) throw new Error('the master key should be 32 bytes')
  const id = keyId(masterKey)
  const wrongKey = (what: string) =>
    new FileStoreError('wrong_master_key', `${what} was encrypted under another master key than the one given`)
  const temporaryDir = join(dir, 'tmp')
  const shelves = Array.from({ length: 256 }, (_, n) => n.toString(16).padStart(2, '0'))
  for (const sub of ['tmp', ...shelves]) await mkdir(join(dir, sub), { recursive: true, mode: 0o700 })
  await syncDirectory(dir)
  await syncDirectory(dirname(dir))
  const keyIdFile = await createOnce(join(dir, 'master-key-id'), Buffer.from(`${id.toString('hex')}\n`))
  if (keyIdFile.toString('latin1').trim() !== id.toString('hex')) throw wrongKey(dir)

  for (const name of await readdir(temporaryDir)) {
    const path = join(temporaryDir, name)
    try {
      if (Date.now() - (await stat(path)).mtimeMs >= staleAfterMs) await unlink(path)
    } catch (error) {
      if (!isMissing(error)) throw error // another process swept it first
    }
  }

  const pathOf = (key: string): string => {
    if (!/^[0-9a-f]{32}$/.test(key)) throw new FileStoreError('missing', 'not a key of this store')
    return join(dir, key.slice(0, 2), key)
  }

  const openFile = async (key: string) => {
    const handle = await open(pathOf(key), 'r').catch((error: unknown) => {
      throw isMissing(error) ? new FileStoreError('missing', `no file ${key}`) : error
    })
    try {
      const header = await readExactly(handle, 0, headerSize)
      const head = header.subarray(0, headSize)
      if (header.length < headerSize || !head.subarray(0, 4).equals(magic))
        throw new FileStoreError('damaged', `file ${key}: no valid header`)
      if (!head.subarray(4, 12).equals(id)) throw wrongKey(`file ${key}`)
      let fileKey: Buffer
      try {
        fileKey = unseal(
          masterKey,
          head.subarray(12),
          header.subarray(headSize),
          Buffer.concat([head, Buffer.from(key, 'hex')]),
        )
      } catch {
        throw new FileStoreError('damaged', `file ${key}: its wrapped key fails authentication`)
      }
      const { size } = await handle.stat()
      return { handle, fileKey, size }
    } catch (error) {
      await handle.close()
      throw error
    }
  }

  const get: FileStore['get'] = async (key, from = 0) => {
    const { handle, fileKey, size } = await openFile(key)
    const first = Math.floor(from / chunkSize)
    let index = first
    let at = headerSize + first * (chunkSize + tagSize)
    let skip = from % chunkSize
    const next = async (): Promise<Buffer | null> => {
      if (index > 0 && at >= size) return null
      const sealed = await readExactly(handle, at, Math.min(chunkSize + tagSize, Math.max(size - at, 0)))
      at += sealed.length
      if (sealed.length < tagSize) throw new FileStoreError('damaged', `file ${key}: cut short at chunk ${index}`)
      try {
        const plain = unseal(fileKey, chunkNonce(index++, at >= size), sealed)
        const wanted = plain.subarray(skip)
        skip = 0
        return wanted
      } catch {
        throw new FileStoreError('damaged', `file ${key}: chunk ${index - 1} fails authentication`)
      }
    }
    return new Readable({
      read() {
        next().then(
          // an empty chunk is the only one of an empty file; pushing it would not end the stream
          (plain) => this.push(plain?.length === 0 ? null : plain),
          (error: unknown) => this.destroy(error as Error),
        )
      },
      destroy(error, done) {
        handle.close().then(
          () => done(error),
          (closing: unknown) => done(error ?? (closing as Error)),
        )
      },
    })
  }

  const put: FileStore['put'] = async (source) => {
    const key = randomUUID().replaceAll('-', '')
    const path = pathOf(key)
    const temporary = join(temporaryDir, key)
    const fileKey = randomBytes(32)
    const head = Buffer.concat([magic, id, randomBytes(12)])
    const content = digests()
    const handle = await open(temporary, 'wx', 0o600)
    try {
      try {
        await handle.writeFile(head)
        await handle.writeFile(
          seal(masterKey, head.subarray(12), fileKey, Buffer.concat([head, Buffer.from(key, 'hex')])),
        )
        let index = 0
        for await (const { plain, last } of chunks(source)) {
          content.add(plain)
          await handle.writeFile(seal(fileKey, chunkNonce(index++, last), plain))
        }
        await handle.sync()
      } finally {
        await handle.close()
      }
      await rename(temporary, path)
      await syncDirectory(dirname(path))
    } catch (error) {
      await unlink(temporary).catch(() => undefined)
      throw error
    }
    return { key, ...content.done() }
  }

  const remove: FileStore['remove'] = async (key) => {
    const path = pathOf(key)
    try {
      await unlink(path)
    } catch (error) {
      if (isMissing(error)) return false
      throw error
    }
    await syncDirectory(dirname(path))
    return true
  }

  const verify: FileStore['verify'] = async (key) => {
    const content = digests()
    try {
      for await (const plain of await get(key)) content.add(plain as Buffer)
    } catch (error) {
      if (error instanceof FileStoreError) return { ok: false, code: error.code }
      throw error
    }
    return { ok: true, ...content.done() }
  }

  return { put, get, remove, verify }
}
