import { hash, randomBytes } from 'node:crypto'
import { advanceClock, drainJobs, openSequencer, startSequencer, tileReader, verifyLog } from '#application'
import { readTrust, verifyCertificate } from '#evidence'
import { append, emptyEdge, inclusionPath, rootOf, sha256Tree, verifyInclusion } from '#ledger'
import { connect, logsOf, storedDay } from '#store'
import { interleaved, percentile, type Figure } from './measure.ts'
import type { System } from './system.ts'

const perSecond = async (n: number, work: () => unknown): Promise<number> => {
  const began = performance.now()
  await work()
  return (n / (performance.now() - began)) * 1000
}

/** What the transparency log costs and does: on the write path, sequencing, verifying, proving, storing. */
export const ledger = async (
  s: System,
  quick: boolean,
): Promise<{ figures: readonly Figure[]; failed: readonly string[] }> => {
  const owner = connect(s.databaseUrl, { max: 2 })
  const sequencer = await openSequencer({ databaseUrl: s.databaseUrl, dataDir: s.dataDir, url: 'http://gongshu.bench' })
  try {
    await sequencer.catchUp(60_000)
    const written = await writing(s, quick, owner, sequencer)
    const kept = await keeping(s, quick, owner, sequencer)
    const proofs = await proving(s, quick, owner)
    const offline = await certifying(s, quick, owner)
    return {
      figures: [...written, ...kept, ...proofs.figures, ...offline.figures],
      failed: [...proofs.failed, ...offline.failed],
    }
  } finally {
    await Promise.all([sequencer.close(), owner.end()])
  }
}

type Owner = ReturnType<typeof connect>
type Sequencer = Awaited<ReturnType<typeof openSequencer>>

/** The same act with the log (cursor index, sequencer beside the server) and without. */
const writing = async (s: System, quick: boolean, owner: Owner, sequencer: Sequencer): Promise<readonly Figure[]> => {
  const [rounds, amount, clients] = quick ? [2, 300, 16] : [7, 800, 16]
  const ids = [...(await s.submitted((2 * (rounds + 1) + 4) * (amount + 2 * clients)))]
  const accept = async (n: number): Promise<number> =>
    (
      await s.client.load({
        base: s.base,
        clients,
        amount: n,
        method: 'POST',
        paths: ids.splice(0, n + 2 * clients).map((id) => `/api/applications/${id}/actions/accept`),
        cookie: s.cookies.registrar,
        body: JSON.stringify({ input: {} }),
      })
    ).rate
  await accept(3 * amount)
  await sequencer.catchUp(60_000)
  return interleaved(rounds, [
    {
      name: `action, ${clients} clients, no log`,
      unit: '/s',
      run: async () => {
        await owner.query('drop index gongshu.event_cursor')
        const rate = await accept(amount)
        await owner.query('create index event_cursor on gongshu.event (gen, xid, id)')
        await sequencer.catchUp(60_000)
        return rate
      },
    },
    {
      name: `action, ${clients} clients, sequencer beside`,
      unit: '/s',
      against: `action, ${clients} clients, no log`,
      run: async () => {
        const running = startSequencer(s.app, { ...sequencer, close: async () => undefined })
        const rate = await accept(amount)
        await running.stop()
        await sequencer.catchUp(60_000)
        return rate
      },
    },
  ])
}

/** Entries of the access log in bulk: taken into the log, derived again, and what they take on disk. */
const keeping = async (s: System, quick: boolean, owner: Owner, sequencer: Sequencer): Promise<readonly Figure[]> => {
  const [rounds, n] = quick ? [1, 20_000] : [3, 100_000]
  const body = (i: number): string => JSON.stringify({ kind: 'read', n: i, more: 'x'.repeat(250) })
  const size = async (): Promise<number> =>
    (
      await owner.query<{ n: number }>(
        `select sum(pg_total_relation_size(c)) as n from unnest(array['gongshu.leaf', 'gongshu.tile', 'gongshu.checkpoint']::regclass[]) c`,
      )
    ).rows[0]!.n
  const columns = `'read', 'p', 'o', 's'`
  let bytes = 0
  const figures = await interleaved(
    rounds,
    [
      {
        name: 'SHA-256 of the bodies alone',
        unit: 'entries/s',
        run: () => perSecond(n, () => Array.from({ length: n }, (_, i) => hash('sha256', body(i), 'buffer')).length),
      },
      {
        name: 'sequencing',
        unit: 'entries/s',
        against: 'SHA-256 of the bodies alone',
        run: async () => {
          await owner.query(
            `insert into gongshu.access (month, gen, at, kind, person, org, subject, body)
             select gongshu_month, gen, at, ${columns}, jsonb_build_object('at', to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
               'kind', 'read', 'person', 'p', 'org', 'o', 'subject', 's', 'n', i, 'more', repeat('x', 200))::text
             from gongshu.generation, generate_series(1, $1) i,
               (select date_trunc('milliseconds', now()) as at, to_char(now() at time zone 'UTC', 'YYYYMM')::int as gongshu_month) m`,
            [n],
          )
          const before = await size()
          const rate = await perSecond(n, () => sequencer.catchUp(600_000))
          bytes = ((await size()) - before) / n
          return rate
        },
        note: () => `${bytes.toFixed(0)} bytes an entry for place, tiles and checkpoints, beside the entry itself`,
      },
    ],
    { warmUp: !quick },
  )
  await owner.query('analyze')
  let problems = 0
  let entries = 0
  const verified = await interleaved(
    rounds,
    [
      {
        name: 'SHA-256 of as many bodies alone',
        unit: 'entries/s',
        run: () => perSecond(n, () => Array.from({ length: n }, (_, i) => hash('sha256', body(i), 'buffer')).length),
      },
      {
        name: 'verifying the whole',
        unit: 'entries/s',
        against: 'SHA-256 of as many bodies alone',
        run: async () => {
          const began = performance.now()
          const r = await verifyLog(s.app, 'access')
          problems += r.problems.length
          entries = r.entries
          return (r.entries / (performance.now() - began)) * 1000
        },
        note: () => `${entries} entries, ${problems} problems`,
      },
    ],
    { warmUp: false },
  )
  return [...figures, ...verified]
}

/** Inclusion proofs out of the tiles of a large tree, read from the database one tile at a time as a receipt does. */
const proving = async (
  s: System,
  quick: boolean,
  owner: Owner,
): Promise<{ readonly figures: readonly Figure[]; readonly failed: readonly string[] }> => {
  const [size, samples, step] = quick ? [1_000_000, 300, 65_536] : [10_000_000, 2000, 65_536]
  await owner.query(
    `insert into gongshu.log (name, source, hash, origin, key, frozen) values ('bench', 'access', 'sha256', 'bench', '', now())`,
  )
  let edge = emptyEdge
  const some = new Map<number, Buffer>()
  while (edge.size < size) {
    const n = Math.min(step, size - edge.size)
    const random = randomBytes(32 * n)
    const leaves = Array.from({ length: n }, (_, i) => random.subarray(32 * i, 32 * i + 32))
    for (let i = 0; some.size < (samples * (edge.size + n)) / size; i++) {
      const at = Math.floor(Math.random() * n)
      some.set(edge.size + at, Buffer.from(leaves[at]!))
    }
    const grown = append(sha256Tree, edge, leaves)
    edge = grown.edge
    const full = grown.tiles.filter((t) => t.width === 256 || edge.size === size)
    await owner.query(
      `insert into gongshu.tile (log, level, index, width, hashes) select 'bench', * from unnest($1::int[], $2::bigint[], $3::int[], $4::bytea[])`,
      [full.map((t) => t.level), full.map((t) => t.index), full.map((t) => t.width), full.map((t) => t.hashes)],
    )
  }
  // not while the tiles just written are still being put away
  await owner.query('vacuum analyze gongshu.tile')
  const root = rootOf(sha256Tree, edge)
  const read = tileReader(s.app, 'bench')
  const failed: string[] = []
  const ms: number[] = []
  const figures = await interleaved(
    quick ? 1 : 3,
    [
      {
        name: 'reading one tile',
        unit: 'ms (p99)',
        run: async () => {
          const each: number[] = []
          for (const index of some.keys()) {
            const began = performance.now()
            await read({ level: 0, index: Math.floor(index / 256), width: Math.min(256, size - index + (index % 256)) })
            each.push(performance.now() - began)
          }
          return percentile(each, 0.99)
        },
      },
      {
        name: `inclusion proof, ${size.toLocaleString('en')} leaves`,
        unit: 'ms (p99)',
        against: 'reading one tile',
        run: async () => {
          ms.length = 0
          for (const [index, leaf] of some) {
            const began = performance.now()
            const path = await inclusionPath(sha256Tree, index, size, read)
            ms.push(performance.now() - began)
            if (!verifyInclusion(sha256Tree, index, size, leaf, path, root)) failed.push(`entry ${index} is not proven`)
          }
          return percentile(ms, 0.99)
        },
        note: () => `p50 ${percentile(ms, 0.5).toFixed(2)} ms`,
      },
    ],
    { warmUp: !quick },
  )
  await owner.query(`delete from gongshu.tile where log = 'bench'`)
  await owner.query(`delete from gongshu.log where name = 'bench'`)
  return { figures, failed }
}

/** One certificate, out of its PDF alone, against reading the same PDF's bytes through SHA-256. */
const certifying = async (
  s: System,
  quick: boolean,
  owner: Owner,
): Promise<{ readonly figures: readonly Figure[]; readonly failed: readonly string[] }> => {
  const { day } = await storedDay(s.app.pool)
  await advanceClock(s.app, new Date(Date.parse(day ?? '') + 45 * 86_400_000).toISOString().slice(0, 10))
  await drainJobs(s.app)
  const { rows } = await owner.query<{ code: string }>('select code from gongshu.public_record limit 1')
  const [log] = await logsOf(s.app.pool)
  const r = await fetch(`${s.base}/api/public/records/${encodeURIComponent(rows[0]?.code ?? '')}/certificate.pdf`)
  const pdf = Buffer.from(await r.arrayBuffer())
  const trust = readTrust(log?.key ?? '')
  const failed: string[] = []
  const times = quick ? 20 : 100
  const each = async (work: () => unknown): Promise<number> => {
    const began = performance.now()
    for (let i = 0; i < times; i++) work()
    return (performance.now() - began) / times
  }
  const figures = await interleaved(quick ? 2 : 5, [
    { name: 'SHA-256 of a certificate', unit: 'ms', run: () => each(() => hash('sha256', pdf)) },
    {
      name: 'offline verification of a certificate',
      unit: 'ms',
      against: 'SHA-256 of a certificate',
      run: () =>
        each(() => {
          const { verdict } = verifyCertificate(pdf, trust)
          if (verdict !== 'valid') failed.push(`the certificate is ${verdict}`)
        }),
      note: () => `${Math.round(pdf.length / 1024)} kB`,
    },
  ])
  return { figures, failed: [...new Set(failed)] }
}
