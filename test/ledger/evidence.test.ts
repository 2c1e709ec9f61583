import { execFileSync, spawnSync } from 'node:child_process'
import { createHash, generateKeyPairSync } from 'node:crypto'
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeBundle, type Bundle } from '#application'
import { isRefusal, type Verification } from '#contract'
import {
  attach,
  compose,
  detach,
  pack,
  readBundle,
  readTrust,
  unpack,
  verify,
  verifyBundle,
  verifyCertificate,
  verifyReceipt,
  writeBundle,
  type Contents,
  type Report,
  type Trust,
} from '#evidence'
import { inspectUpload } from '#interop'
import { cosigner, openNote, parseVkey, signatureLine, vkey } from '#ledger'
import { done, drive, registered, start, team, type Registered, type Team } from '../cases.ts'
import { world, type Actor, type World } from '../world.ts'
import { connect } from '#store'
import { numbers } from './tampering.ts'

let w: World
let t: Team
let auditor: Actor
let one: Registered
let other: Registered
let trust: Trust
let bundle: Buffer
let certificate: Buffer
let otherCertificate: Buffer
const dir = mkdtempSync(join(tmpdir(), 'gongshu-evidence-'))
const asked = async (who: Actor, url: string): Promise<Buffer> => done(who.get<Buffer>(url))
const key = async (log: string): Promise<string> => (await w.server.inject(`/log/${log}/key`)).body.trim()

beforeAll(async () => {
  w = await world({
    more: { people: [{ name: '六安审计', org: 'luanBureau', duties: ['auditor'] }] },
  })
  t = await team(w, 'luan')
  auditor = await w.as('六安审计')
  one = await registered(w, t)
  other = await registered(w, t)
  bundle = await asked(t.clerk, `/api/applications/${one.application}/evidence`)
  trust = { keys: [parseVkey(await key('register')), parseVkey(await key('access'))] }
  certificate = await asked(w.anyone, `/api/public/records/${encodeURIComponent(one.code)}/certificate.pdf`)
  otherCertificate = await asked(w.anyone, `/api/public/records/${encodeURIComponent(other.code)}/certificate.pdf`)
})
afterAll(async () => {
  await w.close()
  rmSync(dir, { recursive: true, force: true })
})

const wrongs = (r: Report): readonly string[] => r.checks.filter((c) => c.state !== 'ok').map((c) => c.says)
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

describe('an evidence bundle', () => {
  it('HNR-079 HNL-055 of a case proves, without us, every step on it and on the registration that came of it', async () => {
    const report = verifyBundle(bundle, trust)
    expect(wrongs(report)).toEqual([])
    expect(report.verdict).toBe('valid')
    const steps = report.steps.map((s) => s.type)
    const { timeline } = await t.clerk.see(one.application)
    expect(steps.filter((x) => x.startsWith('application/'))).toEqual(timeline.map((x) => `application/${x.act}`))
    expect(steps).toEqual(expect.arrayContaining(['record/register', 'record/certify']))
    // what was deposited is in it, and the digest of it was logged at the time
    const { documents = [] } = readBundle(bundle).contents
    expect(documents.length).toBeGreaterThan(1)
    expect(documents.map(sha256)).toContain(sha256(detachedBase()))
    const page = Buffer.from(unpack(bundle).get('说明.html')!).toString()
    for (const said of [...timeline.map((x) => x.term), ...timeline.map((x) => x.by), '证明什么，不证明什么'])
      expect(page).toContain(said)
  })

  it('holds what the asker may see of it, and is for nobody else', async () => {
    const stranger = await w.as('公民李先生')
    expect((await stranger.get(`/api/applications/${one.application}/evidence`)).status).toBe(404)
    expect((await w.anyone.get(`/api/applications/${one.application}/evidence`)).status).toBe(401)
    expect((await t.clerk.get(`/api/records/${one.application}/evidence`)).status).toBe(404)
  })

  it('is itself an entry of the access log, by which no page and no manifest can be put in its place', async () => {
    const { issue, files, contents } = readBundle(bundle)
    expect(JSON.parse(issue!.body)).toMatchObject({
      kind: 'export',
      person: t.clerk.person,
      subject: one.application,
      manifest: sha256(files.get('manifest.json')!),
    })
    expect(contents.made).toMatchObject({ by: '公积金经办' })
  })

  it('of a person or a span of time is for auditors, of oneself for everyone', async () => {
    const span = 'from=2000-01-01T00:00:00Z&to=2999-01-01T00:00:00Z'
    expect((await t.clerk.get(`/api/evidence?${span}`)).status).toBe(403)
    expect((await t.clerk.get(`/api/evidence?person=${t.desk.person}`)).status).toBe(403)
    const own = verifyBundle(await asked(t.clerk, `/api/evidence?person=${t.clerk.person}`), trust)
    expect(own.verdict).toBe('valid')
    expect(new Set(own.steps.map((s) => (JSON.parse(s.body) as { actor: string }).actor))).toEqual(
      new Set([t.clerk.person]),
    )
    const all = verifyBundle(await asked(auditor, `/api/evidence?${span}`), trust)
    expect(all.verdict).toBe('valid')
    expect(new Set(all.steps.map((s) => s.log))).toEqual(new Set(['register', 'access']))
    expect(all.steps.length).toBeGreaterThan(60)
    const none = verifyBundle(
      await asked(auditor, '/api/evidence?from=2000-01-01T00:00:00Z&to=2000-01-02T00:00:00Z'),
      trust,
    )
    expect(none.verdict).toBe('unjudged')
  })

  const tools = ['bash', 'unzip', 'jq', 'openssl', 'xxd', 'sha256sum'].every(
    (tool) => spawnSync('sh', ['-c', `command -v ${tool}`]).status === 0,
  )
  it.skipIf(!tools)('is checked by hand with the commands that VERIFY.md in it gives', () => {
    const place = mkdtempSync(join(dir, 'hand-'))
    writeFileSync(join(place, '证据包.zip'), bundle)
    const guide = Buffer.from(unpack(bundle).get('VERIFY.md')!).toString()
    // the first entry of the register with a disclosed value, where the guide says to put the one to be checked
    const e = readBundle(bundle).contents.entries.find((x) => x.log === 'register' && x.disclosed)!
    const commands = [...guide.matchAll(/```sh\n([\s\S]*?)```/g)].map((m) => m[1]).join('\n')
    const script = commands.replaceAll('000000000000.', `${String(e.index).padStart(12, '0')}.`)
    const r = spawnSync('bash', ['-ec', script], { cwd: place, encoding: 'utf8' })
    expect(r.stderr).toBe('')
    expect(r.status).toBe(0)
    expect(r.stdout).toContain('说明.html: OK')
    expect(r.stdout).toContain('记录在这个检查点之内')
    expect(r.stdout).toContain('Signature Verified Successfully')
    const [computed, said] = r.stdout.trim().split('\n').slice(-2)
    expect(computed).toBe(`${said}  -`)
  })

  it('HNR-079 is made for enforcement by whoever runs the installation, too', async () => {
    const made = await makeBundle(w.app, 'operator', {
      kind: 'case',
      process: 'record',
      id: one.record,
      documents: false,
    })
    if (isRefusal(made)) throw new Error(made.says)
    expect(verifyBundle((made as Bundle).bytes, trust).verdict).toBe('valid')
    expect(readBundle(made.bytes).contents.documents).toEqual([])
  })
})

const detachedBase = (): Buffer => {
  const parts = detach(certificate)
  if (typeof parts === 'string') throw new Error(parts)
  return parts.base
}

describe('a certificate', () => {
  it('proves by its PDF alone that the registration was made and this certificate issued', async () => {
    const report = verifyCertificate(certificate, trust)
    expect(wrongs(report)).toEqual([])
    expect(report.verdict).toBe('valid')
    const face = w.drawn.find((d) => d.code === one.code)!
    const facts = Object.fromEntries(report.facts.map((f) => [f.term, f.value]))
    expect(facts).toMatchObject({
      登记结果查询码: one.code,
      登记主体: face.holders.map((h) => h.name).join('、'),
      登记对象: face.name,
      登记机构: face.registrar,
    })
    const record = await done(
      w.anyone.get<{ certificate: { sha256: string } }>(`/api/public/records/${encodeURIComponent(one.code)}`),
    )
    expect(report.base).toBe(record.certificate.sha256)
    const began = performance.now()
    for (let i = 0; i < 20; i++) verifyCertificate(certificate, trust)
    console.log(
      `offline verification of a certificate: ${((performance.now() - began) / 20).toFixed(1)} ms, ${certificate.length} bytes`,
    )
  })

  it('says no more of the registration than its face does', () => {
    const parts = detach(certificate)
    if (typeof parts === 'string') throw new Error(parts)
    const { entries } = readBundle(parts.evidence).contents
    expect(entries.flatMap((e) => Object.keys(e.disclosed ?? {})).sort()).toEqual([
      'face',
      'holderName',
      'registrarName',
    ])
    expect(entries.flatMap((e) => Object.keys((JSON.parse(e.body) as { sealed: object }).sealed))).toContain('content')
  })

  it('is taken by the portal with its evidence and without, and can be handed in as a document', async () => {
    const send = async (pdf: Buffer): Promise<Verification> => {
      const boundary = 'x'.repeat(30)
      const head = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\nContent-Type: application/pdf\r\n\r\n`
      const r = await w.server.inject({
        method: 'POST',
        url: '/api/public/verify',
        headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
        payload: Buffer.concat([Buffer.from(head), pdf, Buffer.from(`\r\n--${boundary}--\r\n`)]),
      })
      return r.json<Verification>()
    }
    expect(await send(certificate)).toMatchObject({ result: 'valid', says: expect.stringContaining('带有登记证据') })
    expect(await send(detachedBase())).toMatchObject({ result: 'valid', says: expect.stringContaining('不带证据') })
    const changed = Buffer.from(certificate)
    changed[certificate.length - 200]! ^= 1
    expect((await send(changed)).result).toBe('altered')
    expect(await inspectUpload(certificate, '登记证.pdf')).toMatchObject({ ok: true })
    expect(isRefusal(await inspectUpload(changed, '登记证.pdf'))).toBe(true)
  })

  it.skipIf(spawnSync('pdfdetach', ['-v']).error !== undefined)('opens in a reader, which shows the attachment', () => {
    const path = join(dir, 'certificate.pdf')
    writeFileSync(path, certificate)
    expect(execFileSync('pdfdetach', ['-list', path]).toString()).toMatch(/^1 embedded files\n1: /)
    const saved = join(dir, 'attached.zip')
    execFileSync('pdfdetach', ['-save', '1', '-o', saved, path])
    writeFileSync(join(dir, 'base.pdf'), detachedBase())
    const info = (name: string) => spawnSync('pdfinfo', [join(dir, name)], { encoding: 'utf8' })
    expect(info('certificate.pdf').stdout).toMatch(/^Pages: +1$/m)
    // it complains of nothing that it does not complain of in the PDF as it was drawn
    expect(info('certificate.pdf').stderr).toBe(info('base.pdf').stderr)
    const text = (name: string): string => execFileSync('pdftotext', ['-layout', join(dir, name), '-']).toString()
    expect(text('certificate.pdf')).toBe(text('base.pdf'))
  })

  it('carries cosignatures as they come, and is judged by whose the reader wants', async () => {
    const witness = cosigner('witness.example.cn', generateKeyPairSync('ed25519').privateKey, () => 1_790_000_000)
    const policy = `log ${await key('register')}\nwitness w ${vkey(witness.name, witness.type, witness.key)}\nquorum w\n`
    const parts = detach(certificate)
    if (typeof parts === 'string') throw new Error(parts)
    const { contents } = readBundle(parts.evidence)
    const log = contents.logs['register']!
    const line = await signatureLine(openNote(log.checkpoint, []).text, witness)
    const cosigned = attach(
      parts.base,
      writeBundle(compose({ ...contents, logs: { register: { ...log, checkpoint: log.checkpoint + line } } })),
    )
    const wanting = readTrust('', policy)
    expect(verifyCertificate(cosigned, wanting).verdict).toBe('valid')
    expect(verifyCertificate(cosigned, trust).verdict).toBe('valid')
    const without = verifyCertificate(certificate, wanting)
    expect(without.verdict).toBe('unjudged')
    expect(wrongs(without)).toEqual(['副署不足：有 0 方，而您的见证策略要求“w”'])
    writeFileSync(join(dir, 'policy'), policy)
    writeFileSync(join(dir, 'cosigned.pdf'), cosigned)
  })

  it('with the evidence of another certificate proves nothing', () => {
    const theirs = detach(otherCertificate)
    if (typeof theirs === 'string') throw new Error(theirs)
    const mixed = verifyCertificate(attach(detachedBase(), theirs.evidence), trust)
    expect(mixed.verdict).toBe('invalid')
    expect(wrongs(mixed)).toEqual(['证面的 SHA-256 与发证记录不一致：这份证据不属于这份登记证'])
    expect(verifyCertificate(attach(detachedBase(), bundle), trust).verdict).toBe('invalid')
  })

  it('waits for our own log: nothing is issued before the registration stands in it, and a delay is no failure', async () => {
    const application = await start(t.clerk)
    await drive(w, t, application, 'released')
    // nobody sequences for a while
    const { sequence } = w.app
    Object.assign(w.app, { sequence: undefined })
    const due = (await t.clerk.see(application)).dues.find((d) => d.act === 'closeNotice')!.day
    await w.until(new Date(Date.parse(due) + 86_400_000).toISOString().slice(0, 10))
    const record = (await t.clerk.see(application)).links.find((l) => l.process === 'record')!
    const code = (await t.clerk.see(record.id, 'record')).facts.find((f) => f.term === '登记码')!.value
    const url = `/api/public/records/${encodeURIComponent(code)}/certificate.pdf`
    expect((await t.clerk.see(record.id, 'record')).timeline.map((x) => x.act)).toEqual(['register'])
    expect((await w.anyone.get(url)).status).toBe(404)
    const owner = connect(w.url, { max: 1 })
    const { rows } = await owner.query('select tried, failed, done from gongshu.outbox where stream = $1', [record.id])
    await owner.end()
    expect(rows).toEqual([{ tried: 0, failed: null, done: null }])
    await w.sequence()
    await new Promise((r) => setTimeout(r, 1100))
    await w.settle()
    expect((await t.clerk.see(record.id, 'record')).timeline.map((x) => x.act)).toEqual(['register', 'certify'])
    // issued, but its issue does not stand in the log yet
    expect(await w.anyone.get(url)).toMatchObject({ status: 409, body: { code: 'not_yet' } })
    await w.sequence()
    expect(verifyCertificate(await asked(w.anyone, url), trust).verdict).toBe('valid')
    Object.assign(w.app, { sequence })
  })
})

describe('whatever is done to it', () => {
  const attempts = 320
  it('a bundle and a certificate with a byte flipped, taken out or put in are found out', () => {
    const seed = Math.floor(Math.random() * 2 ** 31)
    const below = numbers(seed)
    const change = (bytes: Buffer): Buffer => {
      const at = below(bytes.length)
      switch (below(3)) {
        case 0: {
          const out = Buffer.from(bytes)
          out[at]! ^= 1 << below(8)
          return out
        }
        case 1:
          return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)])
        default:
          return Buffer.concat([bytes.subarray(0, at), Buffer.of(below(256)), bytes.subarray(at)])
      }
    }
    const parts = detach(certificate)
    if (typeof parts === 'string') throw new Error(parts)
    const toll = { attempted: 0, detected: 0 }
    const slips: string[] = []
    for (let i = 0; i < attempts; i++) {
      const [what, judge]: readonly [Buffer, (b: Buffer) => Report] =
        i % 3 === 0
          ? [bundle, (b) => verifyBundle(b, trust)]
          : i % 3 === 1
            ? [certificate, (b) => verifyCertificate(b, trust)]
            : // someone who knows how to attach changes the evidence and attaches it anew
              [parts.evidence, (b) => verifyCertificate(attach(parts.base, b), trust)]
      const changed = change(what)
      toll.attempted++
      if (judge(changed).verdict !== 'valid') toll.detected++
      else slips.push(`${i}`)
    }
    console.log(`tampering: ${JSON.stringify(toll)}, seed ${seed}`)
    expect(slips).toEqual([])
    expect(toll.detected).toBe(attempts)
  }, 120_000)
})

describe('whoever knows the form and writes a bundle of their own', () => {
  const rewritten = (change: (c: Contents) => Contents): Report => {
    const { contents, issue } = readBundle(bundle)
    return verifyBundle(writeBundle(compose(change(contents)), issue), trust)
  }
  it('who changes nothing gets the same bytes', () => {
    const { contents, issue } = readBundle(bundle)
    expect(Buffer.compare(writeBundle(compose(contents), issue), bundle)).toBe(0)
  })
  it.each([
    [
      'tells another story on the page',
      (c: Contents) => ({ ...c, pages: { ...c.pages, '说明.html': '<p>已办结</p>' } }),
    ],
    [
      'calls a step by another name',
      (c: Contents) => ({ ...c, entries: c.entries.map((e) => ({ ...e, term: '不予受理' })) }),
    ],
    ['leaves a step out', (c: Contents) => ({ ...c, entries: c.entries.slice(1) })],
    ['leaves a value out', (c: Contents) => ({ ...c, entries: c.entries.map(({ disclosed: _d, ...e }) => e) })],
    ['puts steps in another order', (c: Contents) => ({ ...c, entries: [...c.entries].reverse() })],
    ['names another maker', (c: Contents) => ({ ...c, made: { ...c.made!, by: '李某' } })],
    ['puts a document in', (c: Contents) => ({ ...c, documents: [...(c.documents ?? []), Buffer.from('x')] })],
    ['says it is about another case', (c: Contents) => ({ ...c, about: { ...c.about, title: '另一事项' } })],
    ['says it is a certificate’s', (c: Contents) => ({ ...c, about: { kind: 'certificate' } })],
    [
      'changes a body',
      (c: Contents) => ({
        ...c,
        entries: c.entries.map((e) => ({ ...e, body: e.body.replace('"seq":2', '"seq":3') })),
      }),
    ],
    ['moves an entry', (c: Contents) => ({ ...c, entries: c.entries.map((e) => ({ ...e, index: e.index + 1 })) })],
  ] as const)('and %s is found out', (_title, change) => {
    expect(rewritten(change).verdict).toBe('invalid')
  })
  it('and puts a file in, or takes the record of its making away, is found out', () => {
    const files = new Map(unpack(bundle))
    files.set('files/另一份.pdf', Buffer.from('x'))
    expect(verifyBundle(pack(files), trust).verdict).toBe('invalid')
    expect(verifyBundle(writeBundle(compose(readBundle(bundle).contents)), trust).verdict).toBe('invalid')
  })
})

describe('the verifier in one file', () => {
  const built = fileURLToPath(new URL('../../dist/gongshu-verify.mjs', import.meta.url))
  const alone = join(dir, 'alone')
  const run = (...args: string[]): { status: number | null; out: string } => {
    const isolated = process.getuid?.() === 0 && spawnSync('unshare', ['-n', 'true']).status === 0
    const command = [process.execPath, join(alone, 'gongshu-verify.mjs'), ...args]
    const [first, ...rest] = isolated ? ['unshare', '-n', ...command] : command
    const r = spawnSync(first!, rest, { cwd: alone, env: {}, encoding: 'utf8' })
    return { status: r.status, out: r.stdout + r.stderr }
  }
  beforeAll(async () => {
    if (!existsSync(built)) throw new Error('dist/gongshu-verify.mjs is missing: npm run build')
    cpSync(built, join(alone, 'gongshu-verify.mjs'))
    const put = (name: string, content: string | Buffer): void => writeFileSync(join(alone, name), content)
    put('case.zip', bundle)
    put('certificate.pdf', certificate)
    put('keys', `${await key('register')}\n${await key('access')}\n`)
    put('receipt.json', JSON.stringify(await done(t.clerk.get(`/api/applications/${one.application}/receipts/1`))))
    put('base.pdf', detachedBase())
    const spoilt = Buffer.from(bundle)
    spoilt[1000]! ^= 4
    put('spoilt.zip', spoilt)
    put('stranger', vkey(trust.keys[0]!.name, 1, Buffer.alloc(32, 7)))
    put('elsewhere', vkey('log.elsewhere.cn/log/register', 1, Buffer.alloc(32, 7)))
    put('noise', 'hello')
  })

  it.each([
    [0, ['case.zip', '--key', 'keys'], '真实完整'],
    [0, ['certificate.pdf', '--key', 'keys'], '登记结果查询码'],
    [0, ['receipt.json', '--key', 'keys'], '真实完整'],
    [1, ['spoilt.zip', '--key', 'keys'], '不可采信'],
    [1, ['case.zip', '--key', 'stranger'], '不是用所给的公钥签署'],
    [1, ['certificate.pdf', '--key', 'stranger'], '不可采信'],
    [1, ['noise'], '不认识的文件'],
    [2, ['case.zip'], '公钥来自文件自身'],
    [2, ['certificate.pdf', '--key', 'elsewhere'], '公钥来自文件自身'],
    [2, ['receipt.json'], '没有登记日志'],
    [2, ['base.pdf', '--key', 'keys'], '没有所附的登记证据'],
    [2, ['nothing.zip'], '读不出文件'],
    [2, ['case.zip', '--key', 'noise'], '不是公钥'],
    [2, [], '用法'],
    [0, ['../cosigned.pdf', '--policy', '../policy'], '合乎您的见证策略'],
    [2, ['certificate.pdf', '--key', 'keys', '--policy', '../policy'], '副署不足'],
    [2, ['certificate.pdf', '--policy', 'noise'], '见证策略第1行'],
  ] as const)('ends with %i for %j', (status, args, says) => {
    const r = run(...args)
    expect(r.out).toContain(says)
    expect(r.status).toBe(status)
  })

  it('tells programs the same in JSON', () => {
    const r = run('certificate.pdf', '--key', 'keys', '--json')
    expect(JSON.parse(r.out)).toEqual(JSON.parse(JSON.stringify(verify(certificate, trust))))
  })

  it('is handed out by the server with its digest', async () => {
    const file = await w.server.inject('/gongshu-verify.mjs')
    const said = await w.server.inject('/gongshu-verify.mjs.sha256')
    expect(said.body).toBe(`${sha256(file.rawPayload)}  gongshu-verify.mjs\n`)
  })
})

it('a receipt whose content was changed is found out', async () => {
  const receipt = await done(
    t.clerk.get<{ body: string; disclosed: Record<string, [string, unknown]>; proof: string }>(
      `/api/applications/${one.application}/receipts/1`,
    ),
  )
  const judge = (r: unknown): string => verifyReceipt(JSON.stringify(r), trust).verdict
  expect(judge(receipt)).toBe('valid')
  expect(judge({ ...receipt, body: receipt.body.replace('"seq":1', '"seq":2') })).toBe('invalid')
  const [field, [salt]] = Object.entries(receipt.disclosed)[0]!
  expect(judge({ ...receipt, disclosed: { ...receipt.disclosed, [field]: [salt, '另一内容'] } })).toBe('invalid')
  for (const garbage of ['', '[]', '{', 'null', '{"body":1}', '{"proof":"x"}'])
    expect(verifyReceipt(garbage, trust).verdict).toBe('invalid')
})
