import type { FileView, Refusal, RetainedView } from '#contract'
import { fieldAt, fieldPath, formJsonSchema, isRefusal, parseForm, refuse } from '#contract'
import type { Case } from '#domain/kernel'
import { actOf, fold } from '#domain/kernel'
import { readingForm, vouchers } from '#domain/registration'
import type { FileRow, Retained, Viewer } from '#store'
import { asSystem, asViewer, eventsOf, loadForSystem, myOrgs, organisations, readCase, readRetained } from '#store'
import type { Reply } from './act.ts'
import { accessEntry, openCase, signedOut } from './act.ts'
import type { App } from './app.ts'
import { rulesOf, tableFor } from './app.ts'
import { matterOf } from './subjects.ts'
import { formOf, fromLeaf } from './leaf.ts'
import { serving } from './opener.ts'
import { fileView } from './views.ts'

const noCase = refuse('not_found', '没有这一事项，或您无权查看')

/** The viewer, with the case as the viewer may see it and as it is. */
const about = async (
  app: App,
  token: Buffer,
  id: string,
): Promise<{ readonly viewer: Viewer; readonly seen: boolean; readonly c: Case } | Refusal> => {
  const out = await asViewer(app.pool, token, app.idle, async (q, viewer) => ({
    viewer,
    seen: (await readCase(q, id, [])) !== undefined,
  }))
  if (!out) return signedOut
  const c = (await loadForSystem(app.pool, id))?.head
  return c && [...vouchers, 'person'].includes(c.process) ? { ...out, c } : noCase
}

/** Who decides about a case: its registrar; for a person, the registrar that manages the account, or that of the territory. */
const seatsOf = async (app: App, c: Case): Promise<{ readonly registrar: string; readonly bureau: string }> => {
  const bodies = await organisations(app.pool, {})
  const having = (role: string) => bodies.filter((o) => o.roles.includes(role))
  const own = [c.seats['registrar'], c.seats['authority']].find((id) => having('registrar').some((o) => o.id === id))
  return {
    registrar: own ?? serving(having('registrar'), c.division)?.id ?? '',
    bureau: c.seats['bureau'] ?? serving(having('bureau'), c.division)?.id ?? '',
  }
}

/**
 * Asks for the erasure of one's personal values in a case: a person in their own name, who need not be able to read the case, or the
 * clerk of the bureau for whoever comes to the counter.
 */
export const askErasure = async (
  app: App,
  token: Buffer,
  id: string,
  input: unknown,
  key: string,
): Promise<Reply | Refusal> => {
  const found = await about(app, token, id)
  if (isRefusal(found)) return found
  const { viewer, seen, c } = found
  if (!viewer.self && !seen) return noCase
  const seats = await seatsOf(app, c)
  if (!viewer.self && viewer.org !== seats.bureau) {
    await app.committer.commit({ access: [accessEntry(app, 'denied', viewer, id, { act: 'ask' })] })
    return refuse('not_yours', '请由本人以个人身份提出，或由数据管理部门经办代为提出')
  }
  if (c.process === 'person' && (await myOrgs(app.pool, c.id)).orgs.length > 0)
    return refuse('on_duty', '该人员仍有岗位，姓名等为履职所必需：请先办理离岗，再请求删除')
  return openCase(
    app,
    { token },
    {
      process: 'erasure',
      kind: 'erasure',
      variant: '',
      division: c.division,
      seats: { requester: viewer.org, ...seats },
      links: { case: id },
      act: 'ask',
      input,
      key,
    },
  )
}

/** Suspends every erasure in a case, for the registrar or the bureau that is responsible for it. */
export const placeHold = async (
  app: App,
  token: Buffer,
  id: string,
  input: unknown,
  key: string,
): Promise<Reply | Refusal> => {
  const found = await about(app, token, id)
  if (isRefusal(found)) return found
  if (!found.seen) return noCase
  return openCase(
    app,
    { token },
    {
      process: 'hold',
      kind: 'hold',
      variant: '',
      division: found.c.division,
      seats: await seatsOf(app, found.c),
      links: { case: id },
      act: 'place',
      input,
      key,
    },
  )
}

// ── the keeper ─────────────────────────────────────────────────────────────────────────────────────────────────

/** What the keeper is asked before reading. */
export const readingFormFor = async (
  app: App,
  token: Buffer,
): Promise<{ readonly schema: ReturnType<typeof formJsonSchema> } | Refusal> => {
  const viewer = await asViewer(app.pool, token, app.idle, async (_q, v) => v)
  return viewer ? { schema: formJsonSchema(readingForm) } : signedOut
}

/** One reading by the keeper, entered in the access log with its reason before anything is answered. */
const reading = async (
  app: App,
  token: Buffer,
  request: string,
  why: unknown,
  file?: string,
): Promise<Retained | Refusal> => {
  const viewer = await asViewer(app.pool, token, app.idle, async (_q, v) => v)
  if (!viewer) return signedOut
  const parsed = parseForm(readingForm, why ?? {})
  if (!parsed.ok)
    return refuse('invalid', parsed.problems[0]?.says ?? '请填写查阅原因', {
      fields: Object.fromEntries(parsed.problems.map((p) => [p.path, p.says])),
    })
  if (!app.demo && !viewer.strong && viewer.duties.includes('keeper'))
    return refuse('second_factor', '保管岗位须使用动态口令登录：请在右上角设置动态口令后重新登录')
  const entry = accessEntry(app, file ? 'download' : 'read', viewer, request, {
    ...parsed.value,
    restricted: true,
    ...(file ? { file } : {}),
  })
  const read = await readRetained(app.pool, token, app.idle, request, entry)
  if (read) return read
  await app.committer.commit({ access: [accessEntry(app, 'denied', viewer, request, { restricted: true })] })
  return refuse('not_yours', '限制处理的内容只有作出决定的登记机构的保管人可以查阅')
}

/** What a decision restricted, in words, for the keeper who says why. */
export const readRestricted = async (
  app: App,
  token: Buffer,
  request: string,
  why: unknown,
): Promise<RetainedView | Refusal> => {
  const read = await reading(app, token, request, why)
  if (isRefusal(read)) return read
  const streams = [...new Set(read.values.map((v) => v.stream))]
  const events = await asSystem(app.pool, (q) => eventsOf(q, streams))
  const values = await Promise.all(
    read.values.map(async (v) => {
      const c = fold(events.filter((e) => e.stream === v.stream).map(fromLeaf))!
      const rules = await rulesOf(app, c.rules)
      const table = tableFor(app, rules, c.rules, c.process, c.kind, c.variant)
      const event = fromLeaf(events.find((e) => e.stream === v.stream && e.seq === v.seq)!)
      const field = fieldAt(formOf(table, rules, c.variant, actOf(event)), fieldPath(v.field).split('.'))
      const files = field?.type === 'file' || field?.type === 'files'
      return {
        id: v.stream,
        process: c.process,
        processTerm: matterOf(c.process).process.term,
        field: v.field,
        term: field?.term ?? v.field,
        ...(files
          ? { files: [v.value].flat().map(String) }
          : { text: typeof v.value === 'string' ? v.value : JSON.stringify(v.value) }),
        until: v.until,
      }
    }),
  )
  return { values, files: Object.fromEntries(read.files.map((f): [string, FileView] => [f.id, fileView(f)])) }
}

/** A restricted file, for the keeper who says why. */
export const openRestricted = async (
  app: App,
  token: Buffer,
  request: string,
  file: string,
  why: unknown,
): Promise<FileRow | Refusal> => {
  const read = await reading(app, token, request, why, file)
  if (isRefusal(read)) return read
  return read.files.find((f) => f.id === file) ?? refuse('not_found', '没有这一文件')
}
