import type { Form, Json, JsonObject, Refusal } from '#contract'
import { refuse } from '#contract'
import type { Rules } from '#policy'
import type { Case, CaseEvent, Derive, Effect, Guard, Laws } from '../kernel/index.ts'
import { actOf, list, text, texts } from '../kernel/index.ts'
import { fileKind } from '../catalogue/index.ts'
import { rule } from '../registration/index.ts'
import { batch } from './batch.ts'
import { supplyRule, type Segment } from './pack.ts'

/** Most bytes of one file of a kind. A workbook is read into memory in part, so that it has to stay small. */
export const supplyLimits: Readonly<Record<'csv' | 'xlsx' | 'parquet', number>> = {
  csv: 64 * 2 ** 30,
  parquet: 64 * 2 ** 30,
  xlsx: 100 * 2 ** 20,
}

const begun = (s: Case): JsonObject => s.data['open'] ?? s.data['plan'] ?? {}
/** The agreement under which a batch is supplied, and the entry it holds data of; empty for all of them. */
export const batchFor = (s: Case): { readonly agreement: string; readonly item: string } => ({
  agreement: text(begun(s)['agreement']),
  item: text(begun(s)['item']),
})

const newest = (s: Case, acts: readonly string[]): string | undefined =>
  acts.filter((a) => s.did[a]).sort((a, b) => s.did[b]!.seq - s.did[a]!.seq)[0]

/** The content a batch holds now, by its digest. Nothing before it has been checked and nothing after it was deleted. */
export interface Held {
  readonly sha256: string
  readonly sm3: string
  readonly rows: number
  readonly size: number
}
export const heldBy = (s: Case): Held | undefined => {
  if (!['ready', 'available', 'withdrawn', 'returned'].includes(s.at) && !s.at.startsWith('hops.')) return undefined
  const d = s.data[newest(s, ['checked', 'again', 'quarantine']) ?? '']
  return d && text(d['sha256']) !== ''
    ? { sha256: text(d['sha256']), sm3: text(d['sm3']), rows: Number(d['rows'] ?? 0), size: Number(d['size'] ?? 0) }
    : undefined
}
/** What a finished full sync has brought: of each item the content that the whole implementer now has. */
export interface Synced {
  readonly item: string
  readonly batch: string
  readonly sha256: string
  readonly rows: number
}
export const syncedBy = (s: Case): readonly Synced[] =>
  ['ready', 'available'].includes(s.at)
    ? broughtBy(s).filter((b) => !texts(s.data['forget']?.['forgotten']).includes(b.batch))
    : []
/** All that a full sync has ever brought, whether it is still kept or not. */
export const broughtBy = (s: Case): readonly Synced[] =>
  s.kind === 'fullSync' ? (list(s.data['synced']?.['brought']) as unknown as readonly Synced[]) : []

const segmentsOf = (rules: Rules): readonly Segment[] => supplyRule(rules, 'supply.hops.segments')
export interface Hop {
  readonly key: string
  readonly term: string
  readonly roleTerm: string
  /** Who answers for this stretch of the way; empty where nobody sits there yet. */
  readonly party: string
  /** Who did what brought the data here, and when; empty where it has not come so far. */
  readonly act: string
  readonly by: string
  readonly day: string
}
/** The way of a batch, stretch by stretch, with whoever is accountable for each (谁管理谁负责、谁提供谁负责、谁使用谁负责). */
export const hopsOf = (s: Case, rules: Rules): readonly Hop[] =>
  segmentsOf(rules)
    .filter((g) => (g.role === 'whole') === (s.kind === 'fullSync') || g.role === 'source' || g.role === 'developer')
    .filter((g) => s.kind !== 'fullSync' || g.role !== 'developer')
    .flatMap((g) => {
      const act = newest(s, g.acts) ?? ''
      const parties = g.role === 'developer' ? developing(s, g.key) : [s.seats[g.role] ?? '']
      return parties.map((party, i) => ({
        key: i === 0 ? g.key : `${g.key}${i + 1}`,
        term: g.term,
        roleTerm: g.roleTerm,
        party,
        act,
        by: act === '' ? '' : s.did[act]!.org,
        day: act === '' ? '' : s.did[act]!.day,
      }))
    })
/** Those who develop with the data, as the act says by which it came to where they work; one nobody while none does. */
const developing = (s: Case, segment: string): readonly string[] => {
  const said = Object.entries(s.data)
    .filter(([act]) => act.startsWith('hops.'))
    .flatMap(([, d]) => list(d['accountable']))
    .filter((a) => a['segment'] === segment)
    .map((a) => text(a['party']))
  return said.length > 0 ? said : ['']
}

/** Refused by the first of the gates that is shut, in the words of all of them. */
const throughGates =
  (but: readonly string[] = []): Guard =>
  (s, _input, cx) => {
    const known = cx.facts.supply
    if (!known) return refuse('not_known', '没有查明能否供数，请重试')
    const shut = known.gates.filter((g) => !g.open && !but.includes(g.key))
    const first = shut[0]
    return first === undefined
      ? undefined
      : refuse(gateCode[first.key] ?? 'gate_shut', shut.map((g) => g.says).join('；'), {
          basis: first.basis,
          ...(s.version === 0 ? { fields: { item: first.says } } : {}),
        })
  }

const guards: Record<string, Guard> = {
  gatesOpen: throughGates(),
  /** What the system does with a batch on its way. The quality of what has come is judged by itself. */
  stillOpen: throughGates(['quality']),
  ofTheirs: (s, input, cx) => {
    const known = cx.facts.supply
    if (!known?.item || known.item.id !== text(input['item']))
      return refuse('beyond_scope', '没有这一目录项，或不在协议的授权范围内', { fields: { item: '不在授权范围内' } })
    return known.item.holder === s.seats['source']
      ? undefined
      : refuse('not_yours', '由该目录项的数源单位供数', { fields: { item: '不是本单位的目录项' } })
  },
  syncs: (s, _input, cx) => {
    const known = cx.facts.supply
    if (!supplyRule(cx.rules, 'supply.sync.duty').use) return refuse('not_here', '本地区没有全量同步的要求')
    if (known?.agreementKind !== 'domain') return refuse('not_now', '只有分领域授权运营协议须全量同步')
    if (known.whole === '') return refuse('no_whole', '整体授权实施机构尚未确定，确定后才能全量同步')
    return known.whole === s.seats['source'] ? refuse('not_now', '本单位就是整体授权实施机构，不需要同步') : undefined
  },
  aTable: (_s, input) => {
    const name = text(input['name'])
    const bad = (field: string, says: string): Refusal => refuse('invalid', says, { fields: { [field]: says } })
    if (/[/\\\u0000-\u001f]/.test(name) || name.startsWith('.')) return bad('name', '文件名不能含有路径或控制字符')
    const kind = fileKind(name)
    if (!kind) return bad('name', '请上传 CSV、Excel（.xlsx）或 Parquet 文件；压缩包请先解开')
    const size = Number(input['size'] ?? 0)
    if (size <= 0) return bad('size', '文件是空的')
    if (size > supplyLimits[kind]) return bad('size', '文件超过大小上限，请改用 CSV 或 Parquet，或分成几批')
    return text(input['digest']) === '' || /^[0-9a-f]{64}$/.test(text(input['digest']))
      ? undefined
      : bad('digest', 'SHA-256 应为 64 位小写十六进制')
  },
  tableNamed: (_s, input) =>
    /^[^.\s"]{1,63}(\.[^.\s"]{1,63})?$/.test(text(input['table']))
      ? undefined
      : refuse('invalid', '请写明表，如 public.jcmx', { fields: { table: '如 public.jcmx' } }),
}
/** What a shut gate is called in refusals. */
export const gateCode: Readonly<Record<string, string>> = {
  agreement: 'not_standing',
  scope: 'beyond_scope',
  secret: 'secret',
  grade: 'ungraded',
  subject: 'no_consent',
  sharing: 'no_consent',
  desensitised: 'not_desensitised',
  demand: 'no_demand',
  masking: 'no_masking',
  service: 'no_service_pact',
  quality: 'quality_blocked',
}

const derive: Record<string, Derive> = {
  opened: (_s, input, cx) => ({
    data: {
      entry: cx.facts.supply?.item?.name ?? '',
      agreementTitle: cx.facts.supply?.agreementTitle ?? '',
      item: text(input['item']),
    },
  }),
  planned: (_s, _input, cx) => ({
    data: { agreementTitle: cx.facts.supply?.agreementTitle ?? '' },
    seats: { whole: cx.facts.supply?.whole ?? '' },
  }),
  forgotten: (s, input) => ({
    data: { forgotten: [...new Set([...texts(s.data['forget']?.['forgotten']), ...texts(input['batches'])])] },
  }),
  /** Who answers for the data from here on stands in the event itself. */
  handed: (s, _input, cx) => {
    const doing =
      s.at === 'ready' ? ['accept', 'take'] : s.at.startsWith('hops.') ? [s.at] : ['receive', 'pull', 'sync']
    const last = s.at === `hops.${supplyRule(cx.rules, 'supply.hops.steps').at(-1)?.key ?? ''}`
    const accountable = segmentsOf(cx.rules).flatMap((g) =>
      (g.role === 'developer'
        ? // from here on it is used by those with whom its use has been agreed
          last
          ? (cx.facts.supply?.developers ?? [])
          : []
        : g.acts.some((a) => doing.includes(a))
          ? [s.seats[g.role] ?? '']
          : []
      ).map((party) => ({ segment: g.key, term: g.term, role: g.roleTerm, party })),
    )
    return {
      data: {
        accountable: accountable as unknown as Json,
        ...(s.at.startsWith('hops.') && cx.facts.supply ? { registered: cx.facts.supply.registered } : {}),
        ...(cx.facts.supply?.owing ? { owing: true } : {}),
      },
    }
  },
}

/**
 * From the day on which an entry's data is first provided, its registration is owed (26号 第九条): once for each entry that has none, and
 * by whom the rules let register what is authorized.
 */
const owes = (s: Case, event: CaseEvent, rules: Rules): readonly Effect[] => {
  const { role } = rule(rules, 'registration.registrant.resource.authorized')
  if (s.at !== 'available' || !actOf(event).startsWith('hops.')) return []
  if (event.data['registered'] !== false || event.data['owing'] === true) return []
  return [
    {
      open: {
        process: 'obligation',
        kind: 'first',
        variant: 'resource',
        division: s.division,
        seats: {
          debtor: s.seats[role === 'implementer' ? 'implementer' : 'source'] ?? '',
          recorder: s.seats['implementer'] ?? '',
          bureau: s.seats['bureau'] ?? '',
        },
        links: { item: batchFor(s).item },
      },
      act: 'record',
      input: {
        data: { factDay: event.day },
        sealed: {
          fact: `已按《${text(begun(s)['agreementTitle'])}》提供“${text(begun(s)['entry'])}”`,
          object: text(begun(s)['entry']),
        },
      },
    },
  ]
}

export const batchLaws: Laws = {
  guards,
  derive,
  title: (s) =>
    s.kind === 'fullSync'
      ? `${text(begun(s)['agreementTitle'])}：全量同步（${text(begun(s)['period'])}）`
      : `${text(begun(s)['entry'])}（${text(begun(s)['period'])}）`,
  facts: (s) => {
    const held = heldBy(s)
    const synced = s.data['synced']
    return [
      ...(held ? [{ term: '记录数', value: String(held.rows) }] : []),
      ...(synced ? [{ term: '完整率', value: percent(Number(synced['complete']), Number(synced['items'])) }] : []),
      ...(s.at === 'quarantined' ? [{ term: '隔离原因', value: text(s.data['quarantine']?.['says']) }] : []),
    ]
  },
  derived: {
    entry: '目录项名称',
    agreement: '协议',
    agreementTitle: '协议名称',
    accountable: '安全主体责任',
    registered: '已登记',
    owing: '登记义务已在办',
    forgotten: '已删除的副本',
    batches: '供数批次',
    size: '大小（字节）',
    brought: '同步清单',
    missing: '尚未同步',
    raw: '原文件',
    masked: '脱敏',
    verdict: '质量结论',
    score: '质量得分',
  },
  content: (s) => ({
    form: [
      ...(s.kind === 'fullSync' ? [] : [{ key: 'item', term: '目录项', type: 'item' } as const]),
      ...((batch.rows['plan']!.form ?? []) as Form).filter((f) => f.key !== 'agreement'),
    ],
    value: begun(s),
  }),
  jobs: (s, event) => {
    switch (actOf(event)) {
      case 'pull':
        return [{ topic: 'supply.pull', payload: { version: s.version } }]
      case 'sync':
        return [{ topic: 'supply.sync', payload: { version: s.version } }]
      case 'received':
        return [{ topic: 'supply.ingest', payload: { version: s.version } }]
      case 'restart':
      case 'delete':
      case 'discard':
      case 'purge':
      case 'again':
      case 'checked':
      case 'quarantine':
        return [{ topic: 'supply.sweep', payload: { version: s.version } }]
      default:
        return []
    }
  },
  effects: (s, event, cx) => owes(s, event, cx.rules),
}

/** A share as a whole per cent, rounded down so that only all is 100%. */
export const percent = (n: number, of: number): string => (of === 0 ? '—' : `${Math.floor((n * 100) / of)}%`)

/** Read model: batches as the pipeline and the completeness of full syncs count them. */
export const batchRows = (
  s: Case,
): readonly { readonly table: string; readonly row: { [column: string]: Json } | null }[] => {
  if (s.process !== 'batch') return []
  const held = heldBy(s)
  return [
    {
      table: 'batch',
      row: {
        id: s.id,
        kind: s.kind,
        agreement: batchFor(s).agreement,
        item: batchFor(s).item,
        source: s.seats['source'] ?? '',
        whole: s.seats['whole'] ?? '',
        readers: [
          ...new Set(Object.entries(s.seats).flatMap(([seat, o]) => (batch.seats[seat]?.reads && o !== '' ? [o] : []))),
        ].sort(),
        division: s.division,
        state: s.at,
        sha256: held?.sha256 ?? '',
        rows: held?.rows ?? 0,
        opened: s.opened,
        synced: syncedBy(s) as unknown as Json,
      },
    },
  ]
}
