import type { JsonObject, Refusal } from '#contract'
import { isRefusal, refuse } from '#contract'
import type { Citation } from '#policy'
import { applicationKinds, recordContent, registrantsOf, validityOf } from '#domain/registration'
import { digestOf } from '#ledger'
import type { Job } from '#store'
import { asSystem, readCase } from '#store'
import type { App } from './app.ts'
import { rulesOf } from './app.ts'
import { actAsSystem } from './act.ts'

const text = (v: unknown): string => (typeof v === 'string' ? v : '')
const group = (v: unknown): JsonObject =>
  typeof v === 'object' && v !== null && !Array.isArray(v) ? (v as JsonObject) : {}
const objectTerms = { resource: '公共数据资源', product: '公共数据产品和服务' }

/** Draws, keeps and announces the certificate of a record's present version. Runs again safely: a version is certified once. */
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
  const leaf = [...found.events].reverse().find((e) => /"type":"record\/(register|amend|renew)"/.test(e.body))
  const code = text(first['code'])
  const validity = validityOf(s)
  const origin = found.linked.find((l) => l.toward && l.name === 'application')?.snapshot
  const basis = [
    ...new Map(Object.values(rules.values).map((v) => [v.basis.document, v.basis] as [string, Citation])).values(),
  ].filter((b) => b.status === 'inForce')
  const { pdf, missing } = await app.renderCertificate({
    object,
    code,
    version: 1 + (s.did['amend']?.times ?? 0) + (s.did['renew']?.times ?? 0),
    holders: registrantsOf(s).map(({ name, uscc }) => ({ name, uscc: uscc || undefined })),
    name: text(about['name']),
    category: objectTerms[object],
    kind: s.did['renew'] ? applicationKinds.renewal : s.did['amend'] ? applicationKinds.change : applicationKinds.first,
    summary: text(about['summary']),
    registrar: text(first['registrarName']),
    codedOn: text(first['validFrom']) || (origin?.day ?? s.opened),
    validFrom: validity.from,
    validTo: validity.to,
    issuedOn: s.day,
    verifyUrl: `${app.url}/verify?code=${encodeURIComponent(code)}`,
    entry: digestOf(leaf?.body ?? ''),
    basis: basis.map((b) => ({ title: b.title, number: b.number })),
    demo: first['demo'] === true,
  })
  if (missing.length > 0) app.log.warn({ record: s.id, missing }, 'certificate: characters without a glyph')
  const kept = await app.files.put(Buffer.from(pdf))
  const id = app.freshId()
  const done = await actAsSystem(
    app,
    s.id,
    'certify',
    { data: { version: s.version, file: id, sha256: kept.sha256, sm3: kept.sm3 } },
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
  return isRefusal(done) ? done : undefined
}
