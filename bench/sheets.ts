import { spawnSync } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import ExcelJS from 'exceljs'
import { spread, type Figure } from './measure.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const titles = [
  '序号',
  '数源单位',
  '目录名称',
  '目录代码',
  '摘要',
  '格式',
  '更新周期',
  '共享类型',
  '共享条件',
  '开放属性',
  '待归集',
  '数据量',
]
const row = (i: number): readonly string[] => [
  String(i + 1),
  `生成单位${i % 200}`,
  `第${i}号业务办理结果信息`,
  `3415${String(i).padStart(10, '0')}`,
  `办理第${i}号业务时形成的结果，供有关单位核验`,
  i % 3 === 0 ? '数据库' : 'Excel',
  i % 2 === 0 ? '每日' : '按月',
  i % 4 === 0 ? '无条件共享' : '有条件',
  i % 4 === 0 ? '' : '履行职责需要',
  '有条件开放',
  i % 3 === 0 ? '是' : '否',
  `${i * 7}条`,
]

const writeCsv = (path: string, rows: number): Promise<void> =>
  pipeline(
    Readable.from(
      (function* () {
        yield `${titles.join(',')}\n`
        for (let i = 0; i < rows; i += 1000)
          yield Array.from({ length: Math.min(1000, rows - i) }, (_, k) => `${row(i + k).join(',')}\n`).join('')
      })(),
    ),
    createWriteStream(path),
  )
const writeXlsx = async (path: string, rows: number): Promise<void> => {
  const book = new ExcelJS.stream.xlsx.WorkbookWriter({ filename: path, useSharedStrings: true })
  const sheet = book.addWorksheet('目录')
  sheet.addRow(titles).commit()
  for (let i = 0; i < rows; i++) sheet.addRow(row(i)).commit()
  await book.commit()
}

/** The built program reads and plans one file, alone in its process, so that the peak is its own. Without a file: what loading costs. */
const child = `
import { recogniseFile, planBook } from '#interop'
import { statSync } from 'node:fs'
const path = process.argv[1]
let rows = 0, began = performance.now()
if (path) {
  const r = await recogniseFile(path, path)
  const plan = planBook(r.book, r.mapping, { list: 'bench', maxItems: 2_000_000 })
  for (;;) {
    const step = await plan.next()
    if (step.done) { if (step.value.stats.errors) throw new Error(JSON.stringify(step.value.findings[0])); break }
    rows += step.value.rows.length
  }
}
console.log(JSON.stringify({ rows, seconds: (performance.now() - began) / 1000, peak: process.resourceUsage().maxRSS * 1024 }))
`
const measured = (path?: string): { rows: number; seconds: number; peak: number } => {
  const args = ['--input-type=module', '-e', child, ...(path ? [path] : [])]
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  return JSON.parse(stdout) as { rows: number; seconds: number; peak: number }
}

/** Catalogue lists of twelve columns, read from a file and planned whole: lines a second, and the memory it took at most. */
export const sheets = async (quick: boolean): Promise<{ figures: readonly Figure[]; failed: readonly string[] }> => {
  const folder = await mkdtemp(join(tmpdir(), 'sheets-'))
  const failed: string[] = []
  const figures: Figure[] = []
  try {
    const bare = measured().peak
    const files = quick
      ? ([
          ['csv', 10_000],
          ['xlsx', 2000],
        ] as const)
      : ([
          ['csv', 100_000],
          ['csv', 1_000_000],
          ['xlsx', 50_000],
        ] as const)
    for (const [kind, rows] of files) {
      const path = join(folder, `${rows}.${kind}`)
      await (kind === 'csv' ? writeCsv : writeXlsx)(path, rows)
      const rounds = Array.from({ length: quick ? 1 : 3 }, () => measured(path))
      if (rounds.some((r) => r.rows !== rows)) failed.push(`${rows} lines of ${kind}: ${rounds[0]?.rows} planned`)
      const mb = (b: number): number => Math.round(b / 2 ** 20)
      figures.push({
        name: `${rows} lines of ${kind}, read and planned`,
        unit: 'rows/s',
        rounds: rounds.length,
        ...spread(rounds.map((r) => r.rows / r.seconds)),
        note: `at most ${Math.max(...rounds.map((r) => mb(r.peak)))} MB, of which ${mb(bare)} MB before the first line`,
      })
    }
  } finally {
    await rm(folder, { recursive: true })
  }
  return { figures, failed }
}
