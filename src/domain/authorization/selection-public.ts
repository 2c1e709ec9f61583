import type { Json } from '#contract'
import type { Rules } from '#policy'
import type { Case } from '../kernel/index.ts'
import { text, texts } from '../kernel/index.ts'
import { drawRecordOf } from './drawing.ts'
import { selectionTitle, soleSource } from './selection-laws.ts'
import { runHere, selectionKinds } from './selection.ts'
import { conditionsOf } from './selection-pack.ts'
import { criteriaOf, deadlineOf, extrasOf, noticeOf, rankingOf } from './selection-said.ts'

/** What anybody may read of a selection from its announcement on: the notice, who may apply, and in the end how it was decided. */
export const selectionRows = (
  s: Case,
  rules: Rules,
): readonly { readonly table: 'public_selection'; readonly row: { readonly [c: string]: Json } | null }[] => {
  if (s.process !== 'selection') return []
  if (!s.did['announce']) return [{ table: 'public_selection', row: null }]
  const notice = noticeOf(s)
  const done = ['awarded', 'contracted'].includes(s.at)
  const chosen = s.data['nominate'] ?? s.data['decide'] ?? {}
  const drawn = drawRecordOf(s.data['draw'])
  return [
    {
      table: 'public_selection',
      row: {
        id: s.id,
        variant: s.variant,
        kind: s.kind,
        method: selectionKinds[s.kind as keyof typeof selectionKinds],
        state: s.at,
        title: selectionTitle(s),
        division: s.division,
        organiser: text(s.data['start']?.['organiserName']),
        announced: text(notice['announcedOn']),
        until: deadlineOf(s),
        scope: text(notice['scope']),
        contact: text(notice['contact']),
        platform: text(notice['platform']),
        project: text(notice['projectNo']),
        link: text(notice['link']),
        files: [...texts(notice['files'])],
        conditions: runHere.includes(s.kind)
          ? [...conditionsOf(rules, s.variant).map((c) => c.term), ...extrasOf(s)]
          : [],
        criteria: criteriaOf(s).map((c) => ({ ...c })),
        result: done
          ? {
              winner: text(chosen['winnerName']),
              decidedOn: text(s.data['award']?.['decidedOn']),
              link: text(chosen['link']),
              sole: soleSource(s),
              receipt: text(s.data['filed']?.['receipt']),
              reviewers: Number(s.data['rank']?.['reviewers'] ?? 0),
              ranking: rankingOf(s).map(({ name, total, place }) => ({ name, total, place })),
            }
          : s.at === 'failed'
            ? { failed: text(s.data['fail']?.['reason']) }
            : null,
        // by number only: who they are stays with the pool
        draw: drawn && done ? ({ ...drawn } as unknown as Json) : null,
      },
    },
  ]
}
