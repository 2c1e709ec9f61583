import type { JsonObject } from '#contract'
import { refuse } from '#contract'
import type { Act, Case, Cx, Derive, Guard, SealFinding } from '../kernel/index.ts'
import { list, text, texts } from '../kernel/index.ts'

// How agreements, supplements and pacts are signed: never by a click alone. What comes is the sealed document, whose electronic seals are checked;
// what it should say is the text that was deliberated, and its digest stands in the act.

const trustWords = {
  yes: '证书颁发机构在信任清单内',
  no: '证书颁发机构不在信任清单内',
  open: '证书颁发机构的可信性未核验',
}
/** What was found of the seals in one file, in words that name nobody. */
export const sealWords = (f: SealFinding | undefined): string => {
  switch (f?.result) {
    case 'verified': {
      const last = f.signatures.at(-1)!
      return `电子签章有效（${last.algorithm}），签章后内容未改动；${trustWords[last.trust]}`
    }
    case 'broken':
      return `电子签章无效：${f.problem}`
    case 'extended':
      return `电子签章之后文件又有改动：${f.problem}`
    case 'unknown':
      return `有电子签章，但无法核验：${f.problem}`
    default:
      return '没有电子签章，以纸质签章为准'
  }
}

const signatureFields = (input: JsonObject, cx: Cx) => {
  const files = texts(input['file'])
  const found = files.map((id) => ({
    file: id,
    ...(cx.facts.seals?.[id] ?? { result: 'none', problem: '', signatures: [] }),
  }))
  return {
    seal: files
      .map((id) => sealWords(cx.facts.seals?.[id]))
      .filter((w, i, all) => all.indexOf(w) === i)
      .join('；'),
    // subjects of certificates may be people: each stands by itself, so that it can be erased
    seals: found.map(({ signatures, ...f }) => ({
      ...f,
      signatures: signatures.map(({ subject: _s, ...x }) => ({ ...x })),
    })),
    sealSubjects: found.flatMap((f) => f.signatures.map((x) => ({ file: f.file, subject: x.subject }))),
  }
}

/** The text that has been deliberated: its digest, as it was put before the body that decides. */
const deliberated = (s: Case): string => text(s.data['submit']?.['text'])

export const signingGuards = (o: {
  /** The digest of what the case says now. */
  readonly now: (s: Case, cx: Cx) => string
  /** The day before which nothing can have been signed. */
  readonly since: (s: Case) => string
}): Readonly<Record<string, Guard>> => ({
  textAsDeliberated: (s, _input, cx) =>
    deliberated(s) !== '' && deliberated(s) === o.now(s, cx)
      ? undefined
      : refuse('text_changed', '协议文本与审议通过的不一致，不能签订'),
  signedInTime: (s, input, cx) => {
    const day = text(input['signedOn'])
    if (day > cx.day)
      return refuse('invalid', `签订日期不能晚于今天（${cx.day}）`, { fields: { signedOn: '不能晚于今天' } })
    const since = o.since(s)
    return day < since
      ? refuse('invalid', `审议通过（${since}）之后方可签订`, { fields: { signedOn: `不早于 ${since}` } })
      : undefined
  },
  sealHolds: (_s, input, cx) => {
    const found = texts(input['file']).flatMap((id) => cx.facts.seals?.[id] ?? [])
    const bad = found.find((f) => f.result === 'broken' || f.result === 'extended')
    if (bad) return refuse('seal_broken', `${sealWords(bad)}，请重新签章后上传`, { fields: { file: '电子签章无效' } })
    return text(input['manner']) === 'electronic' && !found.some((f) => f.result !== 'none')
      ? refuse('no_seal', '上传的文件中没有找到电子签章；纸质签章的，请选择“纸质签章”', {
          fields: { file: '没有电子签章' },
        })
      : undefined
  },
})
export const signingGuardNames = ['textAsDeliberated', 'signedInTime', 'sealHolds'] as const

/** What a signing act adds to what its signer filled in. */
export const signingDerive =
  (more?: Derive): Derive =>
  (s, input, cx) => {
    const { seal, seals, sealSubjects } = signatureFields(input, cx)
    const also = more?.(s, input, cx) ?? {}
    if ('refused' in also) return also
    return {
      ...also,
      data: { text: deliberated(s), seal, ...also.data },
      sealed: { seals: seals as never, sealSubjects, ...also.sealed },
    }
  }
/** The same where several bodies do the same act: each remembers those before it. */
export const jointSigning = (act: string, more?: Derive): Derive =>
  signingDerive((s, input, cx) => {
    const { seals, sealSubjects } = signatureFields(input, cx)
    const also = more?.(s, input, cx) ?? {}
    if ('refused' in also) return also
    return {
      ...also,
      data: { signed: [...texts(s.data[act]?.['signed']), cx.org], ...also.data },
      sealed: {
        signatures: [
          ...list(s.data[act]?.['signatures']),
          {
            org: cx.org,
            signedOn: text(input['signedOn']),
            manner: text(input['manner']),
            file: texts(input['file']),
            seals: seals as never,
          },
        ],
        sealSubjects: [...list(s.data[act]?.['sealSubjects']), ...sealSubjects],
        ...also.sealed,
      },
    }
  })
export const signedBy = (s: Case, act: string): readonly string[] => texts(s.data[act]?.['signed'])

export const signatureRow: Pick<Act, 'form' | 'derive' | 'basis'> = {
  basis: 'authorization.agreement.signing',
  form: 'agreementSignature',
}
export const signingTerms = { text: '所签文本的摘要', seal: '电子签章核验' }

export interface Signature {
  readonly org: string
  readonly seat: string
  readonly signedOn: string
  readonly manner: string
  readonly files: readonly string[]
  readonly seals: readonly JsonObject[]
}
/** The signatures on a case so far and those still missing, in the order of the seats named. */
export const signaturesOf = (s: Case, seats: readonly (readonly [seat: string, act: string])[]): readonly Signature[] =>
  seats.flatMap(([seat, act]) => {
    const org = s.seats[seat] ?? ''
    if (org === '') return []
    const many = list(s.data[act]?.['signatures'])
    const d = many.length > 0 ? many.find((x) => x['org'] === org) : s.did[act]?.org === org ? s.data[act] : undefined
    return [
      {
        org,
        seat,
        signedOn: text(d?.['signedOn']),
        manner: text(d?.['manner']),
        files: texts(d?.['file']),
        seals: withSubjects(list(d?.['seals']), list(s.data[act]?.['sealSubjects'])),
      },
    ]
  })
const withSubjects = (seals: readonly JsonObject[], subjects: readonly JsonObject[]): readonly JsonObject[] =>
  seals.map((f) => {
    const names = subjects.filter((x) => x['file'] === f['file']).map((x) => text(x['subject']))
    return { ...f, signatures: list(f['signatures']).map((x, i) => ({ ...x, subject: names[i] ?? '' })) }
  })
