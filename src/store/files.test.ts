import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { chmod, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import ts from 'typescript'
import { fileStore, loadMasterKey } from './files.ts'

let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'gongshu-files-'))
})
afterAll(() => rm(root, { recursive: true, force: true }))

const masterKey = randomBytes(32)
let count = 0
const freshDir = () => join(root, `store-${count++}`)
const hex = (algorithm: string, data: Uint8Array) => createHash(algorithm).update(data).digest('hex')
const pathOf = (dir: string, key: string) => join(dir, key.slice(0, 2), key)
const visible = async (dir: string) =>
  (await readdir(dir, { recursive: true })).flatMap((name) => /^[0-9a-f]{2}\/(.+)$/.exec(name)?.[1] ?? [])
const inPieces = async function* (data: Buffer, size: number) {
  for (let at = 0; at < data.length; at += size) yield data.subarray(at, at + size)
}

describe('round trip', () => {
  it('from any byte on, what comes is what stands there, and what stands before is not asked for', async () => {
    const dir = freshDir()
    const store = await fileStore({ dir, masterKey })
    const data = randomBytes(200_000)
    const { key } = await store.put(data)
    for (const from of [0, 1, 65_535, 65_536, 65_537, 131_072, 199_999, 200_000])
      expect((await buffer(await store.get(key, from))).equals(data.subarray(from)), String(from)).toBe(true)
    // damage in the first chunk is met by whoever reads it only
    const file = await readFile(pathOf(dir, key))
    file[200]! ^= 1
    await writeFile(pathOf(dir, key), file)
    expect((await buffer(await store.get(key, 70_000))).equals(data.subarray(70_000))).toBe(true)
    await expect(store.get(key).then(buffer)).rejects.toThrow('fails authentication')
  })

  const sizes = [0, 1, 15, 16, 65_535, 65_536, 65_537, 131_072, 131_073, 1_000_000]
  it.each(sizes)('%i bytes come back, whether put as a buffer or as a stream of odd pieces', async (size) => {
    const store = await fileStore({ dir: freshDir(), masterKey })
    const data = randomBytes(size)
    for (const source of [data, Readable.from(inPieces(data, 1_777)), inPieces(data, 200_000)]) {
      const { key, ...content } = await store.put(source)
      expect(content).toEqual({ size, sha256: hex('sha256', data), sm3: hex('sm3', data) })
      expect((await buffer(await store.get(key))).equals(data)).toBe(true)
      expect(await store.verify(key)).toEqual({ ok: true, ...content })
    }
  })

  it('knows the SM3 value of the standard (GB/T 32905 example 1)', async () => {
    const store = await fileStore({ dir: freshDir(), masterKey })
    expect((await store.put(Buffer.from('abc'))).sm3).toBe(
      '66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0',
    )
  })

  it('keeps no plaintext on the disk, and the same content twice is two unlike files', async () => {
    const dir = freshDir()
    const store = await fileStore({ dir, masterKey })
    const data = Buffer.from('公积金缴纳信息'.repeat(50))
    const one = await store.put(data)
    const two = await store.put(data)
    expect(one.key).not.toBe(two.key)
    const [a, b] = await Promise.all([one, two].map(({ key }) => readFile(pathOf(dir, key))))
    expect(a!.includes(Buffer.from('公积金'))).toBe(false)
    expect(a!.subarray(4 + 8).equals(b!.subarray(4 + 8))).toBe(false)
  })

  it('reads what another store on the same directory wrote, and removes for good', async () => {
    const dir = freshDir()
    const { key } = await (await fileStore({ dir, masterKey })).put(Buffer.from('one'))
    const store = await fileStore({ dir, masterKey })
    expect((await buffer(await store.get(key))).toString()).toBe('one')
    expect(await store.remove(key)).toBe(true)
    expect(await store.remove(key)).toBe(false)
    await expect(store.get(key)).rejects.toMatchObject({ code: 'missing' })
    expect(await store.verify(key)).toEqual({ ok: false, code: 'missing' })
    expect(await visible(dir)).toEqual([])
  })

  it.each(['../../etc/passwd', '..', '', 'tmp', 'A'.repeat(32)])('does not take %j for a key', async (key) => {
    const store = await fileStore({ dir: freshDir(), masterKey })
    await expect(store.get(key)).rejects.toMatchObject({ code: 'missing' })
    await expect(store.remove(key)).rejects.toMatchObject({ code: 'missing' })
  })

  it('closes the file when a reader leaves early', async () => {
    const store = await fileStore({ dir: freshDir(), masterKey })
    const { key } = await store.put(randomBytes(500_000))
    const before = (await readdir('/proc/self/fd')).length
    for (let i = 0; i < 20; i++) for await (const chunk of await store.get(key)) if (chunk) break
    for (let i = 0; i < 20; i++) (await store.get(key)).destroy()
    await new Promise((done) => setTimeout(done, 100))
    expect((await readdir('/proc/self/fd')).length).toBeLessThan(before + 10)
  })
})

describe('damage', () => {
  const damaged = async (change: (sealed: Buffer) => Buffer, size = 200_000) => {
    const dir = freshDir()
    const store = await fileStore({ dir, masterKey })
    const { key } = await store.put(randomBytes(size))
    const path = pathOf(dir, key)
    await writeFile(path, change(await readFile(path)))
    await expect(store.get(key).then(buffer)).rejects.toMatchObject({
      code: expect.stringMatching(/damaged|wrong_master_key/),
    })
    const found = await store.verify(key)
    expect(found.ok).toBe(false)
    return found
  }
  const header = 4 + 8 + 12 + 48
  const chunk = 65_536 + 16

  it('one flipped bit anywhere is noticed', async () => {
    for (const at of [
      0,
      3,
      12,
      23,
      24,
      71,
      header,
      header + 65_535,
      header + 65_536,
      header + chunk,
      header + 3 * chunk,
    ]) {
      await damaged((b) => {
        b[at]! ^= 1
        return b
      })
    }
    await damaged((b) => {
      b[b.length - 1]! ^= 128
      return b
    })
  })
  it('a file cut short at any place is noticed, at a chunk border too', async () => {
    for (const length of [
      0,
      10,
      header - 1,
      header,
      header + 5,
      header + chunk - 1,
      header + chunk,
      header + 2 * chunk,
      header + 3 * chunk,
    ]) {
      expect(await damaged((b) => b.subarray(0, length))).toEqual({ ok: false, code: 'damaged' })
    }
    expect(await damaged((b) => b.subarray(0, b.length - 1))).toEqual({ ok: false, code: 'damaged' })
  })
  it('chunks in another order, twice or dropped are noticed', async () => {
    const part = (b: Buffer, i: number) => b.subarray(header + i * chunk, header + (i + 1) * chunk)
    const head = (b: Buffer) => b.subarray(0, header)
    await damaged((b) => Buffer.concat([head(b), part(b, 1), part(b, 0), part(b, 2), part(b, 3)]))
    await damaged((b) => Buffer.concat([head(b), part(b, 0), part(b, 0), part(b, 2), part(b, 3)]))
    await damaged((b) => Buffer.concat([head(b), part(b, 0), part(b, 2), part(b, 3)]))
    await damaged((b) => Buffer.concat([head(b), part(b, 3)]))
  })
  it('anything appended is noticed', async () => {
    await damaged((b) => Buffer.concat([b, Buffer.alloc(1)]))
    await damaged((b) => Buffer.concat([b, Buffer.alloc(40)]), 65_536)
    await damaged((b) => Buffer.concat([b, Buffer.alloc(16)]), 0)
  })
  it('a file put in the place of another is noticed', async () => {
    const dir = freshDir()
    const store = await fileStore({ dir, masterKey })
    const one = await store.put(Buffer.from('one'))
    const two = await store.put(Buffer.from('two'))
    await writeFile(pathOf(dir, one.key), await readFile(pathOf(dir, two.key)))
    expect(await store.verify(one.key)).toEqual({ ok: false, code: 'damaged' })
  })
})

describe('master key', () => {
  it('is made once, 32 random bytes for the owner only, and is the same at the next start', async () => {
    const dataDir = freshDir()
    const keys = await Promise.all([loadMasterKey(dataDir), loadMasterKey(dataDir), loadMasterKey(dataDir)])
    expect(keys[0]).toHaveLength(32)
    for (const key of [...keys, await loadMasterKey(dataDir)]) expect(Buffer.from(key).equals(keys[0]!)).toBe(true)
    expect((await stat(join(dataDir, 'master.key'))).mode & 0o777).toBe(0o600)
    expect(await readdir(dataDir)).toEqual(['master.key'])
    expect(Buffer.from(await loadMasterKey(freshDir())).equals(keys[0]!)).toBe(false)
  })
  it('is refused when others may read it or its length is wrong', async () => {
    const dataDir = freshDir()
    await loadMasterKey(dataDir)
    await chmod(join(dataDir, 'master.key'), 0o644)
    await expect(loadMasterKey(dataDir)).rejects.toThrow(/chmod 600/)
    await chmod(join(dataDir, 'master.key'), 0o600)
    await writeFile(join(dataDir, 'master.key'), 'short')
    await expect(loadMasterKey(dataDir)).rejects.toThrow(/32 bytes but holds 5/)
  })
  it('that is not the one the files were written under is named at the start, and for a single file too', async () => {
    const dir = freshDir()
    const { key } = await (await fileStore({ dir, masterKey })).put(Buffer.from('one'))
    const other = randomBytes(32)
    await expect(fileStore({ dir, masterKey: other })).rejects.toMatchObject({
      code: 'wrong_master_key',
      message: expect.stringContaining('another master key'),
    })
    const second = freshDir()
    const store = await fileStore({ dir: second, masterKey: other })
    await writeFile(pathOf(second, key), await readFile(pathOf(dir, key)))
    expect(await store.verify(key)).toEqual({ ok: false, code: 'wrong_master_key' })
  })
})

describe('interrupted writes', () => {
  it('a source that fails leaves nothing behind', async () => {
    const dir = freshDir()
    const store = await fileStore({ dir, masterKey })
    const broken = async function* () {
      yield randomBytes(300_000)
      throw new Error('connection lost')
    }
    await expect(store.put(broken())).rejects.toThrow('connection lost')
    expect(await visible(dir)).toEqual([])
    expect(await readdir(join(dir, 'tmp'))).toEqual([])
  })

  it('old temporary files are swept at the start, one that is being written is left alone', async () => {
    const dir = freshDir()
    await fileStore({ dir, masterKey })
    const hours = (n: number) => new Date(Date.now() - n * 3_600_000)
    for (const [name, age] of [
      ['dead', 2],
      ['alive', 0.5],
    ] as const) {
      await writeFile(join(dir, 'tmp', name), 'x')
      await utimes(join(dir, 'tmp', name), hours(age), hours(age))
    }
    await fileStore({ dir, masterKey })
    expect(await readdir(join(dir, 'tmp'))).toEqual(['alive'])
  })

  it('kill -9 at any moment: what was acknowledged is whole, what is visible is whole, the rest is only a temporary file', async () => {
    const source = await readFile(new URL('./files.ts', import.meta.url), 'utf8')
    const { outputText } = ts.transpileModule(source, {
      compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
    })
    const modulePath = join(root, 'files.mjs')
    await writeFile(modulePath, outputText)
    const childPath = join(root, 'child.mjs')
    await writeFile(
      childPath,
      `import { fileStore } from ${JSON.stringify(modulePath)}
       import { writeSync } from 'node:fs'
       import { randomBytes } from 'node:crypto'
       const store = await fileStore({ dir: process.argv[2], masterKey: Buffer.from(process.argv[3], 'hex') })
       const slow = async function* (n) { for (let i = 0; i < n; i++) { yield randomBytes(40_000); await new Promise((r) => setTimeout(r, 1)) } }
       writeSync(1, 'ready\\n')
       for (;;) await Promise.all([3, 20].map(async (n) => { const { key, sha256 } = await store.put(slow(n)); writeSync(1, key + ' ' + sha256 + '\\n') }))`,
    )
    const dir = freshDir()
    const acknowledged = new Map<string, string>()
    let interrupted = 0
    for (let round = 0; round < 8; round++) {
      const child = spawn(process.execPath, [childPath, dir, masterKey.toString('hex')], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      let out = ''
      const gone = new Promise((done) => child.once('close', done))
      const ready = new Promise<void>((done) =>
        child.stdout.on('data', (piece: Buffer) => ((out += piece.toString()).includes('ready') ? done() : undefined)),
      )
      await ready
      await new Promise((done) => setTimeout(done, 20 + round * 37))
      child.kill('SIGKILL')
      await gone
      for (const [, key, sha256] of out.matchAll(/^([0-9a-f]{32}) ([0-9a-f]{64})$/gm)) acknowledged.set(key!, sha256!)
      interrupted += (await readdir(join(dir, 'tmp'))).length > 0 ? 1 : 0
      const store = await fileStore({ dir, masterKey, staleAfterMs: 0 })
      expect(await readdir(join(dir, 'tmp'))).toEqual([])
      const there = await visible(dir)
      for (const key of there) expect(await store.verify(key)).toMatchObject({ ok: true })
      for (const [key, sha256] of acknowledged) expect(await store.verify(key)).toMatchObject({ ok: true, sha256 })
    }
    expect(interrupted).toBeGreaterThan(0)
    expect(acknowledged.size).toBeGreaterThan(0)
  })

  it('a put still under way is not visible', async () => {
    const dir = freshDir()
    const store = await fileStore({ dir, masterKey })
    let seen: unknown
    const source = async function* () {
      yield randomBytes(200_000)
      seen = { visible: await visible(dir), temporary: (await readdir(join(dir, 'tmp'))).length }
      yield randomBytes(10)
    }
    const { key } = await store.put(source())
    expect(seen).toEqual({ visible: [], temporary: 1 })
    expect(await visible(dir)).toEqual([key])
  })
})
