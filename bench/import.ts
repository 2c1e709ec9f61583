import { applyList, checkList, openList } from '#application'
import { isRefusal } from '#contract'
import { interleaved, type Figure } from './measure.ts'
import { catalogue, format, insertRow, type System } from './system.ts'

/** A generated catalogue of twenty units: read and checked whole, then one case per item; each with what a row costs in processor time. */
export const importing = async (
  s: System,
  quick: boolean,
): Promise<{ figures: readonly Figure[]; failed: readonly string[] }> => {
  const rows = quick ? 640 : 100_000
  const bare = Math.min(rows, 10_000)
  const failed: string[] = []
  const costs = new Map<string, string>()
  let round = 0
  const perSecond = async (name: string, of: number, work: () => Promise<unknown>): Promise<number> => {
    const [began, before] = [performance.now(), s.cpu()]
    await work()
    const [took, after] = [performance.now() - began, s.cpu()]
    const each = (ms: number): string => ((ms * 1000) / of).toFixed(0)
    costs.set(
      name,
      `processor time a row: ${each(after.server - before.server)} µs here, ${each(after.database - before.database)} µs in the database`,
    )
    return (of / took) * 1000
  }
  const opened = async (list: string) => {
    const found = await openList(
      s.app,
      catalogue(list, rows, (i) => `生成单位${i % 20}`),
      `${list}.csv`,
    )
    if (isRefusal(found)) throw new Error(found.says)
    return found
  }
  const check = async (list: string): Promise<void> => {
    const found = await checkList(s.app, await opened(list), format(list))
    if (found.errors > 0 || found.fresh !== rows) failed.push(`${list}: ${found.fresh} of ${rows} rows new`)
  }
  const bring = async (list: string, expected: 'added' | 'unchanged'): Promise<void> => {
    const done = await applyList(s.app, await opened(list), format(list))
    if (done[expected] !== rows) failed.push(`${list}: ${done[expected]} of ${rows} rows ${expected}`)
  }
  const item = JSON.stringify({ source: 'x'.repeat(40), name: '数据资源', holders: ['生成单位'], frequency: '每日' })
  const measure = (name: string, work: () => Promise<unknown>, of = rows) => ({
    name,
    unit: 'rows/s',
    run: () => perSecond(name, of, work),
    note: () => costs.get(name) ?? '',
  })
  const figures = await interleaved(
    quick ? 2 : 1,
    [
      measure(
        'one INSERT a row',
        async () => {
          for (let i = 0; i < bare; i += 64)
            await Promise.all(Array.from({ length: Math.min(64, bare - i) }, () => insertRow(s.barePool, item)))
        },
        bare,
      ),
      { ...measure(`${rows} items, checked`, () => check(`import-${round}`)), against: 'one INSERT a row' },
      { ...measure(`${rows} items, new`, () => bring(`import-${round}`, 'added')), against: 'one INSERT a row' },
      {
        ...measure(`${rows} items, again`, () => bring(`import-${round++}`, 'unchanged')),
        against: 'one INSERT a row',
      },
    ],
    { warmUp: false },
  )
  return { figures, failed }
}
