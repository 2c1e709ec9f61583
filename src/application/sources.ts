import { readFileSync, statSync } from 'node:fs'
import { z } from 'zod'
import type { Refusal } from '#contract'
import { refuse } from '#contract'

/**
 * Databases that an administrator lets units have checked where they stand: the JSON file that GONGSHU_SOURCES names, `{"name": {"url",
 * "units": [id, name or 统一社会信用代码]}}`, readable by nobody else. Connection strings are written there and nowhere else.
 */
const sourcesSchema = z.record(
  z.string().min(1).max(60),
  z.strictObject({ url: z.string().regex(/^postgres(ql)?:\/\//), units: z.array(z.string().min(1)) }),
)
type Sources = z.infer<typeof sourcesSchema>

const configured = (): Sources => {
  const path = process.env['GONGSHU_SOURCES']
  if (!path) return {}
  const { mode } = statSync(path)
  if (mode & 0o077) throw new Error(`${path} is open to other users (mode ${(mode & 0o777).toString(8)}): chmod 600 it`)
  return sourcesSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
}

export interface Unit {
  readonly id: string
  readonly name: string
  readonly uscc: string
}
const opens = (units: readonly string[], u: Unit): boolean =>
  [u.id, u.name, u.uscc].some((x) => x !== '' && units.includes(x))

/** Names of the sources that are open to a unit. */
export const sourceNames = (unit: Unit): readonly string[] => {
  try {
    return Object.entries(configured()).flatMap(([name, s]) => (opens(s.units, unit) ? [name] : []))
  } catch {
    // what is wrong with the file is told where it is used
    return []
  }
}

/** The connection string of a source, for a unit it is open to. Says the same of one that is not there and of one that is another's. */
export const sourceUrl = (name: string, unit: Unit): string | Refusal => {
  const of = configured()
  const found = Object.hasOwn(of, name) ? of[name] : undefined
  return found && opens(found.units, unit)
    ? found.url
    : refuse('no_source', `没有名为“${name.slice(0, 60)}”的数据库来源，或没有对本单位开放，请联系平台管理员`)
}
