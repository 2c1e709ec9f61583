import { importList } from '#application'
import { isRefusal } from '#contract'
import { interleaved, type Figure } from './measure.ts'
import { catalogue, format, insertRow, type System } from './system.ts'

/** A generated catalogue of twenty units: read and checked whole, then one case per item. */
export const importing = async (
  s: System,
  quick: boolean,
): Promise<{ figures: readonly Figure[]; failed: readonly string[] }> => {
  const rows = quick ? 640 : 10_000
  const failed: string[] = []
  let round = 0
  const perSecond = async (work: () => Promise<unknown>): Promise<number> => {
    const began = performance.now()
    await work()
    return (rows / (performance.now() - began)) * 1000
  }
  const bring = async (list: string, expected: 'added' | 'unchanged'): Promise<void> => {
    const lines = catalogue(list, rows, (i) => `生成单位${i % 20}`)
    const done = await importList(s.app, lines, `${list}.csv`, format(list))
    if (isRefusal(done)) throw new Error(done.says)
    if (done[expected] !== rows) failed.push(`${list}: ${done[expected]} of ${rows} rows ${expected}`)
  }
  const item = JSON.stringify({ source: 'x'.repeat(40), name: '数据资源', holders: ['生成单位'], frequency: '每日' })
  const figures = await interleaved(
    quick ? 2 : 3,
    [
      {
        name: 'one INSERT a row',
        unit: 'rows/s',
        run: () =>
          perSecond(async () => {
            for (let i = 0; i < rows; i += 64)
              await Promise.all(Array.from({ length: Math.min(64, rows - i) }, () => insertRow(s.barePool, item)))
          }),
      },
      {
        name: `${rows} items, new`,
        unit: 'rows/s',
        against: 'one INSERT a row',
        run: () => perSecond(() => bring(`import-${round}`, 'added')),
      },
      {
        name: `${rows} items, again`,
        unit: 'rows/s',
        against: 'one INSERT a row',
        run: () => perSecond(() => bring(`import-${round++}`, 'unchanged')),
      },
    ],
    { warmUp: !quick },
  )
  return { figures, failed }
}
