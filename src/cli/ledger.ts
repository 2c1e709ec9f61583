import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { openSequencer, verifyLog } from '#application'
import { logNames } from '#store'
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
        await sequencer.drain().finally(() => sequencer.close())
        const out = []
        for (const name of logNames)
          out.push(
            await verifyLog(app, name, {
              known: known.filter((note) => note.split('\n')[0]?.endsWith(`/log/${name}`)),
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
}
