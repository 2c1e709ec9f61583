import type { ActionView, FilingProgress } from '#contract'
import { useQuery } from '@tanstack/react-query'
import { App, Button, Checkbox, Skeleton } from 'antd'
import { useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { get, send, useClock, useMe } from '../../api.ts'
import { FormDrawer } from '../../form/FormDrawer.tsx'
import type { Value } from '../../form/schema.ts'
import { Empty } from '../../ui/Empty.tsx'
import { Trouble } from '../../ui/Trouble.tsx'
import { DayText, StateChip } from '../../ui/chips.tsx'
import { useTitle } from '../../ui/title.ts'
import { NewCase } from '../NewCase.tsx'
import { hatsOf } from '../places.ts'
import { afterAct } from '../queries.ts'
import './catalogue.css'

const kinds = [
  { value: 'filing', term: '目录备案' },
  { value: 'census', term: '资源普查' },
] as const

/** 备案与普查: how far each unit is, and the task set to those who have none. */
export const ProgressPage = () => {
  useTitle('备案与普查')
  const me = useMe()
  const hats = me ? hatsOf(me) : undefined
  const today = useClock()?.day
  const [params, setParams] = useSearchParams()
  const kind = params.get('kind') === 'census' ? 'census' : 'filing'
  const [chosen, choose] = useState<ReadonlySet<string>>(new Set())
  const { data, error, refetch } = useQuery({
    queryKey: ['list', 'catalogue', 'progress', kind],
    queryFn: ({ signal }) => get<FilingProgress>('/catalogue/progress', { kind }, signal),
  })
  const done = data?.filter((u) => u.filing && ['filed', 'collated'].includes(u.filing.state)).length ?? 0
  const late = data?.filter((u) => u.filing?.late).length ?? 0
  const idle = data?.filter((u) => !u.filing) ?? []
  const sets = hats?.bureau === true && hats.handler
  return (
    <>
      <header className="page-head">
        <h1>备案与普查</h1>
        {data && (
          <span className="muted">
            {data.length} 个单位，{done} 个已{kind === 'filing' ? '备案' : '汇总'}
            {late > 0 && <span className="bad-text">，{late} 个逾期</span>}
          </span>
        )}
        <div className="grow" />
        <Link to={`/desk/filings?kind=${kind}`}>办理列表</Link>
        {sets && idle.length > 0 && (
          <Button onClick={() => choose(new Set(idle.map((u) => u.unit)))}>选中未下达的 {idle.length} 个</Button>
        )}
        {sets && chosen.size > 0 ? (
          <Assign kind={kind} units={[...chosen]} done={() => choose(new Set())} />
        ) : (
          hats?.handler &&
          !hats.self && (
            <NewCase
              collection="filings"
              kind={kind}
              label={sets ? '下达任务' : kind === 'filing' ? '自行备案' : '自行填报'}
            />
          )
        )}
      </header>
      <div className="tabs" role="group" aria-label="类型">
        {kinds.map((k) => (
          <button
            key={k.value}
            className={k.value === kind ? 'on' : ''}
            aria-pressed={k.value === kind}
            onClick={() => {
              choose(new Set())
              setParams({ kind: k.value })
            }}
          >
            {k.term}
          </button>
        ))}
      </div>
      {error ? (
        <Trouble error={error} again={() => void refetch()} />
      ) : !data ? (
        <Skeleton active title={false} />
      ) : data.length === 0 ? (
        <div className="card">
          <Empty title="还没有单位" says="持有目录项或被下达任务的单位会列在这里。" />
        </div>
      ) : (
        <div className="card wide-table">
          <table className="cases plain entries">
            <caption className="unseen">各单位进度</caption>
            <thead>
              <tr>
                {sets && (
                  <th scope="col">
                    <span className="unseen">选择</span>
                  </th>
                )}
                <th scope="col">单位</th>
                <th scope="col" className="n">
                  在目录
                </th>
                <th scope="col" className="n">
                  已归集
                </th>
                <th scope="col" className="n">
                  待归集
                </th>
                <th scope="col">状态</th>
                <th scope="col">期限</th>
                <th scope="col" className="n">
                  报送
                </th>
                <th scope="col" className="n">
                  用于授权运营
                </th>
                <th scope="col">回执</th>
              </tr>
            </thead>
            <tbody>
              {data.map((u) => (
                <tr key={u.unit}>
                  {sets && (
                    <td style={{ minWidth: 0, width: '2.5rem' }}>
                      {!u.filing && (
                        <Checkbox
                          aria-label={`选择${u.name}`}
                          checked={chosen.has(u.unit)}
                          onChange={(e) => {
                            const next = new Set(chosen)
                            if (e.target.checked) next.add(u.unit)
                            else next.delete(u.unit)
                            choose(next)
                          }}
                        />
                      )}
                    </td>
                  )}
                  <td>
                    {u.filing ? <Link to={`/desk/filings/${u.filing.id}`}>{u.name}</Link> : u.name}
                    <span className="muted small"> {u.divisionName}</span>
                  </td>
                  <td className="n">
                    <Link to={`/desk/catalogue?unit=${u.unit}`}>{u.entries}</Link>
                  </td>
                  <td className="n">{u.collected}</td>
                  <td className="n">{u.pending}</td>
                  <td className="nowrap">
                    {u.filing ? (
                      <>
                        <StateChip state={u.filing.state} term={u.filing.stateTerm} />{' '}
                        {u.filing.changes > 0 && <span className="chip warn">备案后变化 {u.filing.changes} 处</span>}
                      </>
                    ) : (
                      <span className="muted">未下达</span>
                    )}
                  </td>
                  <td className="nowrap">
                    {u.filing?.due && (
                      <span className={u.filing.late ? 'bad-text' : undefined}>
                        <DayText day={u.filing.due} today={today} />
                        {u.filing.late && ' 逾期'}
                      </span>
                    )}
                  </td>
                  <td className="n">{u.filing && u.filing.entries > 0 ? u.filing.entries : ''}</td>
                  <td className="n">{u.filing && u.filing.marked > 0 ? u.filing.marked : ''}</td>
                  <td className="sub small">
                    {u.filing?.receipt}
                    {u.filing?.filed && (
                      <>
                        {' '}
                        <DayText day={u.filing.filed} today={today} />
                      </>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  )
}

interface Schema {
  readonly properties?: Readonly<Record<string, unknown>>
  readonly required?: readonly string[]
  readonly 'x-order'?: readonly string[]
}
const without = (schema: Schema, key: string): Schema => ({
  ...schema,
  properties: Object.fromEntries(Object.entries(schema.properties ?? {}).filter(([k]) => k !== key)),
  required: (schema.required ?? []).filter((k) => k !== key),
  'x-order': (schema['x-order'] ?? []).filter((k) => k !== key),
})

/** Sets the same task to many units, one after the other; who has it already is not asked twice when it is tried again. */
const Assign = ({ kind, units, done }: { kind: string; units: readonly string[]; done: () => void }) => {
  const { message } = App.useApp()
  const [open, setOpen] = useState(false)
  const { data: action, error } = useQuery({
    queryKey: ['form', 'filings', kind, undefined],
    queryFn: ({ signal }) => get<ActionView>('/filings/form', { kind }, signal),
    enabled: open,
  })
  return (
    <>
      <Button type="primary" onClick={() => setOpen(true)}>
        下达任务（{units.length} 个单位）
      </Button>
      {open && error && <Trouble error={error} again={() => setOpen(false)} />}
      {open && action && (
        <FormDrawer
          action={{ ...action, schema: without(action.schema as Schema, 'unit') as ActionView['schema'] }}
          about={`${units.length} 个单位`}
          {...(action.value ? { initial: action.value as Value } : {})}
          send={async (input) => {
            for (const unit of units) await send('POST', '/filings', { kind, input: { ...input, unit } })
          }}
          done={() => {
            message.success(`已向 ${units.length} 个单位下达`)
            setOpen(false)
            done()
            void afterAct()
          }}
          close={() => setOpen(false)}
        />
      )}
    </>
  )
}
