import type { JsonObject } from '#contract'
import type { Cx, ExpertFact } from '../kernel/index.ts'
import { list, text, texts } from '../kernel/index.ts'
import { conflictsIn, draw } from '../platform/index.ts'

/** What a draw leaves in the log, so that anybody who has the pool can draw again. */
export interface DrawRecord {
  /** The text whose digest with each number gives the order: the root of the checkpoint, then the id of the matter. */
  readonly seed: string
  readonly origin: string
  readonly size: number
  readonly root: string
  /** The whole pool in the order of the draw. */
  readonly order: readonly string[]
  readonly skipped: readonly { readonly id: string; readonly reason: string }[]
  readonly panel: readonly string[]
}

/** Why experts must not take part: employment or a post, a relation of their body, their own word. */
export const conflictsOf = (
  experts: readonly ExpertFact[],
  parties: readonly string[],
  affiliates: Readonly<Record<string, readonly string[]>>,
): Readonly<Record<string, string>> =>
  conflictsIn(
    // whoever may act for several bodies stands there once for each of them
    experts.flatMap((e) =>
      [...new Set([e.employer, ...e.orgs])].map((employer) => ({ id: e.id, employer, recused: e.recused })),
    ),
    parties,
    affiliates,
  )

/** Draws a panel for a matter from a checkpoint that nobody could know when the matter closed. Both root and id have fixed lengths. */
export const drawPanel = (
  matter: string,
  seed: { readonly origin: string; readonly size: number; readonly root: string },
  experts: readonly ExpertFact[],
  conflicted: Readonly<Record<string, string>>,
  amount: number,
  digest: Cx['digest'],
): DrawRecord & { readonly missing: number } => {
  const text = `${seed.root}${matter}`
  const drawn = draw({
    seed: text,
    pool: experts.map((e) => e.id),
    conflicted,
    amount,
    digest: (t) => digest(t).sha256,
  })
  return {
    seed: text,
    ...seed,
    order: drawn.order,
    skipped: drawn.skipped,
    panel: drawn.drawn,
    missing: drawn.missing,
  }
}

/** Who comes in the place of one who left: the next of the order who was neither passed over nor ever on the panel. */
export const nextOf = (
  record: Pick<DrawRecord, 'order'>,
  conflicted: Readonly<Record<string, string>>,
  used: readonly string[],
): string | undefined => record.order.find((id) => !used.includes(id) && !Object.hasOwn(conflicted, id))

export const drawRecordOf = (data: JsonObject | undefined): DrawRecord | undefined =>
  data && typeof data['root'] === 'string'
    ? {
        seed: text(data['seed']),
        origin: text(data['origin']),
        size: Number(data['size']),
        root: text(data['root']),
        order: texts(data['order']),
        skipped: list(data['skipped']).map((x) => ({ id: text(x['id']), reason: text(x['reason']) })),
        panel: texts(data['panel']),
      }
    : undefined
