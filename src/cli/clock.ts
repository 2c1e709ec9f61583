import type { Command } from 'commander'
import { advanceClock, clock, tickDay, tickDryRun } from '#application'
import { isRefusal } from '#contract'
import { withApp } from './env.ts'
import { fail, print } from './output.ts'

export const clockCommands = (program: Command): void => {
  program
    .command('tick')
    .description('处理到期事项；演示库以外，给出其他日期只作预演')
    .option('--at <日期>', '以哪一天为准')
    .action(async (o: { at?: string }, command: Command) => {
      await withApp(async (app) => {
        const now = await clock(app)
        if (!o.at || o.at === now.day) {
          const done = await tickDay(app, now.day)
          return print(command, { day: now.day, done }, `${now.day}：处理到期事项 ${done} 项`)
        }
        const rows = await tickDryRun(app, o.at)
        print(
          command,
          { day: o.at, dryRun: true, rows },
          [
            `预演 ${o.at}：将到期 ${rows.length} 项（未作任何改动）`,
            ...rows.map((r) => `  ${r.day} ${r.kind} ${r.act} ${r.stream}`),
          ].join('\n'),
        )
      })
    })
  program
    .command('clock')
    .description('演示库的模拟日期')
    .argument('[日期]', '推进到哪一天；不给则显示当前')
    .action(async (day: string | undefined, _o: object, command: Command) => {
      await withApp(async (app) => {
        if (!day) {
          const now = await clock(app)
          return print(command, now, `${now.day}(${now.weekday})${now.simulated ? ' 模拟' : ''}`)
        }
        const done = await advanceClock(app, day)
        if (isRefusal(done)) return fail(done.says)
        print(command, done, `已推进到 ${done.day}，处理到期事项 ${done.done} 项`)
      })
    })
}
