import { hash } from 'node:crypto'
import { isRefusal, type Refusal } from '#contract'
import { listingPlanner, recogniseBook, recogniseSheet, signatureOf } from '#domain/catalogue'
import type {
  ListingFinding,
  ListingMapping,
  ListingRules,
  ListingStats,
  PlannedRow,
  Remembered,
} from '#domain/catalogue'
import type { Book, SheetFinding, SheetLimits, Source } from './book.ts'
import { openBook, samplesOf, type Sheet } from './read.ts'

export const sha256 = (text: string): string => hash('sha256', text, 'hex')

export interface Recognised {
  readonly book: Book
  /** A proposal: a person confirms or changes it. */
  readonly mapping: ListingMapping
  /** By what the source is known again; a digest. */
  readonly signature: string
  readonly samples: readonly Sheet[]
}

/** Opens a list and proposes how to read it. `remembered` is what was confirmed for its source before. */
export const recogniseFile = async (
  source: Source,
  name: string,
  remembered: Remembered = {},
  limits?: SheetLimits,
): Promise<Recognised | Refusal> => {
  const book = await openBook(source, name, limits)
  if (isRefusal(book)) return book
  const samples = await samplesOf(book)
  const mapping = recogniseBook(samples.map((s) => recogniseSheet(s.name, s.rows, { remembered, hidden: s.hidden })))
  return { book, mapping, signature: sha256(signatureOf(mapping)), samples }
}

/** What a file says, piece by piece; the last piece carries what there is to say about the whole. */
export interface PlanPiece {
  readonly rows: readonly PlannedRow[]
  readonly linesRead: number
}
export interface PlanEnd {
  readonly findings: readonly ListingFinding[]
  readonly stats: ListingStats
}

/**
 * Reads a file against a mapping, piece by piece, in memory that does not grow with the lines but with names, codes and information
 * items of a sheet of their own. Reading it twice gives the same rows: once to validate it whole, once more to apply it.
 */
export async function* planBook(
  book: Book,
  mapping: ListingMapping,
  rules: Omit<ListingRules, 'hash'>,
): AsyncGenerator<PlanPiece, PlanEnd> {
  const planner = listingPlanner(mapping, { ...rules, hash: sha256 })
  let linesRead = 0
  const ordered = (['fields', 'items'] as const).flatMap((role) =>
    mapping.sheets.filter((m) => m.role === role).map((m) => m.sheet),
  )
  for (const name of ordered) {
    const sheet = book.sheets.find((s) => s.name === name)
    if (!sheet) {
      planner.note({
        sheet: name,
        line: 0,
        level: 'error',
        code: 'mapping_unusable',
        says: `文件里没有工作表“${name}”`,
      })
      continue
    }
    const found = (f: SheetFinding): void => planner.note({ sheet: name, code: 'sheet_unreadable', ...f })
    for await (const block of sheet.blocks(found)) {
      linesRead += block.length
      yield { rows: planner.push(name, block, sheet.exact), linesRead }
    }
  }
  yield { rows: planner.end(), linesRead }
  return { findings: planner.findings(), stats: planner.stats() }
}

/** Validates a file whole and keeps none of its rows. */
export const checkBook = async (
  book: Book,
  mapping: ListingMapping,
  rules: Omit<ListingRules, 'hash'>,
  progress: (linesRead: number) => void = () => undefined,
): Promise<PlanEnd> => {
  const plan = planBook(book, mapping, rules)
  for (;;) {
    const step = await plan.next()
    if (step.done) return step.value
    progress(step.value.linesRead)
  }
}
