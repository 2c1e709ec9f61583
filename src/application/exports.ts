import type { Refusal } from '#contract'
import { listedOf, markOf } from '#domain/catalogue'
import type { ItemFilter } from '#store'
import { asSystem, asViewer, exportedHeads } from '#store'
import type { App, OutgoingItem } from './app.ts'
import { rulesOf } from './app.ts'
import { accessEntry, signedOut } from './act.ts'

type Page = Awaited<ReturnType<typeof exportedHeads>>
const pageSize = 500

async function* itemsOf(app: App, page: (after: string) => Promise<Page>): AsyncGenerator<OutgoingItem> {
  let after = '00000000-0000-0000-0000-000000000000'
  for (;;) {
    const heads = await page(after)
    for (const s of heads) yield { source: markOf(s), data: listedOf(await rulesOf(app, s.rules), s) }
    if (heads.length < pageSize) return
    after = heads.at(-1)!.id
  }
}

/**
 * Entries of the catalogue that this caller may read, page by page, each with the mark by which an import knows it again. The export is
 * in the access log before its first line. Without a session left, it ends early and says so by failing.
 */
export const exportItems = async (
  app: App,
  token: Buffer,
  filter: ItemFilter,
): Promise<AsyncGenerator<OutgoingItem> | Refusal> => {
  const viewer = await asViewer(app.pool, token, app.idle, async (_q, v) => v)
  if (!viewer) return signedOut
  await app.committer.commit({
    access: [accessEntry(app, 'read', viewer, 'item', { list: true, export: true, ...definite(filter) })],
  })
  return itemsOf(app, async (after) => {
    const page = await asViewer(app.pool, token, app.idle, (q) => exportedHeads(q, filter, after, pageSize))
    if (!page) throw new Error('the session ended during an export')
    return page
  })
}
const definite = (f: ItemFilter): Record<string, string> =>
  Object.fromEntries(Object.entries(f).flatMap(([k, v]) => (typeof v === 'string' ? [[k, v]] : [])))

/** Every entry of the catalogue, for the operator. */
export const exportAllItems = (app: App): AsyncGenerator<OutgoingItem> =>
  itemsOf(app, (after) => asSystem(app.pool, (q) => exportedHeads(q, {}, after, pageSize)))
