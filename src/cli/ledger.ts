import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { isRefusal } from '#contract'
import { auditAll, heardFrom, openSequencer, readPolicy, renewLogs, rotateLogs } from '#application'
import { checkpointOf, witnessesSeen } from '#store'
import { auditPage } from './auditReport.ts'
import { dataDir, policyPath, publicUrl, withApp, withSm } from './env.ts'
import { each, print } from './output.ts'

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
    .description(
      '审计全部：由正文重新推导每个日志，再由日志推导全部现状，逐条比对，并与各见证方的记忆比对；有不符时退出码为 1',
    )
    .option('--known <文件>', '另行保存的检查点，可重复：日志须与之一致，且不得更短', each)
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
      const policy = readPolicy(policyPath())?.policy
      const heard = policy ? await heardFrom(policy) : []
      for (const h of heard)
        process.stderr.write(`见证方 ${h.witness}：${h.notes.length} 个检查点${h.failed ? `；${h.failed}` : ''}\n`)
      if (heard.every((h) => h.notes.length === 0))
        process.stderr.write('没有听到任何见证方：日志若被整体替换，以下比对看不出来\n')
      const remembered = heard.flatMap((h) => h.notes)
      const bar = progressBar()
      const { report, latest } = await withApp(async (app, databaseUrl) => {
        // what was written while nothing was running is taken in first
        const sequencer = await openSequencer({ databaseUrl, dataDir: dataDir(), url: publicUrl(), sm: withSm() })
        await sequencer.catchUp().finally(() => sequencer.close())
        const report = await auditAll(app, {
          known: [...known, ...kept, ...remembered],
          since: o.full ? [] : kept,
          progress: bar,
        })
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
    .option('--after <文件>', '数据库遗失了日志的末尾时，另行保存的最后检查点，可重复', each)
    .option('--sm', '更换国密日志的 SM2 密钥')
    .action(async (o: { after?: string[]; sm?: boolean }, command: Command) => {
      const done = await withApp(async (_app, databaseUrl) => {
        const options = { databaseUrl, dataDir: dataDir(), url: publicUrl(), sm: withSm() }
        if (!o.after) {
          const sequencer = await openSequencer(options)
          await sequencer.catchUp().finally(() => sequencer.close())
        }
        return rotateLogs({
          ...options,
          hash: o.sm ? 'sm3' : 'sha256',
          after: (o.after ?? []).map((f) => readFileSync(f, 'utf8')),
        })
      })
      if (isRefusal(done)) throw new Error(done.says)
      print(command, done, `已另起日志：${done.join('、')}。原密钥以带时间的文件名留在数据目录，可移出封存。`)
    })
  ledger
    .command('renew')
    .description('存证续期：以 SHA-512 和 SM3 重新摘要全部正文，写入访问日志（每年自动进行一次）')
    .action(async (_o: object, command: Command) => {
      const done = await withApp((app) => renewLogs(app, progressBar()))
      process.stderr.write('\n')
      print(command, done, done.map((r) => `${r.log}：${r.size} 条，SHA-512 ${r.sha512.slice(0, 16)}…`).join('\n'))
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
