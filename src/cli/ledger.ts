import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { isRefusal } from '#contract'
import { openSequencer, rotateLogs, verifyLog } from '#application'
import { logsOf } from '#store'
import { dataDir, publicUrl, withApp } from './env.ts'
import { print } from './output.ts'

export const ledgerCommands = (program: Command): void => {
  const ledger = program.command('ledger').description('公开日志')
  ledger
    .command('verify')
    .description('由正文重新推导整个日志，逐条、逐块、逐个检查点比对；有不符时退出码为 1')
    .option('--known <文件...>', '另行保存的检查点：日志须与之一致，且不得更短')
    .action(async (o: { known?: string[] }, command: Command) => {
      const known = (o.known ?? []).map((f) => readFileSync(f, 'utf8'))
      const reports = await withApp(async (app, databaseUrl) => {
        // what was written while nothing was running is taken in first
        const sequencer = await openSequencer({ databaseUrl, dataDir: dataDir(), url: publicUrl() })
        await sequencer.catchUp().finally(() => sequencer.close())
        const out = []
        for (const { name, origin } of await logsOf(app.pool))
          out.push(
            await verifyLog(app, name, {
              known: known.filter((note) => note.startsWith(`${origin}\n`)),
              progress: (n, of) => process.stderr.write(`\r${name} ${n}/${of}`),
            }),
          )
        process.stderr.write('\n')
        return out
      })
      print(
        command,
        reports,
        reports
          .map((r) =>
            [
              `${r.log}：${r.entries} 条，${r.checkpoints} 个检查点，${r.problems.length === 0 ? '全部相符' : `${r.problems.length} 处不符`}`,
              ...r.problems.map((p) => `  ✗ ${p}`),
            ].join('\n'),
          )
          .join('\n'),
      )
      if (reports.some((r) => r.problems.length > 0)) process.exitCode = 1
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
