import './quality.css'
import type { ActionView, CaseView, Upstream } from '#contract'
import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { get } from '../../api.ts'
import type { FieldSchema, FormSchema } from '../../form/schema.ts'

/** The unit that has a ticket sends it on to the unit its data came from: a choice among the entries upstream. */
export const PassUp = ({ view, act }: { view: CaseView; act: (action: ActionView) => void }) => {
  const action = view.actions.find((a) => a.act === 'passUp')
  const { data } = useQuery({
    queryKey: ['upstream', view.id, view.version],
    queryFn: ({ signal }) => get<Upstream>(`/tickets/${view.id}/upstream`, undefined, signal),
    enabled: action !== undefined,
  })
  if (!action || !data || data.length === 0) return null
  const schema = action.schema as unknown as FormSchema & { readonly properties: Readonly<Record<string, FieldSchema>> }
  const offered = {
    ...action,
    ...(data.length === 1 ? { value: { upstream: data[0]!.id } } : {}),
    schema: {
      ...schema,
      properties: {
        ...schema.properties,
        upstream: {
          ...schema.properties['upstream'],
          'x-type': 'choice',
          'x-options': data.map((u) => ({ value: u.id, term: `${u.name}（${u.unit}）` })),
        },
      },
    },
  } as unknown as ActionView
  return <Button onClick={() => act(offered)}>{action.term}</Button>
}

/** The way a ticket has gone, from who told of it to the unit that has it now. */
export const Way = ({ view }: { view: CaseView }) => {
  const rows = view.materials.find((m) => m.key === 'way')?.rows ?? []
  const cell = (row: (typeof rows)[number] | undefined, key: string): string =>
    row?.find((f) => f.key === key)?.text ?? ''
  const reporter = view.seats.find((s) => s.seat === 'reporter')?.name ?? ''
  const holder = view.seats.find((s) => s.seat === 'holder')?.name ?? ''
  const source = view.seats.find((s) => s.seat === 'source')?.name ?? ''
  const steps = [
    { unit: reporter, note: '提出' },
    ...rows.map((r) => ({ unit: cell(r, 'unit'), note: `${cell(r, 'day')} 转出` })),
    { unit: holder, note: source === holder ? '数源单位 · 现办' : '现办' },
  ]
  return (
    <section className="card" aria-labelledby="way">
      <header className="card-head">
        <h2 id="way">溯源</h2>
        <span className="muted">{rows.length === 0 ? '没有转过' : `已转 ${rows.length} 级`}</span>
      </header>
      <ol className="way">
        {steps.map((s, i) => (
          <li key={i} className={i === steps.length - 1 ? 'now' : ''}>
            <div>
              <b>{s.unit}</b>
              <span className="muted small">{s.note}</span>
            </div>
          </li>
        ))}
      </ol>
    </section>
  )
}
