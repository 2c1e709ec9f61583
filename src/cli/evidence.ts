import { writeFileSync } from 'node:fs'
import type { Command } from 'commander'
import { makeBundle, openSequencer, type Wanted } from '#application'
import { isRefusal } from '#contract'
import { dataDir, publicUrl, withApp } from './env.ts'
import { fail, print } from './output.ts'

/** A moment, or the beginning of a day in Beijing. */
const moment = (text: string): string => {
  const at = Date.parse(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00+08:00` : text)
  if (Number.isNaN(at)) throw new Error(`不是日期：${text}`)
  return new Date(at).toISOString()
}

const make = async (command: Command, wanted: Wanted, out: string): Promise<void> => {
  const made = await withApp(async (app, databaseUrl) => {
    const sequencer = await openSequencer({ databaseUrl, dataDir: dataDir(), url: publicUrl() })
    try {
      return await makeBundle({ ...app, sequence: sequencer.catchUp }, 'operator', wanted)
    } finally {
      await sequencer.close()
    }
  })
  if (isRefusal(made)) return fail(made.says)
  writeFileSync(out, made.bytes)
  print(
    command,
    { out, entries: made.entries, bytes: made.bytes.length },
    `已写入 ${out}：${made.entries} 条记录，${made.bytes.length} 字节`,
  )
}

export const evidenceCommands = (program: Command): void => {
  const evidence = program.command('evidence').description('证据包：可离线核验的办理记录')
  evidence
    .command('case')
    .description('一个事项，连同相关的申请、登记、异议和义务')
    .argument('<类别>', 'application、record、objection、obligation 等')
    .argument('<事项编号>')
    .option('--no-documents', '不附文件')
    .requiredOption('--out <文件>')
    .action((process: string, id: string, o: { documents: boolean; out: string }, command: Command) =>
      make(command, { kind: 'case', process, id, documents: o.documents }, o.out),
    )
  evidence
    .command('person')
    .description('一人的全部办理和访问')
    .argument('<人员编号>')
    .option('--from <日期>', '自何日起', '2000-01-01')
    .option('--to <日期>', '至何日前', '2999-12-31')
    .requiredOption('--out <文件>')
    .action((person: string, o: { from: string; to: string; out: string }, command: Command) =>
      make(command, { kind: 'person', person, from: moment(o.from), to: moment(o.to) }, o.out),
    )
  evidence
    .command('range')
    .description('一段时间内的全部办理和访问')
    .requiredOption('--from <日期>', '自何日起')
    .requiredOption('--to <日期>', '至何日前')
    .requiredOption('--out <文件>')
    .action((o: { from: string; to: string; out: string }, command: Command) =>
      make(command, { kind: 'range', from: moment(o.from), to: moment(o.to) }, o.out),
    )
}
