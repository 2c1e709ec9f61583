import { AsyncLocalStorage } from 'node:async_hooks'

/**
 * One id for everything that one request sets off: the act, what the system does in consequence, the jobs that come after it in whatever
 * process, and every access on the way. It stands in the entries of both logs as `request`.
 */
const running = new AsyncLocalStorage<string>()
export const traced = <T>(id: string, work: () => T): T => running.run(id, work)
export const traceOf = (): string | undefined => running.getStore()
