import { createHash, generateKeyPairSync } from 'node:crypto'
import { spawn } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  heardFrom,
  openSequencer,
  readPolicy,
  startCosigning,
  verifyLog,
  type Cosigning,
  type Heard,
  type Sequencer,
} from '#application'
import {
  append,
  checkPolicy,
  checkProof,
  checkpointText,
  consistencyPath,
  ed25519Signer,
  emptyEdge,
  openNote,
  parseCheckpoint,
  parsePolicy,
  parseProof,
  parseVkey,
  rootOfLeaves,
  sha256Tree,
  signNote,
  tilePath,
  vkey,
  witnessRequestText,
  type Hashes,
} from '#ledger'
import { connect, logsOf, witnessesSeen } from '#store'
import { openWitness, type WitnessStatus } from '#witness'
import { startWitnessBeside } from '../../src/cli/witness.ts'
import { testDatabase } from '../../src/store/testing.ts'
import { done, start, team, type Team } from '../cases.ts'
import { freePort } from '../faults/installation.ts'
import { world, type World } from '../world.ts'
import { endProcesses, gongshu, gongshuArgs, witnessProcess, type WitnessProcess } from './process.ts'
import { numbers } from './tampering.ts'

const dir = mkdtempSync(join(tmpdir(), 'gongshu-witness-'))
afterAll(() => {
  endProcesses()
  rmSync(dir, { recursive: true, force: true })
})
let folders = 0
const folder = (): string => join(dir, `w${folders++}`)

const origin = 'log.example.cn/log/register'
const pair = generateKeyPairSync('ed25519')
const rawKey = Buffer.from(pair.publicKey.export({ format: 'jwk' }).x!, 'base64url')
const logVkey = vkey(origin, 1, rawKey)
/** Another log of the same signer. */
const sameKey = vkey('log.example.cn/log/access', 1, rawKey)

/** A log of this test’s own: entries, signed checkpoints of any size, proofs. */
const logOf = (entries: readonly string[]) => {
  const leaves = entries.map((e) => sha256Tree.leaf(Buffer.from(e)))
  const root = (size: number): Buffer => rootOfLeaves(sha256Tree, leaves.slice(0, size))
  return {
    root,
    note: (size: number, by = pair.privateKey, name = origin) =>
      signNote(checkpointText({ origin: name, size, root: root(size) }), [ed25519Signer(name, by)]),
    proof: async (old: number, size: number): Promise<Buffer[]> => {
      const tiles = new Map<string, Hashes>()
      for (const t of append(sha256Tree, emptyEdge, leaves.slice(0, size)).tiles) tiles.set(tilePath(t), t)
      return consistencyPath(sha256Tree, old, size, async (t) => tiles.get(tilePath(t))!.hashes)
    },
  }
}
type TestLog = ReturnType<typeof logOf>
const entries = (n: number, from = n, other = 'another '): string[] =>
  Array.from({ length: n }, (_, i) => `${i < from ? '' : other}entry ${i}`)

const post = async (url: string, body: string) => {
  const r = await fetch(`${url}/add-checkpoint`, { method: 'POST', body })
  return { status: r.status, type: r.headers.get('content-type'), body: await r.text() }
}
const submit = async (url: string, log: TestLog, old: number, size: number) => {
  const proof = old <= size ? await log.proof(old, size) : []
  return post(url, witnessRequestText({ old, proof, checkpoint: await log.note(size) }))
}
const status = async (url: string): Promise<WitnessStatus> =>
  (await fetch(`${url}/status`)).json() as Promise<WitnessStatus>

describe('a witness', () => {
  const log = logOf(entries(300))
  const fork = logOf(entries(300, 5))
  const open = async (d: string, o: { name?: string; logs?: readonly string[] } = {}) => {
    const said: string[] = []
    const w = await openWitness({ dir: d, ...o, say: (l) => said.push(l) })
    return { w, said, url: await w.server.listen({ host: '127.0.0.1', port: 0 }) }
  }

  it('answers as C2SP tlog-witness says, and what it signs is a cosignature with its time', async () => {
    const { w, url } = await open(folder(), { name: 'audit.example.cn/witness', logs: [logVkey] })
    const before = Math.floor(Date.now() / 1000)
    const first = await submit(url, log, 0, 10)
    expect(first).toMatchObject({ status: 200, type: 'text/plain; charset=utf-8' })
    const { signed } = openNote((await log.note(10)) + first.body, [w.key])
    expect(signed).toHaveLength(1)
    expect(signed[0]!.time).toBeGreaterThanOrEqual(before)
    expect((await submit(url, log, 10, 10)).status).toBe(200)
    expect((await submit(url, log, 10, 300)).status).toBe(200)
    // who knows less is told the size, and comes again
    expect(await submit(url, log, 0, 300)).toEqual({ status: 409, type: 'text/x.tlog.size', body: '300\n' })
    expect(await submit(url, log, 5, 5)).toEqual({ status: 409, type: 'text/x.tlog.size', body: '300\n' })
    expect(await submit(url, fork, 300, 300)).toEqual({ status: 409, type: 'text/x.tlog.size', body: '300\n' })
    expect((await submit(url, log, 300, 7)).status).toBe(400)
    const note = await log.note(300)
    const request = (checkpoint: string) => witnessRequestText({ old: 300, proof: [], checkpoint })
    expect((await post(url, request(await log.note(300, generateKeyPairSync('ed25519').privateKey)))).status).toBe(403)
    expect((await post(url, request(await log.note(300, pair.privateKey, 'another.log')))).status).toBe(404)
    expect((await post(url, witnessRequestText({ old: 300, proof: [log.root(3)], checkpoint: note }))).status).toBe(422)
    for (const wrong of [
      '',
      'old 300\n',
      request(note).slice(0, -1),
      request(note).replace('old', 'new'),
      `\ufeff${request(note)}`,
    ])
      expect(await post(url, wrong)).toMatchObject({ status: 400 })
    const bytes = Buffer.from(request(note))
    bytes[bytes.length - 3] = 0xff
    const broken = await fetch(`${url}/add-checkpoint`, { method: 'POST', body: bytes })
    expect(broken.status).toBe(400)
    expect((await post(url, request(note) + 'x'.repeat(70_000))).status).toBe(413)
    expect((await fetch(`${url}/add-checkpoint`)).status).toBe(404)
    await w.close()
  })

  it('shows people and programs what it remembers, and keeps what proves a fork', async () => {
    const d = folder()
    const { w, url, said } = await open(d, { name: 'audit.example.cn/witness', logs: [logVkey] })
    expect(await (await fetch(url)).text()).toContain('尚未副署')
    await submit(url, log, 0, 20)
    // anyone can send a proof that does not hold; a second signed root is another matter
    await submit(url, fork, 20, 30)
    expect((await status(url)).logs[0]!.forks).toBe(0)
    for (let n = 0; n < 3; n++) await submit(url, fork, 20, 20)
    const { name, vkey: own, logs } = await status(url)
    expect([name, own]).toEqual(['audit.example.cn/witness', w.vkey])
    expect(logs).toMatchObject([{ origin, forks: 1, remembered: { size: 20, root: log.root(20).toString('base64') } }])
    const note = logs[0]!.remembered!.note
    expect(openNote(note, [parseVkey(logVkey), w.key]).by).toEqual([origin, name])
    const [kept] = readdirSync(join(d, 'evidence'))
    expect(readFileSync(join(d, 'evidence', kept!), 'utf8')).toBe(await fork.note(20))
    expect(said.join()).toContain('有分叉')
    const page = await (await fetch(url)).text()
    for (const words of [origin, log.root(20).toString('base64'), w.vkey, '有分叉：拒绝并留存了1个检查点'])
      expect(page).toContain(words)
    await w.close()
    // the command reads the same from the directory
    const p = gongshu('witness', 'status', '--data', d)
    expect(await p.ended).toBe(1)
    expect(p.output()).toContain(`${origin}：20 条，根 ${log.root(20).toString('base64')}`)
  })

  it('keeps its key to itself and its name for good', async () => {
    const d = folder()
    await expect(openWitness({ dir: d })).rejects.toThrow('首次启动须用 --name')
    const { w } = await open(d, { name: 'a/witness' })
    expect(statSync(join(d, 'witness.key')).mode & 0o777).toBe(0o600)
    await expect(openWitness({ dir: d })).rejects.toThrow('正由另一个见证方进程使用')
    await w.close()
    await expect(openWitness({ dir: d, name: 'b/witness' })).rejects.toThrow('名称写入公钥，不能更改')
    const again = await open(d)
    expect(again.w.vkey).toBe(w.vkey)
    await again.w.close()
    const pem = readFileSync(join(d, 'witness.key'))
    rmSync(join(d, 'witness.key'))
    await expect(openWitness({ dir: d })).rejects.toThrow('不见了')
    writeFileSync(join(d, 'witness.key'), pem, { mode: 0o644 })
    await expect(openWitness({ dir: d })).rejects.toThrow('chmod 600')
    rmSync(join(d, 'witness.key'))
    const other = generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' })
    writeFileSync(join(d, 'witness.key'), other, { mode: 0o600 })
    await expect(openWitness({ dir: d })).rejects.toThrow('不是一对')
  })

  it('takes the key of a log once, and another key for the same log from nobody', async () => {
    const d = folder()
    const another = vkey(
      origin,
      1,
      Buffer.from(generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }).x!, 'base64url'),
    )
    // a witness publishes nothing at this path: it stands in for an address that gives no key
    const { w, url } = await open(folder(), { name: 'x/witness' })
    await expect(openWitness({ dir: d, name: 'y/witness', logs: [`${url}/log/register/key`] })).rejects.toThrow(
      '取不到',
    )
    await expect(openWitness({ dir: d, name: 'y/witness', logs: [w.vkey] })).rejects.toThrow('不是 Ed25519 日志公钥')
    await w.close()
    const first = await openWitness({ dir: d, name: 'y/witness', logs: [logVkey, logVkey] })
    expect(first.logs).toEqual([parseVkey(logVkey)])
    await first.close()
    await expect(openWitness({ dir: d, logs: [another] })).rejects.toThrow('另一公钥')
    const later = await openWitness({ dir: d })
    expect(later.logs).toEqual([parseVkey(logVkey)])
    await later.close()
  })

  it('whose memory is damaged in any place signs nothing more, and does not begin again', async () => {
    const d = folder()
    const { w, url, said } = await open(d, { name: 'a/witness', logs: [logVkey] })
    await submit(url, log, 0, 12)
    const path = join(d, 'memory', readdirSync(join(d, 'memory'))[0]!)
    const whole = readFileSync(path)
    const seed = Math.floor(Math.random() * 2 ** 31)
    console.log(`damage: seed ${seed}`)
    const next = numbers(seed)
    const damaged = [Buffer.of(), whole.subarray(0, 20), whole.subarray(0, -1), Buffer.concat([whole, whole])]
    for (let i = 0; i < 60; i++) {
      const bytes = Buffer.from(whole)
      const at = next(bytes.length)
      bytes[at] = bytes[at]! ^ (1 << next(8))
      damaged.push(bytes)
    }
    for (const bytes of damaged) {
      writeFileSync(path, bytes)
      for (const [old, size] of [
        [12, 20],
        [0, 20],
      ] as const)
        expect((await submit(url, log, old, size)).status, bytes.toString()).toBe(500)
    }
    expect((await status(url)).logs[0]).toMatchObject({ problem: expect.stringContaining('已损坏') })
    expect(said.join()).toContain('已损坏')
    writeFileSync(path, whole)
    expect((await submit(url, log, 12, 20)).status).toBe(200)
    await w.close()
  })

  it('asked by many at once cosigns one history only', async () => {
    const { w, url } = await open(folder(), { name: 'a/witness', logs: [logVkey] })
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, i) => submit(url, i % 2 === 0 ? log : fork, 0, 10 + (i >> 1))),
    )
    expect(answers.filter((a) => a.status === 200)).toHaveLength(1)
    expect(answers.filter((a) => a.status === 409)).toHaveLength(39)
    await w.close()
  })
})

it('HNR-018 killed again and again in the middle of signing, a witness never goes back', async () => {
  const seed = Math.floor(Math.random() * 2 ** 31)
  const next = numbers(seed)
  const d = folder()
  const port = await freePort()
  // two histories that part at a place the witness will pass
  const logs = [logOf(entries(3000)), logOf(entries(3000, 40))]
  const run = () => witnessProcess({ dir: d, port, name: 'a/witness', logs: [logVkey] })
  let w = await run()
  const key = parseVkey(w.vkey)
  const cosigned: { size: number; root: string; branch: number }[] = []
  let highest = 0
  let requests = 0
  let stop = false
  const asking = async (branch: number): Promise<void> => {
    const log = logs[branch]!
    for (let old = 0; !stop;) {
      const size = Math.min(3000, old + next(12))
      const r = await submit(w.url, log, old, size).catch(() => undefined)
      requests++
      if (r?.status === 200) {
        expect(openNote((await log.note(size)) + r.body, [key]).by).toEqual(['a/witness'])
        cosigned.push({ size, root: log.root(size).toString('hex'), branch })
        highest = Math.max(highest, size)
        old = size
      } else if (r?.status === 409) old = Number(r.body)
      else await sleep(10)
    }
  }
  const all = [0, 1, 0, 1].map(asking)
  const kills = process.env['LONG'] ? 20 : 4
  for (let n = 0; n < kills; n++) {
    const enough = cosigned.length + 2 + next(15)
    for (const until = Date.now() + 10_000; cosigned.length < enough && Date.now() < until;) await sleep(2)
    await sleep(next(10))
    await w.kill()
    // what anyone has been given is remembered
    const acknowledged = highest
    w = await run()
    const { remembered, problem } = (await status(w.url)).logs[0]!
    expect(problem).toBeUndefined()
    expect(remembered!.size).toBeGreaterThanOrEqual(acknowledged)
  }
  stop = true
  await Promise.all(all)
  // one root for one size, and all of one history
  const roots = new Map<number, Set<string>>()
  for (const c of cosigned) roots.set(c.size, (roots.get(c.size) ?? new Set()).add(c.root))
  expect([...roots.values()].every((r) => r.size === 1)).toBe(true)
  expect(highest).toBeGreaterThan(40)
  const branches = new Set(cosigned.filter((c) => c.size > 40).map((c) => c.branch))
  expect(branches.size).toBe(1)
  console.log(
    `witness killed ${kills} times: ${cosigned.length} of ${requests} requests cosigned, up to ${highest}, seed ${seed}`,
  )
  await w.kill('SIGTERM')
  expect(readdirSync(join(d, 'memory')).filter((f) => f.endsWith('.note'))).toHaveLength(1)
}, 120_000)

describe('beside the log', () => {
  const answers = (url: string): Promise<boolean> =>
    fetch(`${url}/status`).then(
      () => true,
      () => false,
    )
  const until = async (what: () => Promise<boolean>): Promise<void> => {
    for (const end = Date.now() + 20_000; !(await what()); await sleep(50))
      if (Date.now() > end) throw new Error('it does not happen')
  }

  it('a witness is started, named in a policy, started again when it dies, and stopped', async () => {
    const d = folder()
    const policyPath = `${d}.policy`
    const options = { dir: d, policyPath, logs: [logVkey, sameKey], args: gongshuArgs }
    const beside = await startWitnessBeside(options)
    const { policy, text } = readPolicy(policyPath)!
    expect(text).toContain('对管理员本人什么也不证明')
    const [local] = policy.witnesses
    expect([local!.key.name, policy.quorum]).toEqual(['log.example.cn/witness', 'local'])
    await until(() => answers(local!.url!))
    const pid = beside.pid()!
    process.kill(pid, 'SIGKILL')
    await until(async () => beside.pid() !== undefined && beside.pid() !== pid && (await answers(local!.url!)))
    await beside.stop()
    expect(await answers(local!.url!)).toBe(false)
    // the same again at the next start; where the policy names others, none is started
    const again = await startWitnessBeside(options)
    await until(() => answers(local!.url!))
    await again.stop()
    expect(readFileSync(policyPath, 'utf8')).toBe(text)
    writeFileSync(policyPath, 'quorum none\n')
    expect((await startWitnessBeside(options)).running).toBe(false)
  }, 60_000)

  it('a witness does not outlive a parent that was killed', async () => {
    const port = await freePort()
    const args = [
      ...gongshuArgs,
      'witness',
      '--data',
      folder(),
      '--port',
      String(port),
      '--name',
      'a/witness',
      '--until-stdin-closes',
    ]
    const parent = spawn(process.execPath, [
      '-e',
      `require('node:child_process').spawn(process.execPath, ${JSON.stringify(args)}, { stdio: ['pipe', 'ignore', 'ignore'] }); setInterval(() => {}, 1000)`,
    ])
    await until(() => answers(`http://127.0.0.1:${port}`))
    parent.kill('SIGKILL')
    await until(async () => !(await answers(`http://127.0.0.1:${port}`)))
  }, 60_000)
})

describe('the register, with witnesses', () => {
  let w: World
  let t: Team
  let sequencer: Sequencer
  const keys = { register: '', access: '' }
  const logDir = mkdtempSync(join(tmpdir(), 'gongshu-witnessed-'))
  const running: WitnessProcess[] = []
  const errors: unknown[] = []
  const log = { info: () => undefined, warn: () => undefined, error: (x: unknown) => void errors.push(x) }
  /** Thrice, as on a busy machine an answer may come too late; who has cosigned is not asked again. */
  const ask = async (c: Cosigning): Promise<void> => {
    for (let n = 0; n < 3; n++) await c.askAll()
  }
  const policyOf = (text: string) => ({ text, policy: parsePolicy(text) })
  beforeAll(async () => {
    w = await world()
    t = await team(w, 'luan')
    sequencer = await openSequencer({ databaseUrl: w.url, dataDir: logDir, url: 'https://log.example.cn' })
    for (const l of await logsOf(w.app.pool)) keys[l.source] = l.key
  })
  afterAll(async () => {
    for (const p of running) await p.kill()
    await sequencer.close()
    await w.close()
    rmSync(logDir, { recursive: true })
  })
  const remembered = (log: 'register' | 'access', heard: readonly Heard[]): string[] =>
    heard.flatMap((h) => h.notes).filter((n) => n.startsWith(`${parseVkey(keys[log]).name}\n`))
  const witness = async (name: string): Promise<WitnessProcess> => {
    const p = await witnessProcess({ dir: folder(), port: await freePort(), name, logs: [keys.register, keys.access] })
    running.push(p)
    return p
  }
  const receipt = async (id: string) => {
    const r = await done(t.clerk.get<{ body: string; proof: string }>(`/api/applications/${id}/receipts/1`))
    const proof = parseProof(r.proof)
    const key = parseVkey(keys.register)
    const entry = createHash('sha256').update(r.body).digest()
    expect(checkProof(sha256Tree, entry, proof, [key], key.name)).toMatchObject({ ok: true })
    return proof
  }

  it('HNR-018 a receipt carries the cosignatures of the witnesses, and the earliest quorum there is', async () => {
    const [audit, operator] = [await witness('audit.example.cn/witness'), await witness('operator.example.cn/witness')]
    await operator.kill()
    const p = policyOf(
      [
        `log ${keys.register}`,
        `witness audit ${audit.vkey} ${audit.url}/`,
        `witness operator ${operator.vkey} ${operator.url}`,
        'group both all audit operator',
        'quorum both',
        '',
      ].join('\n'),
    )
    const one = parsePolicy(p.text.replace('quorum both', 'quorum audit'))
    const cosigning = await startCosigning({ databaseUrl: w.url, policy: p, log, beating: false })
    const id = await start(t.clerk)
    await sequencer.catchUp()
    expect(checkPolicy(one, (await receipt(id)).checkpoint)).toMatchObject({ ok: false })
    await ask(cosigning)
    // one of two: not the quorum, but what there is
    const half = await receipt(id)
    expect(checkPolicy(one, half.checkpoint)).toMatchObject({ ok: true, witnesses: [{ name: 'audit' }] })
    expect(checkPolicy(p.policy, half.checkpoint)).toMatchObject({ ok: false })
    const seen = await witnessesSeen(w.app.pool)
    expect(seen.filter((s) => s.log === 'register')).toMatchObject([
      { witness: audit.vkey, behind: 0, failed: null, alarm: false },
      { witness: operator.vkey, size: 0, failed: '没有回应', alarm: false },
    ])
    // the second comes back when the log has gone on: a later checkpoint is the first that both have signed
    running.push(await witnessProcess({ dir: join(dir, `w${folders - 1}`), port: Number(new URL(operator.url).port) }))
    await start(t.clerk)
    await sequencer.catchUp()
    await ask(cosigning)
    const full = await receipt(id)
    const found = checkPolicy(p.policy, full.checkpoint)
    expect(found).toMatchObject({ ok: true, witnesses: [{ name: 'audit' }, { name: 'operator' }] })
    const sizeOf = (note: string) => parseCheckpoint(openNote(note, []).text).size
    expect(sizeOf(full.checkpoint)).toBeGreaterThan(sizeOf(half.checkpoint))
    await start(t.clerk)
    await sequencer.catchUp()
    await ask(cosigning)
    expect((await receipt(id)).checkpoint).toBe(full.checkpoint)
    expect((await witnessesSeen(w.app.pool)).every((s) => s.behind === 0 && s.failed === null)).toBe(true)
    const metrics = (await w.server.inject('/metrics')).body
    expect(metrics).toContain('gongshu_witness_behind_entries{log="register",witness="audit.example.cn/witness"} 0')
    // and the audit of the whole compares with what they remember
    const heard = await heardFrom(p.policy)
    const known = remembered('register', heard)
    expect(known).toHaveLength(2)
    expect((await verifyLog(w.app, 'register', { known })).problems).toEqual([])
    await cosigning.stop()
  })

  it('runs beside everything else, and the newest checkpoint is cosigned by itself', async () => {
    const audit = await witness('beat.example.cn/witness')
    const cosigning = await startCosigning({
      databaseUrl: w.url,
      policy: policyOf(`witness audit ${audit.vkey} ${audit.url}\nquorum audit\n`),
      log,
    })
    for (let n = 0; n < 3; n++) {
      await start(t.clerk)
      await sequencer.catchUp()
      await sleep(300)
    }
    for (const end = Date.now() + 10_000; ; await sleep(100)) {
      const seen = await witnessesSeen(w.app.pool)
      if (seen.length === 2 && seen.every((s) => s.behind === 0)) break
      expect(Date.now()).toBeLessThan(end)
    }
    await cosigning.stop()
  })

  it('HNL-054 a log that shows another history is refused, and the alarm is raised', async () => {
    const audit = await witness('fork.example.cn/witness')
    const policy = policyOf(`witness audit ${audit.vkey} ${audit.url}\nquorum audit\n`)
    const honest = await startCosigning({ databaseUrl: w.url, policy, log, beating: false })
    await sequencer.catchUp()
    await ask(honest)
    const { size } = (await witnessesSeen(w.app.pool)).find((s) => s.log === 'access')!
    expect(size).toBeGreaterThan(3)
    // the administrator has the key of the log, and a database in which something else happened
    const database = await testDatabase()
    const owner = connect(database.url, { max: 1 })
    await owner.query('select gongshu.access_month(now())')
    const forging = folder()
    mkdirSync(forging, { recursive: true })
    copyFileSync(join(logDir, 'log.key'), join(forging, 'log.key'))
    const forger = await openSequencer({ databaseUrl: database.url, dataDir: forging, url: 'https://log.example.cn' })
    const forged = await startCosigning({ databaseUrl: database.url, policy, log, beating: false })
    const write = (n: number) =>
      owner.query(
        `insert into gongshu.access (month, gen, at, kind, person, org, subject, body)
         select to_char(now() at time zone 'UTC', 'YYYYMM')::int, gen, now(), 'read', 'p', 'o', 's', 'forged ' || i from gongshu.generation, generate_series(1, $1) i`,
        [n],
      )
    const alarmed = async (says: string) => {
      errors.length = 0
      await forger.catchUp()
      await ask(forged)
      const seen = (await witnessesSeen(owner)).find((s) => s.log === 'access')!
      expect(seen).toMatchObject({ size: 0, alarm: true, failed: expect.stringContaining(says) })
      expect(errors).toHaveLength(1)
      const known = remembered('access', await heardFrom(policy.policy))
      expect(known).toHaveLength(1)
      expect((await verifyLog({ pool: owner }, 'access', { known })).problems.join()).toContain('另行保存的')
    }
    try {
      await write(size - 2)
      await alarmed('日志被截短或回退')
      await write(2)
      await alarmed('有另一个根')
      await write(5)
      await alarmed('日志有分叉或被改写')
      // that it does not answer later takes nothing back
      await audit.kill()
      await ask(forged)
      expect((await witnessesSeen(owner)).find((s) => s.log === 'access')).toMatchObject({ alarm: true })
      expect((await owner.query('select 1 from gongshu.cosignature')).rowCount).toBe(0)
    } finally {
      await forged.stop()
      await honest.stop()
      await forger.close()
      await owner.end()
      await database.drop()
    }
  })

  it('who is no witness of the policy gets nothing into the database', async () => {
    const pool = connect(w.url, { max: 1, role: 'gongshu_app' })
    const refused = expect.objectContaining({ code: '42501' })
    await expect(pool.query(`select gongshu.witness_cosigned('register', 1, 'x', '— x AAAA\n')`)).rejects.toEqual(
      refused,
    )
    await expect(pool.query(`insert into gongshu.cosignature values ('register', 1, 'x', 'y')`)).rejects.toEqual(
      refused,
    )
    await expect(pool.query(`select gongshu.witness_follow('quorum none', '{}')`)).rejects.toEqual(refused)
    await pool.end()
    const owner = connect(w.url, { max: 1 })
    for (const change of [
      'update gongshu.cosignature set line = line',
      'delete from gongshu.cosignature',
      'delete from gongshu.witness_policy',
    ])
      await expect(owner.query(change)).rejects.toThrow('append-only')
    await owner.end()
  })

  it('another key than that of the policy counts for nothing', async () => {
    const [audit, other] = [await witness('real.example.cn/witness'), await witness('other.example.cn/witness')]
    const cosigning = await startCosigning({
      databaseUrl: w.url,
      policy: policyOf(`witness audit ${audit.vkey} ${other.url}\nquorum audit\n`),
      log,
      beating: false,
    })
    await sequencer.catchUp()
    await ask(cosigning)
    for (const s of await witnessesSeen(w.app.pool))
      expect(s).toMatchObject({ witness: audit.vkey, size: 0, failed: '答复中没有它的有效副署', alarm: false })
    expect(existsSync(dir)).toBe(true)
    await cosigning.stop()
  })
})
