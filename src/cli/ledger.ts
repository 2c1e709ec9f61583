import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { heardFrom, ofLog, openSequencer, readPolicy, verifyLog } from '#application'
import { logNames, witnessesSeen } from '#store'
import { dataDir, policyPath, publicUrl, withApp } from './env.ts'
import { each, print } from './output.ts'

export const ledgerCommands = (program: Command): void => {
  const ledger = program.command('ledger').description('公开日志')
  ledger
    .command('verify')
    .description('由正文重新推导整个日志，逐条、逐块、逐个检查点比对，并与各见证方的记忆比对；有不符时退出码为 1')
    .option('--known <文件>', '另行保存的检查点，可重复：日志须与之一致，且不得更短', each)
    .action(async (o: { known?: string[] }, command: Command) => {
      const known = (o.known ?? []).map((f) => readFileSync(f, 'utf8'))
      const policy = readPolicy(policyPath())?.policy
      const heard = policy ? await heardFrom(policy) : []
      for (const h of heard)
        process.stderr.write(`见证方 ${h.witness}：${h.notes.length} 个检查点${h.failed ? `；${h.failed}` : ''}\n`)
      if (heard.every((h) => h.notes.length === 0))
        process.stderr.write('没有听到任何见证方：日志若被整体替换，以下比对看不出来\n')
      const reports = await withApp(async (app, databaseUrl) => {
        // what was written while nothing was running is taken in first
        const sequencer = await openSequencer({ databaseUrl, dataDir: dataDir(), url: publicUrl() })
        await sequencer.drain().finally(() => sequencer.close())
        for (const [i, note] of known.entries())
          if ((await Promise.all(logNames.map((name) => ofLog(app, name, [note])))).every((of) => of.length === 0))
            throw new Error(`${o.known?.[i]} 不是这里任何一个日志的检查点`)
        const out = []
        for (const name of logNames)
          out.push(
            await verifyLog(app, name, {
              known: await ofLog(app, name, [...known, ...heard.flatMap((h) => h.notes)]),
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
    .command('witnesses')
    .description('各见证方副署到哪里；有见证方记得的与本日志不符时退出码为 1')
    .action(async (_o: object, command: Command) => {
      const seen = await withApp((app) => witnessesSeen(app.pool))
      print(
        command,
        seen,
        seen
          .map(
            (s) =>
              `${s.alarm ? '✗ ' : ''}${s.log}，${s.witness.split('+')[0]}：副署到 ${s.size} 条${s.behind > 0 ? `，尚差 ${s.behind} 条` : ''}${s.failed ? `；${s.failed}` : ''}`,
          )
          .join('\n') || '尚未请任何见证方副署',
      )
      if (seen.some((s) => s.alarm)) process.exitCode = 1
    })
}
