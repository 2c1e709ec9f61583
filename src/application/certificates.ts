import { buffer } from 'node:stream/consumers'
import type { JsonObject, Refusal } from '#contract'
import { isRefusal, refuse } from '#contract'
import type { Citation } from '#policy'
import { applicationKinds, recordContent, registrantsOf, validityOf } from '#domain/registration'
import { attach } from '#evidence'
import { digestOf } from '#ledger'
import type { Job, LoggedEvent } from '#store'
import { asSystem, checkpointOf, eventsOfCases, filesById, publicRecord, readCase } from '#store'
import type { App } from './app.ts'
import { rulesOf } from './app.ts'
import { actAsSystem } from './act.ts'
import { certificateEvidence, standing } from './evidence.ts'
import { text } from '#domain/kernel'

const group = (v: unknown): JsonObject =>
  typeof v === 'object' && v !== null && !Array.isArray(v) ? (v as JsonObject) : {}
/** The body of an act that makes a version of a record. */
const makes = /"type":"record\/(register|amend|renew)"/
const objectTerms = { resource: '公共数据资源', product: '公共数据产品和服务' }

/** Does the entry that this version rests on stand in our own log? No certificate is issued before it does; witnesses are not waited for. */
const isLogged = (app: App, record: string, seq: number): Promise<true | undefined> =>
  standing(
    app,
    async () => {
      const e = (await asSystem(app.pool, (q) => eventsOfCases(q, [record]))).find((x) => x.seq === seq)
      return e?.log && (await checkpointOf(app.pool, e.log, e.leaf ?? 0)) ? true : undefined
    },
    app.sequence ? 1000 : 0,
  )

/**
 * Draws, keeps and announces the certificate of a record's present version, once the register's log holds that version. Runs again
 * safely: a version is certified once.
 */
export const issueCertificate = async (app: App, job: Job): Promise<Refusal | undefined> => {
  const found = await asSystem(app.pool, (q) => readCase(q, job.stream, []))
  if (!found) return refuse('not_found', job.stream)
  const s = found.head.snapshot
  // an issue for a later version has covered this one as well
  const certified = Number(s.data['certify']?.['version'] ?? 0)
  if (certified >= Number(job.payload['version']) || ['deregistered', 'revoked'].includes(s.at)) return undefined
  const rules = await rulesOf(app, s.rules)
  const content = recordContent(s)
  const object = s.variant === 'product' ? 'product' : 'resource'
  const about = group(content[object])
  const first = s.data['register'] ?? {}
  // the entry that made this version: the last registering, amending or renewing event
  const leaf = [...found.events].reverse().find((e) => makes.test(e.body))
  if (!leaf || !(await isLogged(app, s.id, (JSON.parse(leaf.body) as { seq: number }).seq)))
    return refuse('not_yet', '登记正在写入登记日志')
  const code = text(first['code'])
  const validity = validityOf(s)
  const origin = found.linked.find((l) => l.toward && l.name === 'application')?.snapshot
  const basis = [
    ...new Map(Object.values(rules.values).map((v) => [v.basis.document, v.basis] as [string, Citation])).values(),
  ].filter((b) => b.status === 'inForce')
  const face = {
    object: object as 'resource' | 'product',
    code,
    version: 1 + (s.did['amend']?.times ?? 0) + (s.did['renew']?.times ?? 0),
    holders: registrantsOf(s).map(({ name, uscc }) => ({ name, uscc })),
    name: text(about['name']),
    category: objectTerms[object],
    kind: s.did['renew'] ? applicationKinds.renewal : s.did['amend'] ? applicationKinds.change : applicationKinds.first,
    summary: text(about['summary']),
    registrar: text(first['registrarName']),
    codedOn: text(first['validFrom']) || (origin?.day ?? s.opened),
    validFrom: validity.from,
    validTo: validity.to,
    issuedOn: s.day,
    demo: first['demo'] === true,
  }
  const entry = digestOf(leaf.body)
  const { pdf, missing } = await app.renderCertificate({
    ...face,
    holders: face.holders.map(({ name, uscc }) => ({ name, uscc: uscc || undefined })),
    verifyUrl: `${app.url}/verify?code=${encodeURIComponent(code)}`,
    entry,
    basis: basis.map((b) => ({ title: b.title, number: b.number })),
  })
  if (missing.length > 0) app.log.warn({ record: s.id, missing }, 'certificate: characters without a glyph')
  const kept = await app.files.put(Buffer.from(pdf))
  const id = app.freshId()
  const done = await actAsSystem(
    app,
    s.id,
    'certify',
    {
      data: { version: s.version, file: id, sha256: kept.sha256, sm3: kept.sm3 },
      // what the face says, so that whoever holds the certificate can prove it without the rest of the content
      sealed: { face: { ...face, entry: entry.sha256 } },
    },
    {
      done: [job.id],
      files: [
        {
          id,
          owner: s.seats['registrar'] ?? '',
          name: `登记证-${code}.pdf`,
          mime: 'application/pdf',
          size: kept.size,
          sha256: kept.sha256,
          sm3: kept.sm3,
          key: kept.key,
          person: 'system',
        },
      ],
    },
  )
  if (isRefusal(done)) return done
  // it can be downloaded with its evidence as soon as its issue stands in the log as well
  await app.sequence?.().catch((err: unknown) => app.log.warn({ err }, 'certificate: not yet sequenced'))
  return undefined
}

const typeOf = (e: LoggedEvent): string => (JSON.parse(e.body) as { type: string }).type

/**
 * The certificate as it is handed out: the PDF as it was issued, unchanged, with the evidence attached as the log has it now, later
 * cosignatures included.
 */
export const certificatePdf = async (
  app: App,
  code: string,
): Promise<{ readonly name: string; readonly pdf: Uint8Array } | Refusal> => {
  const r = await publicRecord(app.pool, { code })
  if (!r?.certificate) return refuse('not_found', r ? '登记证尚未生成，请稍后再试' : '登记簿中没有这一登记码')
  const { file: id, sha256 } = r.certificate
  const [file] = await filesById(app.pool, [id])
  if (!file) return refuse('not_found', '登记证尚未生成，请稍后再试')
  const notYet = refuse('not_yet', '登记证刚刚发放，正在写入登记日志，请几秒后再下载')
  const evidence = await standing(
    app,
    async () => {
      const events = await asSystem(app.pool, (q) => eventsOfCases(q, [r.id]))
      const issued = events.findLast((e) => typeOf(e) === 'record/certify' && e.body.includes(sha256))
      const last = (type: string): LoggedEvent | undefined =>
        events.findLast((e) => typeOf(e) === type && e.seq < (issued?.seq ?? 0))
      const register = last('record/register')
      if (!issued || !register) return undefined
      return certificateEvidence(app, code, [
        { row: register, disclose: ['holderName', 'registrarName'] },
        ...[last('record/amend'), last('record/renew')].flatMap((row) => (row ? [{ row, disclose: [] }] : [])),
        { row: issued, disclose: ['face'] },
      ])
    },
    0,
  )
  return evidence ? { name: file.name, pdf: attach(await buffer(await app.files.get(file.key)), evidence) } : notYet
}
