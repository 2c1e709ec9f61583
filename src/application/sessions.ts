import { createHash, randomBytes } from 'node:crypto'
import { hash as argonHash, verify as argonVerify } from '@node-rs/argon2'
import { Secret, TOTP } from 'otpauth'
import type { Clock, Me, Persona, Refusal } from '#contract'
import { refuse } from '#contract'
import type { Day } from '#domain/kernel'
import { dayStatus, weekdayTerm } from '#domain/kernel'
import { duties, roleTerm } from '#domain/parties'
import type { Viewer } from '#store'
import {
  acceptInvite,
  actFor,
  asViewer,
  closeSession,
  credentialOf,
  invitationOf,
  myOrgs,
  openSession,
  personas as allPersonas,
  setCredential,
  setTotp,
  storedDay,
  tried,
} from '#store'
import type { App } from './app.ts'
import { accessEntry, legalDay, signedOut } from './act.ts'
import { divisionName } from './views.ts'

const tokenOf = (secret: string): Buffer => createHash('sha256').update(secret).digest()
/** The database key of a cookie: sessions are stored by digest, so a copy of the table signs nobody in. */
export const sessionToken = tokenOf

const argon = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }
// checked when the login is unknown, so that the answer takes as long as for a known one
let decoy: Promise<string> | undefined

export const passwordProblem = (password: string): string | undefined =>
  password.length < 10
    ? '密码至少 10 位'
    : password.length > 128
      ? '密码不超过 128 位'
      : [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((r) => r.test(password)).length < 3
        ? '密码须包含大写字母、小写字母、数字、符号中的三类'
        : undefined

export const loginProblem = (login: string): string | undefined =>
  /^[a-z0-9][a-z0-9._@-]{3,63}$/.test(login.toLowerCase()) ? undefined : '账号为 4 至 64 位字母、数字或 . _ @ -'

export interface SignIn {
  readonly login: string
  readonly password: string
  readonly totp?: string | undefined
}
// one sentence for a wrong password, an unknown login and a locked account, so that nobody learns which logins exist
const bad = refuse('bad_login', '账号或密码不正确；连续五次失败，账号锁定 15 分钟')
export const loginTaken = refuse('duplicate', '该账号已被使用', { fields: { login: '已被使用' } })

const newSession = async (app: App, person: string, org: string, strong: boolean, demo: boolean): Promise<string> => {
  const secret = randomBytes(32).toString('base64url')
  await openSession(app.pool, tokenOf(secret), person, org, strong, demo)
  await app.committer.commit({ access: [accessEntry(app, 'signIn', { person, org }, person, { strong, demo })] })
  return secret
}

/** Signs in by password and, where set up, a one-time code that is accepted once. Five failures lock the account for 15 minutes. */
export const signIn = async (app: App, s: SignIn): Promise<{ readonly cookie: string } | Refusal> => {
  const c = await credentialOf(app.pool, s.login)
  decoy ??= argonHash('decoy', argon)
  const right = await argonVerify(c?.password ?? (await decoy), s.password)
  if (!c) {
    await app.committer.commit({
      access: [
        accessEntry(app, 'signInFailed', { person: '', org: '' }, createHash('sha256').update(s.login).digest('hex'), {
          code: 'unknown',
        }),
      ],
    })
    return bad
  }
  const failed = async (r: Refusal): Promise<Refusal> => {
    await tried(app.pool, c.person, false, null)
    await app.committer.commit({
      access: [accessEntry(app, 'signInFailed', { person: c.person, org: '' }, c.person, { code: r.code })],
    })
    return r
  }
  if (c.locked) {
    await app.committer.commit({
      access: [accessEntry(app, 'signInFailed', { person: c.person, org: '' }, c.person, { code: 'locked' })],
    })
    return bad
  }
  if (!right) return failed(bad)
  let step: number | null = null
  if (c.totp) {
    if (!s.totp) return refuse('totp_required', '请输入动态口令')
    const delta = totpOf(c.totp).validate({ token: s.totp, window: 1, timestamp: Date.parse(app.now()) })
    if (delta === null) return failed(refuse('bad_totp', '动态口令不正确'))
    step = Math.floor(Date.parse(app.now()) / 30_000) + delta
  }
  if (!(await tried(app.pool, c.person, true, step)))
    return step === null ? bad : failed(refuse('bad_totp', '动态口令已使用过，请等待下一个'))
  return { cookie: await newSession(app, c.person, c.orgs[0]?.org ?? c.person, c.totp !== null, false) }
}

const totpOf = (secret: string): TOTP => new TOTP({ issuer: '公数', secret: Secret.fromBase32(secret) })

export const signOut = async (app: App, cookie: string): Promise<void> => {
  const token = tokenOf(cookie)
  const viewer = await asViewer(app.pool, token, app.idle, async (_q, v) => v)
  await closeSession(app.pool, token)
  if (viewer) await app.committer.commit({ access: [accessEntry(app, 'signOut', viewer, viewer.person)] })
}

const dutyTerm = (d: string): string => duties.find((x) => x.value === d)?.term ?? d

export const me = async (app: App, token: Buffer): Promise<Me | Refusal> => {
  const out = await asViewer(app.pool, token, app.idle, async (q, v) => ({ v, mine: await myOrgs(q, v.person) }))
  return out ? meOf(app, out.v, out.mine) : signedOut
}
const meOf = (app: App, v: Viewer, mine: Awaited<ReturnType<typeof myOrgs>>): Me => ({
  person: v.person,
  name: v.name,
  realName: v.realName,
  org: v.org,
  orgName: v.orgName,
  ...(v.division ? { division: v.division, divisionName: divisionName(app, v.division) } : {}),
  duties: [...v.duties],
  dutyTerms: v.self ? ['本人'] : v.duties.map(dutyTerm),
  roles: [...v.roles],
  roleTerms: v.roles.map(roleTerm),
  self: v.self,
  demo: app.demo,
  totp: mine.totp,
  orgs: mine.orgs.map((o) => ({ ...o, duties: [...o.duties] })),
})

export const actingFor = async (app: App, token: Buffer, org: string): Promise<Me | Refusal> =>
  (await actFor(app.pool, token, org)) ? me(app, token) : refuse('not_yours', '您不属于该单位')

export const beginTotp = async (app: App, token: Buffer): Promise<{ secret: string; uri: string } | Refusal> => {
  const v = await asViewer(app.pool, token, app.idle, async (_q, viewer) => viewer)
  if (!v) return signedOut
  const secret = new Secret({ size: 20 })
  return { secret: secret.base32, uri: new TOTP({ issuer: '公数', label: v.name, secret }).toString() }
}
export const confirmTotp = async (app: App, token: Buffer, secret: string, code: string): Promise<Me | Refusal> => {
  const v = await asViewer(app.pool, token, app.idle, async (_q, viewer) => viewer)
  if (!v) return signedOut
  if (
    !/^[A-Z2-7]{32}$/.test(secret) ||
    totpOf(secret).validate({ token: code, window: 1, timestamp: Date.parse(app.now()) }) === null
  )
    return refuse('bad_totp', '动态口令不正确，请核对手机时间后重试', { fields: { code: '不正确' } })
  await setTotp(app.pool, v.person, secret)
  return me(app, token)
}

export const invitation = async (
  app: App,
  secret: string,
): Promise<{ name: string; org: string; duties: string[]; hasLogin: boolean } | Refusal> => {
  const i = await invitationOf(app.pool, tokenOf(secret))
  return i
    ? { name: i.name, org: i.org ?? '', duties: (i.duties ?? []).map(dutyTerm), hasLogin: i.hasLogin }
    : refuse('not_found', '邀请已使用、已过期或不存在，请向管理员索取新的邀请')
}
/** Sets login and password by an invitation, once, and signs in. */
export const acceptInvitation = async (
  app: App,
  secret: string,
  login: string,
  password: string,
): Promise<{ readonly cookie: string } | Refusal> => {
  const i = await invitationOf(app.pool, tokenOf(secret))
  if (!i) return refuse('not_found', '邀请已使用、已过期或不存在，请向管理员索取新的邀请')
  const named = loginProblem(login)
  if (named) return refuse('invalid', named, { fields: { login: named } })
  const weak = passwordProblem(password)
  if (weak) return refuse('invalid', weak, { fields: { password: weak } })
  const spent = await acceptInvite(app.pool, tokenOf(secret), login, await argonHash(password, argon))
  if (spent === 'taken') return loginTaken
  if (spent === 'used') return refuse('not_found', '邀请已使用')
  const c = await credentialOf(app.pool, login)
  return { cookie: await newSession(app, i.person, c?.orgs[0]?.org ?? i.person, false, false) }
}
/** False when the login belongs to someone else. */
export const setPassword = async (app: App, person: string, login: string, password: string): Promise<boolean> =>
  setCredential(app.pool, person, login, await argonHash(password, argon))

// ── demo ───────────────────────────────────────────────────────────────────────────────────────────────────────

const says = (p: { duties: readonly string[]; roles: readonly string[] }): string => {
  if (p.duties.length === 0) return '公民 · 查询、异议、更正'
  const role = p.roles.map(roleTerm).join('、') || '单位'
  return `${role} · ${p.duties.map(dutyTerm).join('、')}`
}
export const personas = async (app: App): Promise<readonly Persona[]> =>
  (await allPersonas(app.pool)).map((p) => ({
    person: p.person,
    org: p.org,
    name: p.name,
    orgName: p.orgName,
    duties: p.duties.map(dutyTerm),
    says: says(p),
  }))
export const takePersona = async (
  app: App,
  person: string,
  org: string,
): Promise<{ readonly cookie: string } | Refusal> => {
  if (!app.demo) return refuse('not_found', '本库不是演示库')
  const found = (await allPersonas(app.pool)).find((p) => p.person === person && (p.org === org || org === person))
  return found ? { cookie: await newSession(app, person, org, true, true) } : refuse('not_found', '没有这一演示角色')
}

export const clock = async (app: App): Promise<Clock> => {
  const stored = await storedDay(app.pool)
  const day = legalDay(app, stored.day) as Day
  const status = dayStatus(app.calendarFor('000000'), day)
  return {
    day,
    weekday: weekdayTerm(day),
    workday: status.workday,
    provisional: status.provisional,
    simulated: stored.day !== null,
  }
}
