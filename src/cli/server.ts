import { join } from 'node:path'
import type { Command } from 'commander'
import { isEmpty, logsOf, makeDemo } from '#store'
import {
  fillDemo,
  keepingPolicy,
  openApp,
  openSequencer,
  personas,
  readCast,
  readPolicy,
  startCosigning,
  startKeeping,
  startLoops,
  startRenewing,
  startSequencer,
  type App,
  type Sequencer,
} from '#application'
import { buildServer } from '#http'
import { lists, renderCertificate } from '#interop'
import {
  dataDir,
  database,
  enabledLayers,
  host,
  policyPath,
  port,
  publicUrl,
  samplesDir,
  sealInspector,
  withApp,
  withSm,
} from './env.ts'
import { print } from './output.ts'
import { startWitnessBeside } from './witness.ts'

const say = (line: string): void => {
  process.stderr.write(`${line}\n`)
}

const untilSignal = (): Promise<void> =>
  new Promise((r) => {
    for (const s of ['SIGINT', 'SIGTERM'] as const) process.once(s, () => r())
  })

type Options = Parameters<typeof openSequencer>[0]

/** The application with a sequencer of its own, so that what waits for the log need not wait for another process. */
const sequencing = async <T extends App>(
  app: T,
  o: Options,
): Promise<{ readonly app: T; readonly sequencer: Sequencer }> => {
  const sequencer = await openSequencer({ ...o, sm: withSm() })
  return { app: { ...app, sequence: () => sequencer.catchUp() }, sequencer }
}

/** Everything that runs beside answering: deadlines and jobs, the sequencer, asking witnesses, backups, renewal. */
const background = async (
  app: App,
  sequencer: Sequencer,
  o: Options,
): Promise<{ readonly stop: () => Promise<void> }> => {
  const loops = startLoops(app)
  const log = startSequencer(app, sequencer)
  const policy = readPolicy(policyPath())
  const asking = policy && (await startCosigning({ databaseUrl: o.databaseUrl, policy, log: app.log }))
  const plan = keepingPolicy(process.env)
  const keeping = plan && startKeeping(app, { ...o, policy: plan })
  const renewing = startRenewing(app)
  return {
    stop: async () => {
      renewing.stop()
      keeping?.stop()
      await loops.stop()
      await asking?.stop()
      await log.stop()
    },
  }
}

export const serverCommands = (program: Command): void => {
  program
    .command('start')
    .description('启动全部：数据库、迁移、规则包、样例（首次）、服务与后台任务')
    .option('--empty', '首次启动不建演示库，不载入样例')
    .option('--exit', '准备就绪后即退出')
    .action(async (o: { empty?: boolean; exit?: boolean }) => {
      const began = Date.now()
      const db = await database(true)
      say(`${db.how}就绪（${((Date.now() - began) / 1000).toFixed(1)} 秒）`)
      const options = {
        databaseUrl: db.url,
        dataDir: dataDir(),
        url: publicUrl(),
        lists,
        inspectSeal: sealInspector(),
        renderCertificate,
        enabled: enabledLayers(),
      }
      let opened = await openApp(options)
      const cast = readCast(samplesDir)
      const fresh =
        (await isEmpty(opened.pool)) &&
        !o.empty &&
        process.env['GONGSHU_DEMO'] !== '0' &&
        (await makeDemo(opened.pool, cast.day))
      if (fresh) {
        await opened.close()
        opened = await openApp(options)
      }
      const { app, sequencer } = await sequencing(opened, options)
      if (fresh) {
        say('首次启动：建立演示库')
        await fillDemo(app, cast, samplesDir, (l) => say(`  ${l}`))
      }
      const server = await buildServer(app, { logger: true })
      const witness = await startWitnessBeside({
        dir: join(dataDir(), 'witness'),
        policyPath: policyPath(),
        logs: (await logsOf(app.pool)).filter((l) => l.hash === 'sha256').map((l) => l.key),
      })
      // after the witness, which may just have been named in the policy
      const running = await background(app, sequencer, options)
      await server.listen({ host: host(), port: port() })
      const url = publicUrl()
      say(`\n公数已就绪 → ${url}（用时 ${((Date.now() - began) / 1000).toFixed(1)} 秒）`)
      if (witness.running)
        say('本机见证方运行中；它与日志归同一管理员，对管理员本人什么也不证明，正式运行请由其他单位见证')
      if (app.demo) {
        say('演示库：打开 /sign-in 点选角色即可体验；日期可在页面顶部推进。角色：')
        const shown = new Map<string, string>()
        for (const p of await personas(app))
          if (!shown.has(p.orgName)) shown.set(p.orgName, `  ${p.orgName}：${p.says}`)
        for (const line of shown.values()) say(line)
      } else say('新建第一个账号：npm run gongshu -- user add --name 姓名 --login 账号 --org 单位 --duties admin')
      if (!o.exit) {
        await untilSignal()
        say('正在停止…')
      }
      await server.close()
      await running.stop()
      await witness.stop()
      await app.close()
      await db.stop()
      process.exit(0)
    })
  program
    .command('serve')
    .description('只提供 HTTP 服务（可开多个）')
    .action(() =>
      withApp(async (app) => {
        const server = await buildServer(app, { logger: true })
        await server.listen({ host: host(), port: port() })
        say(`公数服务 → ${publicUrl()}`)
        await untilSignal()
        await server.close()
      }).then(() => process.exit(0)),
    )
  program
    .command('worker')
    .description('只运行期限与后台任务（可开多个）')
    .action(() =>
      withApp(async (opened, databaseUrl) => {
        const options = { databaseUrl, dataDir: dataDir(), url: publicUrl() }
        const { app, sequencer } = await sequencing(opened, options)
        const running = await background(app, sequencer, options)
        say('公数后台任务运行中')
        await untilSignal()
        await running.stop()
      }).then(() => process.exit(0)),
    )
  program
    .command('migrate')
    .description('升级数据库结构')
    .action(async (_o: object, command: Command) => {
      await withApp(async () => undefined)
      print(command, { ok: true }, '数据库已是最新')
    })
}
