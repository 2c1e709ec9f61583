import type { Authorization, AuthorizationList, Refusal } from '#contract'
import { isRefusal, refuse } from '#contract'
import { agreementKinds } from '#domain/authorization'
import type { PublicAuthorizationFilter, PublicAuthorizationRow } from '#store'
import { publicAuthorizations, storedDay } from '#store'
import type { App } from './app.ts'
import { legalDay } from './act.ts'
import { matterOf } from './subjects.ts'
import { decodeCursor, divisionName } from './views.ts'

const states = matterOf('agreement').process.states
const stateTerm = (state: string, ended: string): string =>
  state === 'handover' || state === 'exited'
    ? `${ended === 'early' ? '已提前终止' : '已期满终止'}${state === 'handover' ? '，交接中' : '，已退出'}`
    : (states[state]?.term ?? state)

const viewOf = (app: App, r: PublicAuthorizationRow, day: string): Authorization => ({
  id: r.id,
  kind: r.mode,
  kindTerm: agreementKinds[r.mode as keyof typeof agreementKinds] ?? agreementKinds.local,
  number: r.number,
  title: r.title,
  implementer: r.implementer,
  operator: r.operator,
  division: r.division,
  divisionName: divisionName(app, r.division),
  items: r.items.map((i) => ({ ...i, units: [...i.units] })),
  scope: r.scope,
  products: [...r.products],
  from: r.term_from,
  to: r.term_to,
  state: r.state,
  stateTerm: r.state === 'running' && day < r.term_from ? '已签订，尚未开始' : stateTerm(r.state, r.ended),
  standing: r.state === 'running' && r.term_from <= day && day <= r.term_to,
  transitional: r.transitional,
  signed: r.signed,
  updated: r.updated,
})

export type AuthorizationQuery = Omit<PublicAuthorizationFilter, 'cursor' | 'id'> & {
  readonly cursor?: string | undefined
}

/** Who is authorized for what, until when: for anyone (27号 第十八条). */
export const listAuthorizations = async (app: App, f: AuthorizationQuery): Promise<AuthorizationList | Refusal> => {
  const cursor = decodeCursor(f.cursor)
  if (cursor && 'refused' in cursor) return cursor
  const day = legalDay(app, (await storedDay(app.pool)).day)
  const { rows, counts } = await publicAuthorizations(app.pool, {
    ...f,
    cursor: cursor && { day: cursor.key, id: cursor.id },
    limit: f.limit + 1,
  })
  const page = rows.slice(0, f.limit)
  const last = page.at(-1)
  return {
    rows: page.map((r) => viewOf(app, r, day)),
    ...(rows.length > f.limit && last
      ? { next: Buffer.from(JSON.stringify([last.updated, last.id])).toString('base64url') }
      : {}),
    total: counts.reduce((n, c) => n + c.count, 0),
    states: counts.map((c) => ({ value: c.state, term: states[c.state]?.term ?? c.state, count: c.count })),
  }
}
export const oneAuthorization = async (app: App, id: string): Promise<Authorization | Refusal> => {
  const day = legalDay(app, (await storedDay(app.pool)).day)
  const [row] = (await publicAuthorizations(app.pool, { id, limit: 1 })).rows
  return row ? viewOf(app, row, day) : refuse('not_found', '没有这一授权，或者协议还没有签订')
}

export const authorizationColumns = [
  '协议编号',
  '协议名称',
  '授权模式',
  '实施机构',
  '运营机构',
  '地区',
  '期限自',
  '期限至',
  '状态',
  '已公布的授权范围',
  '范围内目录项数',
  '产品和服务',
  '签订日期',
].map((name) => ({ name, type: 'string' }))
/** All that a query finds, as rows of a table; read page by page. */
export const authorizationTable = async function* (
  app: App,
  f: Omit<AuthorizationQuery, 'limit' | 'cursor'>,
): AsyncGenerator<readonly string[]> {
  let cursor: string | undefined
  do {
    const page = await listAuthorizations(app, { ...f, limit: 100, cursor })
    if (isRefusal(page)) return
    for (const a of page.rows)
      yield [
        a.number,
        a.title,
        a.kindTerm,
        a.implementer,
        a.operator,
        a.divisionName,
        a.from,
        a.to,
        a.stateTerm,
        a.items.map((i) => i.name).join('；'),
        String(a.scope),
        a.products.join('；'),
        a.signed,
      ]
    cursor = page.next
  } while (cursor)
}
