import type { Permission, Refusal } from '#contract'
import { refuse } from '#contract'
import { permitted, type Grant, type Use } from '#domain/authorization'
import { grantFor } from '#store'
import type { App } from './app.ts'
import { accessEntry, legalDay, signedOut } from './act.ts'

/** An access that rests on an agreement. */
export interface Access extends Pick<Use, 'by'> {
  readonly agreement: string
  /** All that it touches: ids of the batch and of its entries, products by `productKey`. */
  readonly objects: readonly string[]
  /** Default: use of what has been supplied. */
  readonly what?: Use['what']
}

const useOf = ({ what = 'use', objects, by }: Access): Use => ({ what, objects, by })

/**
 * Whether an access may go on now; undefined when it may. One round trip that keeps nothing: whoever asks after the commit of an order
 * is refused. To be asked before every download, call or read of what has been supplied under an agreement.
 */
export const mayUse = async (app: Pick<App, 'pool' | 'now' | 'idle'>, access: Access): Promise<Refusal | undefined> => {
  const { grant, day } = await grantFor<Grant>(app.pool, {
    token: null,
    idle: app.idle,
    agreement: access.agreement,
  })
  return permitted(grant ?? undefined, useOf(access), legalDay(app, day))
}

/** An answer that was under way when what it gives out was closed. */
export class AccessClosed extends Error {
  readonly refusal: Refusal
  constructor(refusal: Refusal) {
    super(refusal.says)
    this.refusal = refusal
  }
}

/** The same for a long answer: asks again at least every half second while it is under way, and breaks off what is closed meanwhile. */
export const whileMayUse = async function* <T>(
  app: Pick<App, 'pool' | 'now' | 'idle'>,
  access: Access,
  pieces: AsyncIterable<T>,
): AsyncGenerator<T> {
  let asked = -Infinity
  for await (const piece of pieces) {
    if (performance.now() - asked >= 500) {
      const no = await mayUse(app, access)
      if (no) throw new AccessClosed(no)
      asked = performance.now()
    }
    yield piece
  }
}

/**
 * What a platform asks before it lets an operator, or whoever carries a service on, use what an agreement grants: the answer, or the
 * refusal. For parties of the agreement and keepers of its services; refusals are entered into the access log.
 */
export const askPermission = async (app: App, token: Buffer, access: Access): Promise<Permission | Refusal> => {
  const { viewer, grant, day, at } = await grantFor<Grant>(app.pool, {
    token,
    idle: app.idle,
    agreement: access.agreement,
  })
  if (!viewer) return signedOut
  const today = legalDay(app, day)
  const no = grant
    ? permitted(grant, useOf({ ...access, by: access.by ?? viewer.org }), today)
    : refuse('not_found', '没有这一协议，或您无权查看')
  if (!no) return { permitted: true, at, day: today, until: grant!.to }
  await app.committer.commit({
    access: [accessEntry(app, 'denied', viewer, access.agreement, { act: access.what ?? 'use', code: no.code })],
  })
  return no
}
