import { deep, done, type Values } from './cases.ts'
import { fill, type Actor, type Answered } from './world.ts'

interface Opened {
  readonly schema: { properties?: unknown }
  readonly value?: Values
}
/** Opens a case of a process with a lawful answer to its form. */
export const begin = async (
  who: Actor,
  collection: string,
  kind: string,
  about: string | undefined,
  over: Values = {},
): Promise<Answered<{ id: string; code: string }>> => {
  const query = new URLSearchParams({ kind, ...(about ? { about } : {}) })
  const form = await who.get<Opened>(`/api/${collection}/form?${query}`)
  if (form.status !== 200) return form as never
  const file = (await who.upload()).id
  const input = fill(form.body.schema, file, deep(form.body.value ?? {}, over))
  return who.send<{ id: string; code: string }>('POST', `/api/${collection}`, {
    kind,
    ...(about ? { about } : {}),
    input,
  })
}

/** An entry compiled and entered by its unit: who compiles, and who enters it. */
export const entryOf = async (by: readonly [Actor, Actor], access: Values, over: Values): Promise<string> => {
  const opened = begin(by[0], 'items', 'resource', undefined, {
    ...over,
    access: { opening: 'unconditional', ...access },
  })
  const { id } = await done(opened)
  await done(by[1].act(id, 'enter', {}, 'item'))
  return id
}
export const term = { useFrom: '2026-03-09', useTo: '2027-03-08', noOnward: true }
export const conditional = { sharing: 'conditional', sharingCondition: '限行政审批核验使用' }
export const none = { sharing: 'none', sharingBasis: '个人信息保护法第二十八条' }
