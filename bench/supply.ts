import { createHash, createHmac } from 'node:crypto'
import { createReadStream, createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ingest, measure } from '#compute'
import { isRefusal } from '#contract'
import type { Check } from '#domain/catalogue'
import { masksFor, type Method } from '#domain/supply'
import { fileStore } from '#store'
import { interleaved, type Figure } from './measure.ts'

const fields = ['lsh', 'xm', 'sfzh', 'sjhm', 'jcjs', 'khrq', 'qhdm'].map((name) => ({ name, field: name }))
/** Lines of people nobody knows, about 70 bytes each. */
const lines = function* (rows: number): Generator<string> {
  yield 'lsh,xm,sfzh,sjhm,jcjs,khrq,qhdm\n'
  for (let from = 0; from < rows; from += 5000) {
    let out = ''
    for (let n = from; n < Math.min(rows, from + 5000); n++)
      out += `L${String(n).padStart(8, '0')},张某${n % 7},4301021990${String(n % 10_000).padStart(4, '0')}${String(n % 9999).padStart(4, '0')},138${String(n).padStart(8, '0')},${3000 + (n % 9000)},2015-0${(n % 9) + 1}-1${n % 10},430102\n`
    yield out
  }
}
const methods: readonly Method[] = [
  { value: 'token', term: '代号', kind: 'token' },
  { value: 'name', term: '姓名遮蔽', kind: 'mask', head: 1, tail: 0, only: 'any' },
  { value: 'phone', term: '电话遮蔽', kind: 'mask', head: 3, tail: 2, only: 'digits' },
  { value: 'month', term: '到月', kind: 'generalise', to: 'month' },
  { value: 'band', term: '分档', kind: 'generalise', to: 'band' },
]
const rules = [
  { name: 'xm', method: 'name' },
  { name: 'sfzh', method: 'token' },
  { name: 'sjhm', method: 'phone' },
  { name: 'jcjs', method: 'band', band: 1000 },
  { name: 'khrq', method: 'month' },
]
const checks = [
  { key: 'lsh', kind: 'notNull', fields: ['lsh'], params: {}, dimension: 'accuracy', severity: 'warn', threshold: 0 },
  { key: 'lshu', kind: 'unique', fields: ['lsh'], params: {}, dimension: 'accuracy', severity: 'warn', threshold: 0 },
  {
    key: 'khrq',
    kind: 'type',
    fields: ['khrq'],
    params: { as: 'date' },
    dimension: 'accuracy',
    severity: 'warn',
    threshold: 0,
  },
  {
    key: 'jcjs',
    kind: 'type',
    fields: ['jcjs'],
    params: { as: 'number' },
    dimension: 'accuracy',
    severity: 'warn',
    threshold: 0,
  },
] as unknown as readonly Check[]

/** Taking a file in (digests, columns, checks, masking, encryption) against copying it and against its SHA-256 alone. MB per second. */
export const supplying = async (quick: boolean): Promise<{ figures: readonly Figure[]; failed: readonly string[] }> => {
  const rows = quick ? 300_000 : 4_000_000
  const dir = mkdtempSync(join(tmpdir(), 'gongshu-bench-supply-'))
  const failed: string[] = []
  try {
    const path = join(dir, 'given.csv')
    await pipeline(Readable.from(lines(rows)), createWriteStream(path))
    const size = statSync(path).size
    const store = await fileStore({ dir: join(dir, 'files'), masterKey: new Uint8Array(32).fill(7) })
    const mac = (text: string): string => createHmac('sha256', 'bench').update(text).digest('hex')
    let peak = 0
    const rate = async (work: () => Promise<unknown>): Promise<number> => {
      const began = performance.now()
      await work()
      return size / 2 ** 20 / ((performance.now() - began) / 1000)
    }
    const taken = async (masking: boolean): Promise<void> => {
      const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 100)
      const done = await ingest(
        { kind: 'csv', content: createReadStream(path, { highWaterMark: 1 << 16 }) as AsyncIterable<Uint8Array> },
        {
          dataDir: dir,
          fields,
          columns: masksFor(fields, masking ? rules : [], methods, mac),
          examine: async (file) => {
            const found = await measure({ kind: file.kind, content: { path: file.path } }, checks, {
              dataDir: dir,
              day: '2026-03-16',
              since: () => '2026-02-14',
              limits: { timeMs: 3_600_000 },
            })
            return isRefusal(found) ? found : undefined
          },
          allowed: () => undefined,
          put: (content) => store.put(content),
        },
      )
      clearInterval(watch)
      if (isRefusal(done)) throw new Error(`${done.code}: ${done.says}`)
      if (done.rows !== rows) failed.push(`${done.rows} rows of ${rows}`)
      await store.remove(done.stored.key)
    }
    const copy = 'plain copy, synced'
    const figures = await interleaved(
      quick ? 2 : 3,
      [
        {
          name: copy,
          unit: 'MB/s',
          run: () =>
            rate(async () => {
              const to = join(dir, 'copy.csv')
              await pipeline(createReadStream(path), createWriteStream(to))
              const handle = await open(to, 'r+')
              await handle.sync()
              await handle.close()
            }),
          note: () => `${Math.round(size / 2 ** 20)} MB, ${rows} rows × ${fields.length} columns`,
        },
        {
          name: 'SHA-256 alone',
          unit: 'MB/s',
          against: copy,
          run: () =>
            rate(async () => {
              const hash = createHash('sha256')
              for await (const piece of createReadStream(path) as AsyncIterable<Buffer>) hash.update(piece)
              hash.digest()
            }),
        },
        {
          name: 'encrypted store alone (SHA-256, SM3, AES-256-GCM)',
          unit: 'MB/s',
          against: copy,
          run: () => rate(async () => void (await store.remove((await store.put(createReadStream(path))).key))),
        },
        { name: 'taken in, nothing masked', unit: 'MB/s', against: copy, run: () => rate(() => taken(false)) },
        {
          name: 'taken in, five columns masked',
          unit: 'MB/s',
          against: copy,
          run: () => rate(() => taken(true)),
          note: () => `peak memory of the process ${Math.round(peak / 2 ** 20)} MB`,
        },
      ],
      { warmUp: quick },
    )
    return { figures, failed }
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}
