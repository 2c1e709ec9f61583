import type { Json, JsonObject } from '#contract'
import type { Rules } from '#policy'
import type { Case } from '../kernel/index.ts'
import { list, text } from '../kernel/index.ts'
import { jointSeats } from './agreement-pack.ts'
import {
  agreementItems,
  agreementNumber,
  agreementOf,
  agreementTitle,
  clausesOf,
  gapsOf,
  lastDay,
  productNames,
  reportRegister,
} from './agreement-text.ts'
import { signersOf } from './pact-pack.ts'
import { signaturesOf, type Signature } from './signing.ts'

export interface AuthorizationRow {
  readonly table: 'public_authorization'
  readonly row: { readonly [column: string]: Json } | null
}
const shown = ['running', 'suspended', 'handover', 'exited']

/** What anyone may read of an agreement, from the day it runs and for good: it says so when it is suspended or over. */
export const authorizationRows = (s: Case): readonly AuthorizationRow[] => {
  if (s.process !== 'agreement') return []
  if (!shown.includes(s.at)) return [{ table: 'public_authorization', row: null }]
  const said = agreementOf(s)
  const names = s.data['start'] ?? s.data['record'] ?? {}
  return [
    {
      table: 'public_authorization',
      row: {
        id: s.id,
        kind: s.kind,
        mode: s.kind === 'legacy' ? text(s.data['record']?.['mode']) : s.kind,
        number: agreementNumber(s),
        title: agreementTitle(s),
        implementer: text(names['implementerName']),
        operator: text(names['operatorName']),
        division: s.division,
        items: [...agreementItems(s)],
        products: [...productNames(s)],
        term_from: text(said['termFrom']),
        term_to: text(said['termTo']),
        state: s.at,
        ended: s.did['terminate'] ? 'early' : s.did['expire'] ? 'term' : '',
        transitional: s.kind === 'legacy',
        signed: text((s.data['countersign'] ?? s.data['record'])?.['signedOn']),
        updated: s.day,
      },
    },
  ]
}

export interface AgreementPanel {
  readonly clauses: readonly {
    readonly no: string
    readonly key: string
    readonly term: string
    readonly there: boolean
    readonly required: boolean
  }[]
  /** The last day in principle, and whether a longer term was agreed to. */
  readonly term: { readonly to: string; readonly limit: string; readonly exceeds: boolean; readonly excepted: boolean }
  /** SHA-256 and SM3 of the text as it was put before those who decide. */
  readonly text: { readonly sha256: string; readonly sm3: string }
  readonly signatures: readonly Signature[]
  readonly reports: readonly { readonly report: string; readonly due: string; readonly received: string }[]
  readonly breaches: readonly JsonObject[]
  readonly gaps: readonly { readonly term: string; readonly closed: string }[]
}

const agreementSigners: readonly (readonly [string, string])[] = [
  ['implementer', 'sign'],
  ...jointSeats.map((seat) => [seat, 'cosign'] as const),
  ['operator', 'countersign'],
]

/** What the page of an agreement, a supplement or a pact shows beside its text; undefined for any other case. */
export const agreementPanel = (
  s: Case,
  cx: Parameters<typeof lastDay>[0] & { readonly rules: Rules },
): AgreementPanel | undefined => {
  if (!['agreement', 'supplement', 'pact'].includes(s.process)) return undefined
  const own = s.process === 'agreement'
  const said = agreementOf(s)
  const [from, to] = [text(said['termFrom']), text(said['termTo'])]
  const limit = own && from !== '' ? lastDay(cx, from) : ''
  const signers =
    s.kind === 'legacy'
      ? []
      : s.process === 'pact'
        ? signersOf(s.kind).map((seat) => [seat, 'sign'] as const)
        : agreementSigners
  return {
    clauses: own
      ? clausesOf(s, cx.rules).map(({ clause: { no, key, term }, there, required }) => ({
          no,
          key,
          term,
          there,
          required,
        }))
      : [],
    term: {
      to,
      limit,
      exceeds: limit !== '' && to > limit && !s.did['amend'],
      excepted: (s.did['approveTerm']?.seq ?? 0) > (s.did['write']?.seq ?? 0),
    },
    text: { sha256: text(s.data['submit']?.['text']), sm3: text(s.data['submit']?.['textSm3']) },
    signatures: s.did['submit'] ? signaturesOf(s, signers) : [],
    reports: reportRegister(s),
    breaches: list(s.data['breach']?.['breaches']),
    gaps: gapsOf(s, cx.rules).map(({ term, closed }) => ({ term, closed })),
  }
}
