import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Command } from 'commander'
import { parsePolicy, parseVkey, policyText } from '#ledger'
import { findIdentity, listedLogs, openWitness, statusOf } from '#witness'
import { each, print } from './output.ts'

const say = (line: string): void => {
  process.stderr.write(`${line}\n`)
}

interface Options {
  readonly data: string
  readonly port: string
  readonly host: string
  readonly name?: string
  readonly log?: string[]
  readonly untilStdinCloses?: boolean
}

export const witnessCommands = (program: Command): void => {
  const witness = program
    .command('witness')
    .description('运行见证方：记住日志的检查点，只为由此增长而来的新检查点副署；不需要数据库')
    .requiredOption('--data <目录>', '见证方自己的目录：密钥、名单与记忆。不得由备份恢复')
    .option('--port <端口>', '监听端口', '3100')
    .option('--host <地址>', '监听地址', '127.0.0.1')
    .option('--name <名称>', '见证方名称，首次启动时给定，写入公钥')
    .option('--log <公钥或网址>', '增加所见证的日志，可重复：vkey，或其 /log/…/key 的网址（只取一次）', each)
    .option('--until-stdin-closes', '标准输入关闭时退出，供启动它的程序使用')
    .action(async (o: Options, command: Command) => {
      const w = await openWitness({ dir: resolve(o.data), name: o.name, logs: o.log ?? [], say })
      const url = await w.server.listen({ host: o.host, port: Number(o.port) })
      if (w.logs.length === 0) say('尚未列出任何日志：用 --log 增加，或写入目录中的 logs 文件后重启')
      say(`见证方“${w.key.name}” → ${url}`)
      print(command, { vkey: w.vkey, url, logs: w.logs.map((k) => k.name) }, w.vkey)
      await new Promise<void>((r) => {
        for (const s of ['SIGINT', 'SIGTERM'] as const) process.once(s, () => r())
        if (o.untilStdinCloses)
          process.stdin
            .on('error', () => r())
            .once('close', () => r())
            .resume()
      })
      await w.close()
      process.exit(0)
    })
  witness
    .command('status')
    .description('一个见证方目录的公钥和它对各日志的记忆；记忆损坏或见过分叉时退出码为 1')
    .action(async (_o: object, command: Command) => {
      const dir = resolve(command.optsWithGlobals<Options>().data)
      const self = await findIdentity(dir)
      if (!self) throw new Error(`${dir} 中还没有见证方`)
      const s = await statusOf(dir, self, await listedLogs(dir))
      const lines = s.logs.map((l) =>
        [
          `${l.origin}：${l.problem ?? (l.remembered ? `${l.remembered.size} 条，根 ${l.remembered.root}，${l.remembered.at} 副署` : '尚未副署')}`,
          ...(l.forks > 0 ? [`  ✗ 有分叉：拒绝并留存了 ${l.forks} 个检查点（${join(dir, 'evidence')}）`] : []),
        ].join('\n'),
      )
      print(command, s, [`公钥 ${s.vkey}`, ...lines].join('\n'))
      if (s.logs.some((l) => l.problem || l.forks > 0)) process.exitCode = 1
    })
}

// ── beside the log, for a first look ───────────────────────────────────────────────────────────────────────────

const warning = `# 见证策略（C2SP tlog-policy）：向谁请求副署，几家副署才算数。
# 下面这一家由 npm start 在本机启动，与日志归同一管理员：它能发现误操作和数据回退，对管理员本人什么也不证明。
# 正式运行请换成主管部门、审计机关、运营机构各自运行的见证方，见 docs/operations.md“见证”。
`

const freePort = (): Promise<number> =>
  new Promise((r) => {
    const s = createServer().listen(0, '127.0.0.1', () => {
      const { port } = s.address() as { port: number }
      s.close(() => r(port))
    })
  })
const isFree = (port: number): Promise<boolean> =>
  new Promise((r) => {
    const s = createServer()
      .once('error', () => r(false))
      .listen(port, '127.0.0.1', () => s.close(() => r(true)))
  })

/**
 * Runs a witness as a process of its own while this one runs, and starts it again when it dies. Without a policy it makes one that names
 * it; where the policy names other witnesses only, nothing is started.
 * @param dir of the witness
 * @param policyPath where the policy stands, or is put
 * @param logs verifier keys of the logs
 * @param args of node that start the gongshu command
 */
export const startWitnessBeside = async ({
  dir,
  policyPath,
  logs,
  args = [process.argv[1]!],
}: {
  readonly dir: string
  readonly policyPath: string
  readonly logs: readonly string[]
  readonly args?: readonly string[]
}): Promise<{
  readonly running: boolean
  readonly pid: () => number | undefined
  readonly stop: () => Promise<void>
}> => {
  const text = existsSync(policyPath) ? readFileSync(policyPath, 'utf8') : undefined
  const known = await findIdentity(dir)
  const named =
    text === undefined
      ? undefined
      : parsePolicy(text).witnesses.find((w) => w.key.key.equals(known?.key.key ?? Buffer.of()))
  if (text !== undefined && !named?.url) return { running: false, pid: () => undefined, stop: async () => undefined }
  let port = named?.url ? Number(new URL(named.url).port) : 0
  // after a crash the one before needs a moment to notice that it is alone
  for (let tries = 0; port !== 0 && tries < 20 && !(await isFree(port)); tries++) await sleep(100)
  if (port === 0 || !(await isFree(port))) port = await freePort()
  const url = `http://127.0.0.1:${port}`
  if (text !== undefined && named?.url && new URL(named.url).port !== String(port))
    await writeFile(policyPath, text.replaceAll(named.url, url))

  let child: ChildProcess | undefined
  let stopping = false
  let wake: () => void = () => undefined
  const name = known?.key.name ?? `${parseVkey(logs[0]!).name.split('/')[0]}/witness`
  const keep = (async () => {
    for (let pause = 1000; !stopping; pause = Math.min(30_000, pause * 2)) {
      const began = Date.now()
      // the pipe to its standard input closes with this process, however that ends
      child = spawn(
        process.execPath,
        [
          ...args,
          ...['witness', '--data', dir, '--port', String(port), '--name', name, '--until-stdin-closes'],
          ...logs.flatMap((key) => ['--log', key]),
        ],
        { stdio: ['pipe', 'ignore', 'inherit'] },
      )
      child.stdin?.on('error', () => undefined)
      await new Promise<void>((r) => child!.once('error', () => r()).once('exit', () => r()))
      child = undefined
      if (Date.now() - began > 60_000) pause = 1000
      if (!stopping)
        await new Promise<void>((r) => {
          const t = setTimeout(r, pause)
          wake = () => {
            clearTimeout(t)
            r()
          }
        })
    }
  })()
  const stop = async (): Promise<void> => {
    stopping = true
    wake()
    child?.kill('SIGTERM')
    const late = setTimeout(() => child?.kill('SIGKILL'), 5000)
    await keep
    clearTimeout(late)
  }
  if (text === undefined) {
    // the key is made by the witness itself, and its public half read from its directory
    let self
    for (const until = Date.now() + 20_000; !(self = await findIdentity(dir).catch(() => undefined)); await sleep(50))
      if (Date.now() > until) {
        await stop()
        throw new Error(`见证方没有启动，数据目录 ${dir}`)
      }
    // without log lines: here it is known whose logs they are, and a policy may not list two logs that share a key
    const policy = {
      logs: [],
      witnesses: [{ name: 'local', key: self.key, url }],
      groups: [],
      quorum: 'local',
    }
    await writeFile(policyPath, warning + policyText(policy))
  }
  return { running: true, pid: () => child?.pid, stop }
}
