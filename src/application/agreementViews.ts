import type { AgreementPanelView } from '#contract'
import type { Rules } from '#policy'
import type { Case, Table } from '#domain/kernel'
import { text } from '#domain/kernel'
import { agreementPanel } from '#domain/authorization'
import type { App } from './app.ts'

/** What the page of an agreement shows beside its text, in words. */
export const panelView = (
  app: Pick<App, 'calendarFor'>,
  s: Case,
  table: Table,
  rules: Rules,
  names: Readonly<Record<string, string>>,
  day: string,
): AgreementPanelView | undefined => {
  const p = agreementPanel(s, { rules, calendar: app.calendarFor(rules.division) })
  if (!p) return undefined
  return {
    clauses: [...p.clauses],
    term: p.term,
    text: p.text,
    signatures: p.signatures.map(({ org, seat, signedOn, manner, files, seals }) => ({
      party: names[org] ?? '',
      seat: table.seats[seat]?.term ?? seat,
      signedOn,
      manner,
      files: [...files],
      seals: seals as unknown as AgreementPanelView['signatures'][number]['seals'],
    })),
    reports: p.reports.map((r) => ({ ...r, late: r.received === '' ? r.due < day : r.received > r.due })),
    breaches: p.breaches.map((b) => ({
      foundOn: text(b['foundOn']),
      what: text(b['what']),
      clause: text(b['clause']),
      measure: text(b['measure']),
    })),
    gaps: [...p.gaps],
  }
}
