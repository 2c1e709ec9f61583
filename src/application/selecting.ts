import type { PublicSelection, PublicSelectionList, Refusal, SelectionRoom } from '#contract'
import { isRefusal, refuse } from '#contract'
import { list, text } from '#domain/kernel'
import {
  conditionsOf,
  criteriaOf,
  deadlineOf,
  drawRecordOf,
  following,
  panelOf,
  rankingOf,
  runHere,
  scoresOf,
  selectionKinds,
} from '#domain/authorization'
import type { FileRow, Job, SelectionRow } from '#store'
import {
  asSystem,
  asViewer,
  casesAbout,
  filesById,
  loadForSystem,
  publicSelection,
  publicSelections,
  readCase,
  storedDay,
} from '#store'
import type { App } from './app.ts'
import { rulesOf } from './app.ts'
import { accessEntry, actAsSystem, legalDay, signedOut } from './act.ts'
import { matterOf } from './subjects.ts'
import { divisionName, fileView } from './views.ts'

// ── what follows for those who applied ─────────────────────────────────────────────────────────────────────────

/** Carries on to everybody who applied what has become of a selection. Harmless when done again. */
export const workApplicants = async (app: App, job: Job): Promise<Refusal | undefined> => {
  const of = (await loadForSystem(app.pool, job.stream))?.head
  if (!of) return undefined
  for (const c of await asSystem(app.pool, (q) => casesAbout(q, of.id, 'selection', ['candidacy']))) {
    const next = following(of, c)
    if (!next) continue
    const done = await actAsSystem(app, c.id, next.act, { data: next.data })
    if (isRefusal(done) && done.code !== 'not_now') return done
  }
  return undefined
}

// ── what anybody may read ──────────────────────────────────────────────────────────────────────────────────────

const stateTerm = (r: Pick<SelectionRow, 'state'>): string =>
  r.state === 'awarded' || r.state === 'contracted'
    ? '已公布结果'
    : r.state === 'failed'
      ? '遴选失败'
      : r.state === 'announced'
        ? '接受申请中'
        : '评审中'
const summary = (app: App, r: SelectionRow, day: string): PublicSelectionList['rows'][number] => ({
  id: r.id,
  variant: r.variant,
  method: r.method,
  title: r.title,
  divisionName: divisionName(app, r.division),
  organiser: r.organiser,
  announced: r.announced,
  until: r.until,
  state: r.state,
  stateTerm: r.state === 'announced' && !runHere.includes(r.kind) ? '招标公告中' : stateTerm(r),
  open: r.state === 'announced' && runHere.includes(r.kind) && day <= r.until,
  winner: r.result?.winner ?? '',
})

export const listSelections = async (app: App, division?: string): Promise<PublicSelectionList> => {
  const day = legalDay(app, (await storedDay(app.pool)).day)
  return { rows: (await publicSelections(app.pool, division)).map((r) => summary(app, r, day)) }
}
const noSelection = refuse('not_found', '没有这一遴选公告')
export const selectionPage = async (app: App, id: string): Promise<PublicSelection | Refusal> => {
  const r = await publicSelection(app.pool, id)
  if (!r) return noSelection
  const day = legalDay(app, (await storedDay(app.pool)).day)
  return {
    ...summary(app, r, day),
    scope: r.scope,
    contact: r.contact,
    platform: r.platform,
    project: r.project,
    link: r.link,
    conditions: [...r.conditions],
    criteria: r.criteria.map((c) => ({ ...c })),
    files: (await filesById(app.pool, r.files)).map(fileView),
    ...(r.result ? { result: { ...r.result, ranking: r.result.ranking?.map((x) => ({ ...x })) } } : {}),
    ...(r.draw
      ? { draw: { ...r.draw, order: [...r.draw.order], skipped: [...r.draw.skipped], panel: [...r.draw.panel] } }
      : {}),
  }
}
/** A document of a notice, for anybody. */
export const selectionFile = async (app: App, id: string, file: string): Promise<FileRow | Refusal> => {
  const r = await publicSelection(app.pool, id)
  const [row] = r?.files.includes(file) ? await filesById(app.pool, [file]) : []
  return row ?? refuse('not_found', '公告没有这一文件')
}

// ── the room ───────────────────────────────────────────────────────────────────────────────────────────────────

const evaluationTerms: Readonly<Record<string, string>> = {
  invited: '待声明',
  scoring: '评分中',
  signed: '已签署',
  recused: '已回避',
  lapsed: '未答复或逾期',
}

/**
 * A selection as those who hold it see it at one glance: who applied and fulfils what, how the draw went, who of the reviewers has
 * signed, and once all have, every score. Before the deadline it says nothing of applications, not even how many there are.
 */
export const selectionRoom = async (app: App, token: Buffer, id: string): Promise<SelectionRoom | Refusal> => {
  const out = await asViewer(app.pool, token, app.idle, async (q, viewer) => {
    const found = await readCase(q, id, [])
    // as far as this viewer may read them
    const cases = found ? await casesAbout(q, id, 'selection', ['candidacy', 'evaluation']) : []
    return { viewer, s: found?.head.snapshot, cases }
  })
  if (!out) return signedOut
  const { s } = out
  if (s?.process !== 'selection') return refuse('not_found', '没有这一遴选，或您无权查看')
  await app.committer.commit({ access: [accessEntry(app, 'read', out.viewer, id, { act: 'room' })] })
  const rules = await rulesOf(app, s.rules)
  const conditions = conditionsOf(rules, s.variant)
  const ranking = rankingOf(s)
  const cards = out.cases.filter((c) => c.process === 'evaluation')
  // that a reviewer has answered is known before their scores are
  const panel = await asSystem(app.pool, (q) => casesAbout(q, id, 'selection', ['evaluation']))
  const numbered = panel
    .filter((c) => c.process === 'evaluation')
    .map((c) => ({ c, expert: text(c.data['assign']?.['expert']) }))
  const on = panelOf(s)
  const number = (expert: string): string => `专家${numbered.findIndex((x) => x.expert === expert) + 1}`
  const drawn = drawRecordOf(s.data['draw'])
  const terms = matterOf('candidacy').process.states
  return {
    until: deadlineOf(s),
    runHere: runHere.includes(s.kind),
    method: selectionKinds[s.kind as keyof typeof selectionKinds],
    sealed: runHere.includes(s.kind) && s.did['announce'] !== undefined && s.did['close'] === undefined,
    conditions: conditions.map(({ key, term }) => ({ key, term })),
    candidates: out.cases
      .filter((c) => c.process === 'candidacy')
      .map((c) => {
        const check = c.data['check'] ?? {}
        const place = ranking.find((r) => r.candidacy === c.id)
        return {
          id: c.id,
          org: c.seats['applicant'] ?? '',
          name: text(c.data['start']?.['applicantName']),
          state: c.at,
          stateTerm: terms[c.at]?.term ?? c.at,
          findings: conditions.map(({ key }) => {
            const f = check[key] as { result?: string; note?: string } | undefined
            return { key, result: f?.result ?? '', note: f?.note ?? '' }
          }),
          ...(place ? { total: place.total, place: place.place } : {}),
          ...(c.data['disqualify'] ? { why: text(c.data['disqualify']['reason']) } : {}),
        }
      }),
    criteria: criteriaOf(s).map((c) => ({ ...c })),
    reviewers: numbered.map(({ c, expert }) => ({
      name: number(expert),
      expert,
      state: c.at,
      stateTerm: evaluationTerms[c.at] ?? c.at,
      on: on.includes(expert),
    })),
    scores: cards
      .filter((c) => c.did['reveal'])
      .flatMap((c) =>
        scoresOf(c).map((x) => ({
          reviewer: number(text(c.data['assign']?.['expert'])),
          org: text(x['candidate']),
          factor: text(x['factor']),
          score: Number(x['score']),
          reason: text(x['reason']),
        })),
      ),
    opinions: cards
      .filter((c) => c.did['reveal'])
      .map((c) => ({ reviewer: number(text(c.data['assign']?.['expert'])), says: text(c.data['sign']?.['opinion']) })),
    ...(drawn
      ? {
          draw: {
            ...drawn,
            order: [...drawn.order],
            skipped: drawn.skipped.map((x) => ({ ...x })),
            panel: [...drawn.panel],
          },
        }
      : {}),
    consultations: list(s.data['consult']?.['opinions']).length,
  }
}
