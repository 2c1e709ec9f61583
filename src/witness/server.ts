import Fastify, { type FastifyInstance } from 'fastify'
import { answerWitness, originOf, parseWitnessRequest, type VerifierKey, type WitnessRequest } from '#ledger'
import { tellLogs } from './logs.ts'
import {
  holdAlone,
  keepEvidence,
  openIdentity,
  recall,
  remember,
  statusOf,
  type Identity,
  type WitnessStatus,
} from './memory.ts'

/** 63 hashes and a checkpoint with a hundred signatures fit well. Bytes. */
const longestRequest = 64 * 1024
/** Requests of one log that may wait for each other. */
const longestQueue = 64

export interface OpenedWitness extends Identity {
  readonly logs: readonly VerifierKey[]
  readonly server: FastifyInstance
  /** Stops answering, then leaves the directory to another process. */
  readonly close: () => Promise<void>
}

/** One after the other for each key, in the order they came. */
const lanes = () => {
  const all = new Map<string, { tail: Promise<unknown>; waiting: number }>()
  return {
    /** Undefined when too many are waiting. */
    inTurn: async <T>(key: string, work: () => Promise<T>): Promise<T | undefined> => {
      const lane = all.get(key) ?? { tail: Promise.resolve(), waiting: 0 }
      if (lane.waiting >= longestQueue) return undefined
      all.set(key, lane)
      lane.waiting++
      const mine = lane.tail.then(work)
      lane.tail = mine.catch(() => undefined)
      try {
        return await mine
      } finally {
        lane.waiting--
      }
    },
    idle: async (): Promise<void> => {
      await Promise.all([...all.values()].map((lane) => lane.tail))
    },
  }
}

interface Reply {
  readonly status: number
  readonly type: string
  readonly body: string
}
const plain = 'text/plain; charset=utf-8'
const sentence = (status: number, says: string): Reply => ({ status, type: plain, body: `${says}\n` })

/**
 * A witness on its directory (C2SP tlog-witness): POST /add-checkpoint, and what it remembers at / for people and at /status for programs.
 * @param name needed when the directory is new
 * @param logs to be served from now on, beside those the directory lists
 * @throws Error with a sentence for the operator
 */
export const openWitness = async ({
  dir,
  name,
  logs: given = [],
  say = () => undefined,
}: {
  readonly dir: string
  readonly name?: string | undefined
  readonly logs?: readonly string[]
  readonly say?: (line: string) => void
}): Promise<OpenedWitness> => {
  const release = await holdAlone(dir)
  try {
    const { signer, ...self } = await openIdentity(dir, name)
    const logs = await tellLogs(dir, given)
    for (const { problem } of (await statusOf(dir, self, logs)).logs) if (problem) say(problem)
    const { inTurn, idle } = lanes()

    const decide = async (origin: string, request: WitnessRequest): Promise<Reply> => {
      let remembered
      try {
        remembered = await recall(dir, self.key, logs, origin)
      } catch (e) {
        say((e as Error).message)
        return sentence(500, (e as Error).message)
      }
      const a = answerWitness(logs, remembered, request)
      if (a.status === 200) return { status: 200, type: plain, body: await remember(dir, signer, a.note, a.checkpoint) }
      if (a.fork) {
        say(`日志“${origin}”有分叉：${a.says}`)
        await keepEvidence(dir, origin, request.checkpoint)
      }
      return a.size === undefined
        ? sentence(a.status, a.says)
        : { status: a.status, type: 'text/x.tlog.size', body: `${a.size}\n` }
    }

    const server = Fastify({ bodyLimit: longestRequest, requestTimeout: 20_000, forceCloseConnections: 'idle' })
    server.removeAllContentTypeParsers()
    server.addContentTypeParser('*', { parseAs: 'buffer' }, (_req, body, done) => done(null, body))
    server.setErrorHandler((e: { statusCode?: number }, _req, reply) => {
      const status = e.statusCode ?? 500
      if (status >= 500) say(`出错：${String(e)}`)
      return reply
        .code(status)
        .type(plain)
        .send(`${status >= 500 ? '见证方内部错误，未副署' : '请求有误'}\n`)
    })
    server.post('/add-checkpoint', async (req, reply) => {
      let request
      try {
        request = parseWitnessRequest(
          new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(req.body as Buffer),
        )
      } catch {
        return reply.code(400).type(plain).send('请求格式有误\n')
      }
      const origin = originOf(request)
      // what names no log of ours needs no memory, and waits for nobody
      const answer =
        origin !== undefined && logs.some((k) => k.name === origin)
          ? ((await inTurn(origin, () => decide(origin, request))) ?? sentence(503, '等候的请求过多，请稍后再来'))
          : unknown(logs, request)
      return reply.code(answer.status).type(answer.type).send(answer.body)
    })
    server.get('/status', async () => statusOf(dir, self, logs))
    server.get('/', async (_req, reply) =>
      reply.type('text/html; charset=utf-8').send(page(await statusOf(dir, self, logs))),
    )
    return {
      ...self,
      logs,
      server,
      close: async () => {
        await server.close()
        await idle()
        await release()
      },
    }
  } catch (e) {
    await release()
    throw e
  }
}

const unknown = (logs: readonly VerifierKey[], request: WitnessRequest): Reply => {
  const a = answerWitness(logs, undefined, request)
  // no log of ours, no signature: never this
  if (a.status === 200) throw new Error('cosigned for nobody')
  return sentence(a.status, a.says)
}

const escape = (text: string): string =>
  text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]!)

/** Instants for people: Beijing time, to the second. */
const beijing = (at: string): string =>
  new Date(Date.parse(at) + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ')

const page = (s: WitnessStatus): string => `<!doctype html>
<html lang="zh-CN">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>见证方 ${escape(s.name)}</title>
<style>
body { font-family: system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; line-height: 1.6 }
table { border-collapse: collapse; width: 100% } th, td { text-align: left; padding: .4rem .6rem; border-bottom: 1px solid #ccc; vertical-align: top }
code { overflow-wrap: anywhere } .alarm { color: #b00020; font-weight: bold }
</style>
<h1>见证方 ${escape(s.name)}</h1>
<p>本见证方记住每个日志最近一次副署的检查点；只有新的检查点是在它之上增长而来，才再次副署。</p>
<p>公钥：<code>${escape(s.vkey)}</code></p>
<table>
<thead><tr><th>日志</th><th>条数</th><th>根哈希</th><th>最近副署（北京时间）</th></tr></thead>
<tbody>
${s.logs
  .map((l) => {
    const r = l.remembered
    const cells = l.problem
      ? `<td colspan="3" class="alarm">${escape(l.problem)}</td>`
      : r
        ? `<td>${r.size}</td><td><code>${escape(r.root)}</code></td><td>${beijing(r.at)}</td>`
        : '<td colspan="3">尚未副署</td>'
    const fork = l.forks > 0 ? `<br><span class="alarm">有分叉：拒绝并留存了${l.forks}个检查点</span>` : ''
    return `<tr><td>${escape(l.origin)}${fork}</td>${cells}</tr>`
  })
  .join('\n')}
</tbody>
</table>
<p>程序接口：<code>POST /add-checkpoint</code>（C2SP tlog-witness），<a href="status"><code>GET /status</code></a>。</p>
</html>
`
