import type { App } from '#application'
import { interleaved, type Figure } from './measure.ts'
import type { System } from './system.ts'

/** The application with its access log switched off: what the log costs is the difference. */
const unlogged = (app: App): App => ({
  ...app,
  committer: {
    ...app.committer,
    commit: ({ access: _, ...doc }) =>
      Object.keys(doc).length > 0 ? app.committer.commit(doc) : Promise.resolve({ ok: true }),
  },
})

/** Reads of unpublished cases, each entered into the access log before it is answered. */
export const reads = async (s: System, quick: boolean): Promise<{ figures: readonly Figure[] }> => {
  const clients = 64
  const ids = await s.submitted(quick ? 400 : 2000)
  const bare = await s.serve(unlogged(s.app))
  const rate = (base: string, paths: readonly string[], amount: number) => async (): Promise<number> =>
    (await s.client.load({ base, clients, amount, method: 'GET', paths, cookie: s.cookies.registrar })).rate
  const pair = (name: string, paths: readonly string[], amount: number) => [
    { name: `${name}, not logged`, unit: '/s', run: rate(bare, paths, amount) },
    { name: `${name}, logged`, unit: '/s', run: rate(s.base, paths, amount), against: `${name}, not logged` },
  ]
  const figures = await interleaved(quick ? 2 : 5, [
    ...pair(
      'one case',
      ids.map((id) => `/api/applications/${id}`),
      quick ? 150 : 800,
    ),
    ...pair('list of 50', ['/api/applications?limit=50'], quick ? 80 : 300),
  ])
  return { figures }
}
