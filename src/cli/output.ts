import type { Command } from 'commander'

/** Prints a result: words for people, or JSON for programs with --json. */
export const print = (command: Command, value: unknown, words: string): void => {
  const json = command.optsWithGlobals<{ json?: boolean }>().json === true
  process.stdout.write(json ? `${JSON.stringify(value, null, 2)}\n` : `${words}\n`)
}

/** Ends with one sentence; the stack only for bugs under DEBUG. */
export const fail = (error: unknown): never => {
  const says = error instanceof Error ? error.message : String(error)
  if (process.argv.includes('--json')) process.stdout.write(`${JSON.stringify({ error: says })}\n`)
  else
    process.stderr.write(`gongshu: ${process.env['DEBUG'] && error instanceof Error ? (error.stack ?? says) : says}\n`)
  process.exit(1)
}

/** Collects an option that may be given several times. Commander’s own `<name...>` wants a name that ends in an ASCII letter. */
export const each = (value: string, before: readonly string[] = []): readonly string[] => [...before, value]
