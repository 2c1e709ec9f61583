import { DuckDBInstance } from '@duckdb/node-api'
import type { Refusal } from '#contract'
import { refuse } from '#contract'
import { quoteText } from './sql.ts'

export interface Limits {
  readonly threads: number
  readonly memoryMb: number
  /** Disk that a scan may use for what does not fit into memory. */
  readonly spillMb: number
  readonly timeMs: number
}
export const defaultLimits: Limits = { threads: 2, memoryMb: 2048, spillMb: 8192, timeMs: 600_000 }

/** Why work ended early: `cancelled` by its caller, or `timed_out`. */
export const ended = (cancelled: AbortSignal | undefined): Refusal =>
  cancelled?.aborted
    ? refuse('cancelled', '检测已取消')
    : refuse('timed_out', '检测超过了时间限制，已停止；请减少检核项或分批检测')

export interface Engine {
  /** Rows of one SELECT. Rejects with what DuckDB says, which may quote the data: never show it. */
  readonly rows: (sql: string) => Promise<readonly (readonly unknown[])[]>
  /** What one SELECT gives, as it comes: a chunk of rows at a time, column by column. */
  readonly chunks: (sql: string) => AsyncGenerator<readonly (readonly unknown[])[]>
  /** Share done of the running SELECT, 0 to 1; undefined while it is not known. */
  readonly progress: () => number | undefined
  readonly close: () => void
}

/**
 * DuckDB in this process, in memory, able to read the given files and to spill into the given folder, and nothing else: no other file, no
 * network, no extension, no setting that a statement could change.
 */
export const openEngine = async (
  files: readonly string[],
  spillDir: string,
  limits: Limits,
  signal: AbortSignal,
  inOrder = false,
): Promise<Engine> => {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(limits.threads),
    memory_limit: `${limits.memoryMb}MB`,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
  })
  const connection = await instance.connect()
  const interrupt = (): void => connection.interrupt()
  const close = (): void => {
    signal.removeEventListener('abort', interrupt)
    connection.closeSync()
    instance.closeSync()
  }
  try {
    for (const setting of [
      `temp_directory = ${quoteText(spillDir)}`,
      `max_temp_directory_size = '${limits.spillMb}MB'`,
      `preserve_insertion_order = ${inOrder}`,
      `enable_progress_bar = true`,
      `enable_progress_bar_print = false`,
      `allowed_paths = [${files.map(quoteText).join(', ')}]`,
      `enable_external_access = false`,
      `lock_configuration = true`,
    ])
      await connection.run(`SET ${setting}`)
  } catch (error) {
    close()
    throw error
  }
  signal.addEventListener('abort', interrupt)
  return {
    rows: async (sql) => {
      signal.throwIfAborted()
      return (await connection.runAndReadAll(sql)).getRows()
    },
    chunks: async function* (sql) {
      signal.throwIfAborted()
      const result = await connection.stream(sql)
      for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
        signal.throwIfAborted()
        yield chunk.getColumns()
      }
    },
    progress: () => {
      const { percentage } = connection.progress
      return percentage < 0 ? undefined : percentage / 100
    },
    close,
  }
}
