import { mkdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import {
  backUp,
  dropMonth,
  exportAllItems,
  exportMonth,
  hold,
  keepingAges,
  lift,
  restoreBackup,
  retention,
  verifyBackup,
  verifyExport,
} from '#application'
import { isRefusal } from '#contract'
import { startDatabase, type TermKind } from '#store'
import { dataDir, database, withApp } from './env.ts'
import { fail, print } from './output.ts'

const passphrase = (): string | undefined => process.env['GONGSHU_BACKUP_PASSPHRASE'] || undefined

/** One line on stderr, written over at every percent. */
const progress = (): ((what: string, done: number, of: number) => void) => {
  let said = ''
  return (what, done, of) => {
    const percent = of === 0 ? 100 : Math.floor((100 * done) / of)
    // in a file or a pipe the end is enough
    if (said === `${what} ${percent}` || (!process.stderr.isTTY && done < of)) return
    said = `${what} ${percent}`
    process.stderr.write(`\r\x1b[K${what} ${done}/${of}（${percent}%）${done >= of ? '\n' : ''}`)
  }
}
const given = (value: string | undefined, option: string): string => value ?? fail(`请给出 ${option}`)

export const backupCommands = (program: Command): void => {
  const backup = program
    .command('backup')
    .description('备份数据库和文件：同一时刻的全部表，文件只补新增的；写完才以正式名称出现')
    .option('--to <目录>', '备份目录')
    .option('--with-keys', '连同密钥，以 GONGSHU_BACKUP_PASSPHRASE 的口令加密')
    .action(async (o: { to?: string; withKeys?: boolean }, command: Command) => {
      const to = resolve(given(o.to, '--to'))
      if (o.withKeys && !passphrase()) fail('请用环境变量 GONGSHU_BACKUP_PASSPHRASE 给出口令')
      const made = await withApp((_app, databaseUrl) =>
        backUp({
          databaseUrl,
          dataDir: dataDir(),
          to,
          passphrase: o.withKeys ? passphrase() : undefined,
          progress: progress(),
        }),
      )
      print(
        command,
        made,
        [
          `备份完成：${made.place}`,
          `  ${made.rows} 行，${made.documents} 个文件，${made.size} 字节；清单 SHA-256 ${made.manifest}`,
          ...made.logs.map((l) => `  日志 ${l.name}：${l.size} 条`),
          ...made.missing.map((k) => `  ✗ 文件 ${k} 已登记而不在文件库中，未能备份`),
        ].join('\n'),
      )
      if (made.missing.length > 0) process.exitCode = 1
    })
  backup
    .command('verify')
    .description('把备份恢复到一个临时数据库，重新推导全部日志和现状，核对每个文件，并与现行日志比对')
    .requiredOption('--from <目录>', '一个备份，或备份目录（取最新的）')
    .action(async (o: { from: string }, command: Command) => {
      const tried = await withApp((_app, databaseUrl) =>
        verifyBackup({
          databaseUrl,
          dataDir: dataDir(),
          from: resolve(o.from),
          passphrase: passphrase(),
          progress: progress(),
        }),
      )
      print(
        command,
        tried,
        [
          `${tried.place}（${tried.at}）：${tried.cases} 件，${tried.events} 条记录，${tried.documents} 个文件，${tried.problems.length === 0 ? '全部相符' : `${tried.problems.length} 处不符`}`,
          ...tried.logs.map((l) => `  日志 ${l.name}：${l.size} 条，根 ${l.root}`),
          ...tried.problems.map((p) => `  ✗ ${p}`),
        ].join('\n'),
      )
      if (tried.problems.length > 0) process.exitCode = 1
    })
  backup
    .command('status')
    .description('上次备份和上次恢复试验距今多久')
    .action(async (_o: object, command: Command) => {
      const ages = await withApp((app) => keepingAges(app))
      const words = (s: number): string => (Number.isFinite(s) ? `${(s / 3600).toFixed(1)} 小时前` : '从未成功')
      print(command, ages, `上次备份：${words(ages.backup)}\n上次恢复试验：${words(ages.verify)}`)
    })

  program
    .command('restore')
    .description('恢复到空数据库；先核对备份的每个字节，恢复后重新推导全部日志和现状')
    .requiredOption('--from <目录>', '一个备份，或备份目录（取最新的）')
    .option('--data <目录>', '恢复到哪个数据目录（默认 GONGSHU_DATA）；没有 DATABASE_URL 时数据库也在其中')
    .option('--known <文件...>', '另行保存的检查点：日志若已签署到备份之后，不得用原名继续')
    .action(async (o: { from: string; data?: string; known?: string[] }, command: Command) => {
      const dir = o.data ? resolve(o.data) : dataDir()
      mkdirSync(dir, { recursive: true, mode: 0o711 })
      const db =
        o.data && !process.env['DATABASE_URL']
          ? await startDatabase({ dataDir: dir, log: (l) => process.stderr.write(`${l}\n`) })
          : await database(false)
      try {
        const done = await restoreBackup({
          databaseUrl: db.url,
          dataDir: dir,
          from: resolve(o.from),
          known: (o.known ?? []).map((f) => readFileSync(f, 'utf8')),
          passphrase: passphrase(),
          progress: progress(),
        })
        print(
          command,
          done,
          [
            `已恢复 ${done.place}（${done.at}）：${done.cases} 件，${done.events} 条记录，${done.documents} 个文件，${done.problems.length === 0 ? '全部相符' : `${done.problems.length} 处不符`}`,
            ...done.problems.map((p) => `  ✗ ${p}`),
            ...(done.missing.length > 0 ? [`请把 ${done.missing.join('、')} 放回 ${dir}，再启动`] : []),
            ...done.behind.map((l) => `日志 ${l} 已签署到备份之后：请用 gongshu ledger rotate --after 另起日志`),
          ].join('\n'),
        )
        if (done.problems.length > 0) process.exitCode = 1
      } finally {
        await db.stop()
      }
    })

  const exporting = program
    .command('export')
    .description('归档日志的一个月，供刻录到一次写入介质：正文、哈希块、检查点、公钥、清单；或导出目录')
    .option('--items <文件.xlsx>', '导出公共数据资源目录，与模板同样的栏目，可修改后再导入')
    .option('--month <年-月>', '如 2026-03（UTC）；须已结束')
    .option('--to <目录>', '写到哪里')
    .option('--log <日志>', '日志名', 'access')
    .action(async (o: { items?: string; month?: string; to?: string; log: string }, command: Command) => {
      if (o.items) {
        const { items } = o
        await withApp((app) => app.lists.itemsToXlsxFile(items, exportAllItems(app)))
        return print(command, { file: items }, `目录已导出到 ${items}`)
      }
      const month = given(o.month, '--month')
      const to = resolve(given(o.to, '--to'))
      const done = await withApp((app, databaseUrl) =>
        exportMonth(app, { databaseUrl, log: o.log, month, to, progress: progress() }),
      )
      if (isRefusal(done)) return fail(done.says)
      print(command, done, `已归档 ${done.place}：${done.entries} 条；清单 SHA-256 ${done.manifest}（已写入访问日志）`)
    })
  exporting
    .command('verify')
    .description('核对归档，不需要数据库：逐个文件的摘要，由正文重新推导根，比对签署的检查点')
    .argument('<目录>')
    .action(async (dir: string, _o: object, command: Command) => {
      const found = await verifyExport(resolve(dir))
      print(
        command,
        found,
        [
          `日志 ${found.log} ${found.month}：${found.entries} 条，${found.checkpoints} 个检查点，${found.problems.length === 0 ? '全部相符' : `${found.problems.length} 处不符`}；清单 SHA-256 ${found.manifest}`,
          ...found.problems.map((p) => `  ✗ ${p}`),
        ].join('\n'),
      )
      if (found.problems.length > 0) process.exitCode = 1
    })

  const keep = program
    .command('retention')
    .description('保存期限、保全，以及访问日志现有的月份')
    .action(async (_o: object, command: Command) => {
      const r = await withApp((app) => retention(app))
      const of: Readonly<Record<TermKind, string>> = { voucher: '登记凭证', access: '访问日志' }
      print(
        command,
        r,
        [
          ...r.terms.map((t) => `${of[t.kind]}：不少于 ${t.years} 年，${t.basis}`),
          ...r.holds.map((h) => `保全第 ${h.id} 号：访问日志 ${h.month === '*' ? '全部' : h.month}，${h.reason}`),
          `访问日志现有月份：${r.months.join('、') || '无'}`,
        ].join('\n'),
      )
    })
  keep
    .command('hold')
    .description('保全访问日志：在解除之前不得删除（办件的保全在办件页面办理）')
    .argument('<月份>', '月份（2026-03）或 *（全部）')
    .requiredOption('--reason <理由>', '依据和理由')
    .action(async (month: string, o: { reason: string }, command: Command) => {
      const done = await withApp((_app, url) => hold(url, { month, reason: o.reason }))
      if (isRefusal(done)) return fail(done.says)
      print(command, done, `已保全，第 ${done.id} 号`)
    })
  keep
    .command('lift')
    .description('解除保全')
    .argument('<编号>')
    .requiredOption('--reason <理由>', '解除的理由')
    .action(async (id: string, o: { reason: string }, command: Command) => {
      const done = await withApp((_app, url) => lift(url, Number(id), o.reason))
      if (isRefusal(done)) return fail(done.says)
      print(command, done, `已解除第 ${done.id} 号保全`)
    })
  keep
    .command('drop')
    .description('删除访问日志最早的一个月：期限届满、没有保全、已完整归档的才可以；哈希块和检查点保留')
    .requiredOption('--month <年-月>')
    .action(async (o: { month: string }, command: Command) => {
      const done = await withApp((_app, url) => dropMonth(url, o.month))
      if (isRefusal(done)) return fail(done.says)
      print(command, done, `已删除 ${o.month} 的访问日志正文 ${done.entries} 条`)
    })
}
