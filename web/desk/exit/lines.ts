import type { CaseView } from '#contract'

/** One thing that an exit has to settle, as the server lists it. */
export interface ExitLine {
  readonly ref: string
  readonly term: string
  readonly said: string
  readonly state: string
  readonly day: string
  /** Who must act next; empty once it is settled. */
  readonly next: string
  readonly files: readonly string[]
  readonly keeper: string
  readonly until: string
}
export interface ExitSection {
  readonly key: string
  readonly term: string
  readonly lines: readonly ExitLine[]
}

/** The sections of an exit's checklist that list anything. A result whose record has ended meanwhile is settled by that. */
export const exitSections = (view: CaseView): readonly ExitSection[] =>
  view.materials
    .map((m) => ({
      key: m.key,
      term: m.term,
      lines: (m.rows ?? []).map((r): ExitLine => {
        const cell = (key: string): string => r.find((f) => f.key === key)?.text ?? ''
        const ref = cell('ref').replace(/^#/, '')
        const record = view.links.find((l) => l.process === 'record' && l.id === ref)
        const ended = record && /已注销|已撤销/.test(record.stateTerm)
        return {
          ref,
          term: cell('term'),
          said: cell('said'),
          state: ended ? record.stateTerm : cell('state'),
          day: cell('day'),
          next: ended ? '' : cell('next'),
          files: r.find((f) => f.key === 'files')?.files ?? [],
          keeper: cell('keeper'),
          until: cell('until'),
        }
      }),
    }))
    .filter((s) => s.lines.length > 0)
