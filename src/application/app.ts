import type pg from 'pg'
import type { Refusal } from '#contract'
import type { Calendar, Divisions, Layer, Rules } from '#policy'
import type { SealFinding, Table } from '#domain/kernel'
import type {
  ListedItem,
  ListingFinding,
  ListingMapping,
  ListingRules,
  ListingStats,
  PlannedRow,
  Remembered,
} from '#domain/catalogue'
import type { Committer, FileStore, Loader } from '#store'
import { storedRules } from '#store'
import { bindFor } from './policies.ts'
import { matterOf } from './subjects.ts'

/** Asks the national platform (or stands in for it) for a registration code. Undefined: the code will be written back by hand. */
export interface CodeIssuer {
  readonly name: string
  readonly demo: boolean
  readonly issue: (application: {
    readonly id: string
    readonly division: string
    readonly day: string
    readonly variant: string
  }) => Promise<string | undefined>
}

/** What a certificate states. Days stand as given. */
export interface CertificateData {
  readonly object: 'resource' | 'product'
  readonly code: string
  readonly version: number
  readonly holders: readonly { readonly name: string; readonly uscc?: string | undefined }[]
  readonly name: string
  readonly category: string
  readonly kind: string
  readonly summary: string
  readonly registrar: string
  readonly codedOn: string
  readonly validFrom: string
  readonly validTo: string
  readonly issuedOn: string
  readonly verifyUrl: string
  readonly entry: { readonly sha256: string; readonly sm3: string }
  readonly basis: readonly { readonly title: string; readonly number?: string | undefined }[]
  readonly demo: boolean
}

/** A list that has been opened; only what opened it can read it. */
export interface ListBook {
  readonly kind: string
  readonly encoding?: string
  readonly sheets: readonly { readonly name: string }[]
}
export interface OpenedList {
  readonly book: ListBook
  readonly mapping: ListingMapping
  /** By what the source is known again; a digest. */
  readonly signature: string
  readonly samples: readonly {
    readonly name: string
    readonly rows: readonly { readonly line: number; readonly cells: readonly string[] }[]
  }[]
}
export interface OutgoingItem {
  readonly source?: string
  readonly data: ListedItem
  readonly grade?: string
}
/** Catalogue lists as files: read, reported on, written. Methods, so that whoever implements them may know more of a book. */
export interface Lists {
  recogniseFile(source: string | Uint8Array, name: string, remembered?: Remembered): Promise<OpenedList | Refusal>
  planBook(
    book: ListBook,
    mapping: ListingMapping,
    rules: Omit<ListingRules, 'hash'>,
  ): AsyncGenerator<
    { readonly rows: readonly PlannedRow[]; readonly linesRead: number },
    { readonly findings: readonly ListingFinding[]; readonly stats: ListingStats }
  >
  errorReport(
    source: string | Uint8Array,
    book: ListBook,
    mapping: ListingMapping,
    findings: readonly ListingFinding[],
  ): Promise<Buffer>
  itemTemplate(): Promise<Buffer>
  itemsToXlsxFile(path: string, items: AsyncIterable<OutgoingItem>): Promise<void>
  itemsToCsv(items: AsyncIterable<OutgoingItem>): AsyncGenerator<string>
  itemsToJson(items: AsyncIterable<OutgoingItem>): AsyncGenerator<string>
}

export interface App {
  readonly pool: pg.Pool
  readonly load: Loader
  readonly committer: Committer
  readonly layers: readonly Layer[]
  /** Optional layers switched on for this installation. */
  readonly enabled: readonly string[]
  /** The working-day calendar of a division, with its local days. */
  readonly calendarFor: (division: string) => Calendar
  readonly divisions: Divisions
  readonly files: FileStore
  /** Where files and keys lie. */
  readonly dataDir: string
  /** How often a backup and a trial restore are due. Seconds. */
  readonly backups: { readonly every: number; readonly verifyEvery: number }
  readonly issuer: CodeIssuer | undefined
  readonly renderCertificate: (
    data: CertificateData,
  ) => Promise<{ readonly pdf: Uint8Array; readonly missing: readonly string[] }>
  readonly lists: Lists
  /** Looks for electronic seals in a PDF and checks them, as on a legal day. */
  readonly inspectSeal: (pdf: Buffer, day: string) => SealFinding
  /** Takes what has been written into the logs and signs them, where this process may; what waits for the log need not wait for another process. */
  readonly sequence?: (() => Promise<unknown>) | undefined
  readonly demo: boolean
  /** Public address, as it stands in QR codes. */
  readonly url: string
  /** PostgreSQL interval after which an idle session ends. */
  readonly idle: string
  readonly now: () => string
  readonly freshId: () => string
  readonly rulesByHash: Map<string, Rules>
  readonly tables: Map<string, Table>
  readonly log: {
    readonly info: (o: object, m: string) => void
    readonly warn: (o: object, m: string) => void
    readonly error: (o: object, m: string) => void
  }
}

/** The resolved rules a case is pinned to. */
export const rulesOf = async (app: Pick<App, 'pool' | 'rulesByHash'>, hash: string): Promise<Rules> => {
  const known = app.rulesByHash.get(hash)
  if (known) return known
  const rules = await storedRules(app.pool, hash)
  if (!rules) throw new Error(`rules ${hash} are not stored`)
  app.rulesByHash.set(hash, rules)
  return rules
}

/** The bound table of a case. */
export const tableFor = (
  app: Pick<App, 'tables'>,
  rules: Rules,
  hash: string,
  process: string,
  kind: string,
  variant: string,
): Table => {
  const key = `${hash} ${process} ${kind} ${variant}`
  let table = app.tables.get(key)
  if (!table) {
    table = bindFor(rules, matterOf(process).process, kind, variant)
    app.tables.set(key, table)
  }
  return table
}
