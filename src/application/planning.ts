import type { ActionView, Form, Json, JsonObject, Refusal } from '#contract'
import { formJsonSchema, isRefusal, parseForm, refuse } from '#contract'
import { organisations } from '#store'
import type { App } from './app.ts'
import { openTogether } from './act.ts'
import { serving } from './opener.ts'

const form: Form = [
  {
    key: 'entries',
    term: '计划开放的目录项',
    type: 'list',
    required: true,
    max: 200,
    fields: [
      { key: 'item', term: '目录项', type: 'item', required: true },
      { key: 'planned', term: '计划开放日', type: 'day', required: true },
      { key: 'why', term: '列入计划的考虑', type: 'text', max: 300 },
    ],
  },
]

/** The form with which a bureau compiles its plan. */
export const planForm = (): ActionView => ({
  act: 'plan',
  term: '编制开放计划',
  schema: formJsonSchema(form),
  grave: false,
  optional: false,
  to: 'planned',
  toTerm: '待开放',
})

/** Enters many entries into the opening plan in one commit: all of them or none. A problem names the line it stands in. */
export const compilePlan = async (
  app: App,
  token: Buffer,
  input: unknown,
  key: string,
): Promise<{ readonly ids: readonly string[] } | Refusal> => {
  const parsed = parseForm(form, input ?? {})
  if (!parsed.ok)
    return refuse('invalid', parsed.problems[0]?.says ?? '填写内容有误', {
      fields: Object.fromEntries(parsed.problems.map((p) => [p.path, p.says])),
    })
  const entries = parsed.value['entries'] as readonly (JsonObject & { readonly item: string })[]
  const ids = entries.map((e) => e.item)
  const twice = ids.findIndex((id, i) => ids.indexOf(id) < i)
  if (twice >= 0)
    return refuse('invalid', '同一目录项列了两次', { fields: { [`entries.${twice}.item`]: '已在前面列出' } })
  const bureaus = await organisations(app.pool, { role: 'bureau' })
  const done = await openTogether(
    app,
    { token },
    key,
    ['plan', parsed.value as Json],
    (viewer, kin) => {
      const all = entries.map(({ item, ...said }, i) => {
        const about = kin.find((c) => c.id === item && c.process === 'item')
        if (!about || serving(bureaus, about.division)?.id !== viewer.org)
          return refuse('not_yours', '开放计划由目录项所在地的数据管理部门编制', {
            fields: { [`entries.${i}.item`]: '没有这一目录项，或不在本行政区划内' },
          })
        return {
          process: 'openingPlan',
          kind: 'year',
          variant: '',
          division: about.division,
          seats: { bureau: viewer.org, holder: about.seats['holder'] ?? '' },
          links: { item },
          act: 'plan',
          input: said,
        }
      })
      const no = all.find(isRefusal)
      return no ?? Object.fromEntries(all.map((a) => [app.freshId(), a as Exclude<typeof a, Refusal>]))
    },
    ids,
  )
  return done
}
