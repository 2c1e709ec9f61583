import { logsOf } from '#store'
import type { App } from './app.ts'
import { verifyLog, type LogReport } from './ledger.ts'
import { renewalProblems } from './renewal.ts'
import { checkProjections, type RebuildReport } from './rebuild.ts'

export interface AuditReport {
  /** Instant at which it began. */
  readonly at: string
  readonly url: string
  readonly logs: readonly LogReport[]
  readonly projections: RebuildReport
  readonly ok: boolean
}

export interface AuditOptions {
  /** Signed checkpoints kept elsewhere: by auditors, witnesses, receipt holders. */
  readonly known?: readonly string[]
  /** Signed checkpoints of the audit before, to go on from. */
  readonly since?: readonly string[]
  readonly progress?: (what: string, done: number, of: number) => void
}

/** The audit of the whole: every log derived again, and everything that is shown or listed derived again from the register. Reads only. */
export const auditAll = async (
  app: App,
  { known = [], since = [], progress = () => undefined }: AuditOptions = {},
): Promise<AuditReport> => {
  const at = app.now()
  const logs: LogReport[] = []
  for (const log of await logsOf(app.pool)) {
    const { name, origin } = log
    const own = (notes: readonly string[]): readonly string[] => notes.filter((n) => n.startsWith(`${origin}\n`))
    const [last] = own(since)
    const found = await verifyLog(app, name, {
      known: own(known),
      ...(last === undefined ? {} : { since: last }),
      progress: (done, of) => progress(name, done, of),
    })
    // renewals reach back to the beginning, so that an audit that goes on from another leaves them to the next whole one
    const renewed = last === undefined ? await renewalProblems(app, log) : []
    logs.push({ ...found, problems: [...found.problems, ...renewed] })
  }
  const projections = await checkProjections(app, (done) => progress('办件与公开数据', done, 0))
  const ok = logs.every((l) => l.problems.length === 0) && projections.differences.length === 0
  return { at, url: app.url, logs, projections, ok }
}
