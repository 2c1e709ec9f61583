import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { isRefusal } from '#contract'
import { auditAll, openSequencer, rotateLogs } from '#application'
import { checkpointOf } from '#store'
import { auditPage } from './auditReport.ts'
import { dataDir, publicUrl, withApp } from './env.ts'
import { print } from './output.ts'

/** Draws progress on a terminal, at most ten times a second; into a file it writes nothing. */
const progressBar = (): ((what: string, done: number, of: number) => void) => {
  let last = 0
  return (what, done, of) => {
    if (!process.stderr.isTTY || (done < of && Date.now() - last < 100)) return
    last = Date.now()
    const part = of > 0 ? done / of : 0
    const bar = of > 0 ? `${'█'.repeat(Math.floor(part * 30)).padEnd(30, '░')} ${Math.floor(part * 100)}%` : ''
    process.stderr.write(`\r\x1b[K${what} ${bar} ${done}${of > 0 ? `/${of}` : ''}`)
  }
}

export const ledgerCommands = (program: Command): void => {
  const ledger = program.command('ledger').description('公开日志')
  ledger
    .command('verify')
    .description('审计全部：由正文重新推导每个日志，再由日志推导全部现状，逐条比对；有不符时退出码为 1')
    .option('--known <文件...>', '另行保存的检查点：日志须与之一致，且不得更短')
    .option('--memory <目录>', '审计人员自己的存根：从上次审计的末尾接续，相符时记下本次的检查点')
    .option('--full', '有存根也从头核对')
    .option('--report <文件>', '写出可打印、签字的审计报告（HTML）')
    .action(async (o: { known?: string[]; memory?: string; full?: boolean; report?: string }, command: Command) => {
      const kept =
        o.memory && existsSync(o.memory)
          ? readdirSync(o.memory)
              .filter((f) => f.endsWith('.checkpoint'))
              .map((f) => readFileSync(join(o.memory!, f), 'utf8'))
          : []
      const known = (o.known ?? []).map((f) => readFileSync(f, 'utf8'))
      const bar = progressBar()
      const { report, latest } = await withApp(async (app, databaseUrl) => {
        // what was written while nothing was running is taken in first
        const sequencer = await openSequencer({ databaseUrl, dataDir: dataDir(), url: publicUrl() })
        await sequencer.catchUp().finally(() => sequencer.close())
        const report = await auditAll(app, { known: [...known, ...kept], since: o.full ? [] : kept, progress: bar })
        const latest = await Promise.all(
          report.logs.map(async (l) => ({
            log: l.log,
            note: (await checkpointOf(app.pool, l.log, l.entries - 1))?.note,
          })),
        )
        return { report, latest }
      })
      process.stderr.write('\n')
      if (o.report) writeFileSync(o.report, auditPage(report))
      if (o.memory && report.ok) {
        mkdirSync(o.memory, { recursive: true })
        for (const { log, note } of latest) if (note) writeFileSync(join(o.memory, `${log}.checkpoint`), note)
      }
      print(
        command,
        report,
        [
          ...report.logs.flatMap((r) => [
            `${r.log}：${r.from > 0 ? `自第 ${r.from} 条起，` : ''}共 ${r.entries} 条，${r.checkpoints} 个检查点，${r.problems.length === 0 ? '全部相符' : `${r.problems.length} 处不符`}`,
            ...r.problems.map((p) => `  ✗ ${p}`),
          ]),
          `现状：${report.projections.cases} 件，${report.projections.events} 条记录，${report.projections.differences.length === 0 ? '与日志一致' : `${report.projections.differences.length} 处不一致`}`,
          ...report.projections.differences.map((d) => `  ✗ ${d.stream} ${d.what}`),
          ...(o.report ? [`报告：${o.report}`] : []),
        ].join('\n'),
      )
      if (!report.ok) process.exitCode = 1
    })
  ledger
    .command('rotate')
    .description('更换签名密钥：封存现有日志，从其最后一个检查点另起新日志（无需停机）')
    .option('--after <文件...>', '数据库遗失了日志的末尾时，另行保存的最后检查点')
    .action(async (o: { after?: string[] }, command: Command) => {
      const done = await withApp(async (_app, databaseUrl) => {
        const options = { databaseUrl, dataDir: dataDir(), url: publicUrl() }
        if (!o.after) {
          const sequencer = await openSequencer(options)
          await sequencer.catchUp().finally(() => sequencer.close())
        }
        return rotateLogs({ ...options, hash: 'sha256', after: (o.after ?? []).map((f) => readFileSync(f, 'utf8')) })
      })
      if (isRefusal(done)) throw new Error(done.says)
      print(command, done, `已另起日志：${done.join('、')}。原密钥以带时间的文件名留在数据目录，可移出封存。`)
    })
}
