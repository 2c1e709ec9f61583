import { stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import type { Keeping, Refusal } from '#contract'
import { refuse } from '#contract'
import { logTerm } from '#evidence'
import {
  accessMonths,
  asSystem,
  asViewer,
  currentPolicy,
  exportedMonths,
  keptLately,
  lastKept,
  logLag,
  logsOf,
  monthHolds,
  monthSizes,
  storageUsed,
  terms,
  witnessesSeen,
  type Kept,
  type Log,
  type TermKind,
} from '#store'
import type { App } from './app.ts'
import { accessEntry, signedOut } from './act.ts'

type Check = Keeping['checks'][number]
const gongshu = (args: string): string => `npm run gongshu -- ${args}`

const termKinds: Readonly<Record<TermKind, string>> = { voucher: '登记凭证', access: '访问日志' }
const keyFiles: Readonly<Record<string, string>> = {
  'master.key': '文件主密钥',
  'log.key': '日志签名密钥',
  'log-sm2.key': '国密日志签名密钥',
}

/** 3 小时前; from a day on in days. @param seconds since then */
const ago = (seconds: number): string =>
  seconds < 3600
    ? `${Math.max(1, Math.round(seconds / 60))} 分钟前`
    : seconds < 172_800
      ? `${Math.round(seconds / 3600)} 小时前`
      : `${Math.round(seconds / 86_400)} 天前`
const every = (seconds: number): string =>
  seconds % 86_400 === 0
    ? `${seconds / 86_400} 天`
    : seconds % 3600 === 0
      ? `${seconds / 3600} 小时`
      : `${Math.round(seconds / 60)} 分钟`

const count = (v: unknown): number => (Array.isArray(v) ? v.length : typeof v === 'number' ? v : 0)
/** What the book says was done, in words. */
const doneWords = ({ kind, detail: d }: Kept): string => {
  if (typeof d['error'] === 'string') return d['error']
  switch (kind) {
    case 'backup':
      return [
        `${count(d['rows'])} 行，${count(d['documents'])} 个文件`,
        ...(count(d['missing']) > 0 ? [`${count(d['missing'])} 个文件已登记而不在文件库中`] : []),
      ].join('；')
    case 'verify': {
      const problems = Array.isArray(d['problems']) ? d['problems'].map(String) : []
      const found = `${count(d['cases'])} 件、${count(d['events'])} 条记录、${count(d['documents'])} 个文件`
      return problems.length === 0 ? `${found}，全部相符` : `${found}；不符：${problems[0] ?? ''}`
    }
    case 'export':
      return `${logTerm(String(d['log']))} ${monthText(count(d['month']))}，${count(d['entries'])} 条`
    case 'drop':
      return `访问日志 ${monthText(count(d['month']))}，${count(d['entries'])} 条正文`
    default:
      return kind satisfies never
  }
}
/** 202603 as `2026-03`. */
const monthText = (m: number): string => `${String(Math.floor(m / 100))}-${String(m % 100).padStart(2, '0')}`
/** The first day after a month, years later. */
const dayAfter = (m: number, years: number): string => {
  const [y, n] = [Math.floor(m / 100) + years, m % 100]
  return n === 12 ? `${y + 1}-01-01` : `${y}-${String(n + 1).padStart(2, '0')}-01`
}

// ── the checks ─────────────────────────────────────────────────────────────────────────────────────────────────

/** The last good one may be as old as two intervals: one that is late is not yet one that fails. */
const aged = async (
  app: App,
  kind: 'backup' | 'verify',
  { term, interval, command }: { readonly term: string; readonly interval: number; readonly command: string },
): Promise<Check> => {
  const good = await lastKept(app.pool, kind, true)
  const last = await lastKept(app.pool, kind)
  const late = !good || good.age > 2 * interval
  const failed = last?.ok === false
  const missing = kind === 'backup' && good ? count(good.detail['missing']) : 0
  const says = [
    good ? `${ago(good.age)}，${doneWords(good)}` : `${term}从未成功`,
    ...(failed ? [`最近一次（${ago(last.age)}）失败：${doneWords(last)}`] : []),
  ].join('；')
  const ok = !late && !failed && missing === 0
  return {
    key: kind,
    term,
    ok,
    says: ok ? says : late && good ? `${says}；应每 ${every(interval)}一次` : says,
    ...(ok
      ? {}
      : {
          todo:
            missing > 0
              ? '有文件已登记而不在文件库中：查明磁盘问题，从较早的备份取回'
              : '先手工做一次；设环境变量 GONGSHU_BACKUP_TO 后定期自动执行',
          command,
        }),
  }
}

const logCheck = async (app: App, log: Log): Promise<Check> => {
  const { entries, seconds } = await logLag(app.pool, log.name)
  // taking in is a matter of a second; above ten something is wrong
  const ok = seconds <= 10
  return {
    key: `log ${log.name}`,
    term: `${logTerm(log.name)}收录`,
    ok,
    says: ok
      ? entries === 0
        ? '全部收录'
        : `${entries} 条正在收录`
      : `落后 ${entries} 条，最早一条已等 ${Math.round(seconds)} 秒`,
    ...(ok ? {} : { todo: '收录程序没有运行，或与签名密钥不符：查看它的输出后重新启动', command: gongshu('worker') }),
  }
}

const isLocal = (url: string): boolean => {
  const host = URL.canParse(url) ? new URL(url).hostname : ''
  return host === 'localhost' || host === '[::1]' || host.startsWith('127.')
}
const witnessChecks = async (app: App): Promise<readonly Check[]> => {
  const policy = await currentPolicy(app.pool)
  const asked = (policy?.witnesses ?? []).filter((w) => w.url !== undefined)
  const term = '见证'
  const invite = '请主管部门、审计机关、运营机构各自运行一家，公钥和网址写入 witnesses.policy，重启 worker'
  const command = gongshu('witness --data /var/lib/witness --name 单位域名/witness --log 日志公钥网址')
  if (asked.length === 0)
    return [{ key: 'witness', term, ok: false, says: '没有见证方：日志被整体替换时无人发现', todo: invite, command }]
  const seen = await witnessesSeen(app.pool)
  const out = seen
    .filter((w) => w.alarm || (w.failed !== null && w.behind > 0))
    .map((w): Check => {
      const name = w.witness.split('+')[0]!
      return {
        key: `${w.alarm ? 'alarm' : 'witness'} ${w.log} ${w.witness}`,
        term: `见证方 ${name}`,
        ok: false,
        says: `${logTerm(w.log)}：${w.failed ?? '与它的记忆不符'}${w.alarm ? '' : `，尚有 ${w.behind} 条未副署`}`,
        todo: w.alarm
          ? '立即停止办理，保全数据库和备份，与该见证方核对；日志或数据库可能被换回、改写'
          : '与该单位联系，确认见证程序在运行、网络可达；办理不受影响，恢复后自动补上',
        command: gongshu('ledger witnesses'),
      }
    })
  if (asked.every((w) => isLocal(w.url!)))
    out.push({
      key: 'witness',
      term,
      ok: false,
      says: `只有本机的见证方（${asked.map((w) => w.name).join('、')}）：能发现误操作，对管理员本人什么也不证明`,
      todo: invite,
      command,
    })
  return out.length > 0
    ? out
    : [{ key: 'witness', term, ok: true, says: `${asked.length} 家见证方：${asked.map((w) => w.name).join('、')}` }]
}

const keyCheck = async (app: App, logs: readonly Log[]): Promise<Check> => {
  const wanted = Object.keys(keyFiles).filter((f) => f !== 'log-sm2.key' || logs.some((l) => l.hash === 'sm3'))
  const modes = await Promise.all(
    wanted.map((f) =>
      stat(join(app.dataDir, f)).then(
        (s) => s.mode & 0o777,
        () => undefined,
      ),
    ),
  )
  const called = (f: string): string => `${keyFiles[f]!} ${f}`
  const missing = wanted.filter((_, i) => modes[i] === undefined)
  const open = wanted.filter((_, i) => ((modes[i] ?? 0) & 0o077) !== 0)
  const ok = missing.length === 0 && open.length === 0
  return {
    key: 'keys',
    term: '密钥文件',
    ok,
    says: ok
      ? `${wanted.map(called).join('、')} 都在，只有运行账号可读`
      : [
          ...(missing.length > 0 ? [`本机缺少${missing.map(called).join('、')}`] : []),
          ...(open.length > 0 ? [`${open.map(called).join('、')}可被其他用户读取`] : []),
        ].join('；'),
    ...(ok
      ? {}
      : {
          todo: missing.length > 0 ? '从单独保管处放回数据目录；不要让程序另造一个' : '收紧权限，并查明谁读过',
          ...(open.length > 0 ? { command: `chmod 600 ${open.map((f) => join(app.dataDir, f)).join(' ')}` } : {}),
        }),
  }
}

const diskCheck = async (app: App): Promise<{ readonly check: Check; readonly free: number }> => {
  const { bavail, blocks, bsize } = await statfs(app.dataDir)
  const free = bavail * bsize
  const ok = bavail >= blocks / 10
  const share = blocks === 0 ? 0 : Math.round((100 * bavail) / blocks)
  return {
    free,
    check: {
      key: 'disk',
      term: '磁盘空间',
      ok,
      says: `数据目录所在的磁盘还剩 ${share}%`,
      ...(ok ? {} : { todo: '扩容，或把较早的备份和归档移到别的设备', command: `df -h ${app.dataDir}` }),
    },
  }
}

// ── the whole ──────────────────────────────────────────────────────────────────────────────────────────────────

const keepers = ['sysadmin', 'auditadmin', 'auditor']
const keepersOnly = refuse('not_yours', '只有平台运营方的系统管理员、审计管理员和审计员可以查看保管状况')

/**
 * What is backed up, tried, exported, kept and held, how the logs and their witnesses do, each with a verdict and what to do. Names files
 * and places, never what stands in a key. For those who run the platform and those who audit them.
 */
export const keeping = async (app: App, token: Buffer): Promise<Keeping | Refusal> => {
  const viewer = await asViewer(app.pool, token, app.idle, (_q, v) => Promise.resolve(v))
  if (!viewer) return signedOut
  const may = viewer.roles.includes('platform') && viewer.duties.some((d) => keepers.includes(d))
  await app.committer.commit({ access: [accessEntry(app, may ? 'read' : 'denied', viewer, 'keeping')] })
  if (!may) return keepersOnly

  const q = app.pool
  const logs = await logsOf(q)
  const [known, holds, present, exported, sizes] = [
    await terms(q),
    await monthHolds(q),
    await accessMonths(q),
    await exportedMonths(q),
    await monthSizes(q),
  ]
  const at = app.now()
  const running = Number(at.slice(0, 7).replace('-', ''))
  const term = known.find((t) => t.kind === 'access')
  const accessLogs = logs.filter((l) => l.source === 'access' && l.frozen === null)
  const months = [...present]
    .sort((a, b) => b - a)
    .map((m) => ({
      month: monthText(m),
      size: sizes[m] ?? 0,
      closed: m < running,
      until: term ? dayAfter(m, term.years) : '',
      exported: accessLogs.every((l) => exported.some((e) => e.log === l.name && e.month === m)),
      held: holds.some((h) => h.month === '*' || h.month === String(m)),
    }))
  const unexported = months.filter((m) => m.closed && !m.exported).map((m) => m.month)
  const disk = await diskCheck(app)
  const used = await asSystem(q, storageUsed)
  const witnesses = await witnessChecks(app)
  const isAlarm = (c: Check): boolean => c.key.startsWith('alarm')
  const checks: Check[] = [
    // nothing is as urgent as a log that is not what a witness remembers
    ...witnesses.filter(isAlarm),
    await aged(app, 'backup', {
      term: '备份',
      interval: app.backups.every,
      command: gongshu('backup --to 备份目录'),
    }),
    await aged(app, 'verify', {
      term: '恢复试验',
      interval: app.backups.verifyEvery,
      command: gongshu('backup verify --from 备份目录'),
    }),
    ...(await Promise.all(logs.filter((l) => l.frozen === null).map((l) => logCheck(app, l)))),
    ...(logs.length > 0
      ? []
      : [
          {
            key: 'log',
            term: '日志收录',
            ok: false,
            says: '日志还没有开始：收录程序从未运行',
            todo: '启动后台任务',
            command: gongshu('worker'),
          },
        ]),
    ...witnesses.filter((c) => !isAlarm(c)),
    await keyCheck(app, logs),
    {
      key: 'export',
      term: '归档',
      ok: unexported.length === 0,
      says:
        unexported.length === 0
          ? '已结束的月份都已归档'
          : `访问日志有 ${unexported.length} 个已结束的月份尚未归档：${unexported.slice(-3).reverse().join('、')}${unexported.length > 3 ? ' 等' : ''}`,
      ...(unexported.length === 0
        ? {}
        : {
            todo: '归档后写入一次写入介质，在刻好的介质上再核对一次',
            command: gongshu(`export --month ${unexported.at(-1)!} --to 归档目录`),
          }),
    },
    {
      key: 'term',
      term: '保存期限',
      ok: term !== undefined,
      says: term ? `访问日志不少于 ${term.years} 年` : '规则包没有写明访问日志的保存期限，数据库一律不允许删除',
      ...(term ? {} : { todo: '在规则包中写明期限及其依据', command: gongshu('policy check') }),
    },
    disk.check,
  ]
  return {
    at,
    checks,
    done: (await keptLately(q, 8)).map((k) => ({
      kind: k.kind,
      at: k.at,
      place: k.place,
      size: k.size,
      ok: k.ok,
      says: doneWords(k),
    })),
    terms: known.map((t) => ({ term: termKinds[t.kind], years: t.years, basis: t.basis })),
    holds: holds.map((h) => ({ ...h, month: h.month === '*' ? '*' : monthText(Number(h.month)) })),
    months,
    storage: [
      { term: '数据库', size: used.database, note: '' },
      { term: '文件与登记证', size: used.files, note: `${used.count} 个` },
      { term: '磁盘剩余', size: disk.free, note: '' },
    ],
  }
}
