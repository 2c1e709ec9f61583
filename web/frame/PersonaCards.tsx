import type { Persona } from '#contract'
import { useQuery } from '@tanstack/react-query'
import { Input } from 'antd'
import { useState } from 'react'
import { get, useMe } from '../api.ts'

/** The roles of a demo database, grouped by organisation; one click acts as one of them. */
export const PersonaCards = ({ choose, busy }: { choose: (p: Persona) => void; busy: boolean }) => {
  const me = useMe()
  const { data } = useQuery({
    queryKey: ['personas'],
    queryFn: ({ signal }) => get<Persona[]>('/demo/personas', undefined, signal),
    staleTime: Infinity,
  })
  const [asked, ask] = useState('')
  const shown = data?.filter((p) => `${p.orgName} ${p.name} ${p.says}`.includes(asked.trim()))
  const orgs = [...new Set(shown?.map((p) => p.orgName))]
  return (
    <div className="personas">
      <Input
        className="wide"
        allowClear
        placeholder="按单位、姓名或职责找角色"
        aria-label="找演示角色"
        value={asked}
        onChange={(e) => ask(e.target.value)}
      />
      {orgs.map((org) => (
        <section key={org} aria-label={org}>
          <h3>{org}</h3>
          {shown
            ?.filter((p) => p.orgName === org)
            .map((p) => {
              const on = me?.person === p.person && me.org === p.org
              return (
                <button
                  key={`${p.person} ${p.org}`}
                  className={on ? 'persona on' : 'persona'}
                  disabled={busy}
                  onClick={() => choose(p)}
                >
                  <b>{p.name}</b>
                  {on && <span className="chip blue">当前</span>}
                  <span className="says">{p.says}</span>
                </button>
              )
            })}
        </section>
      ))}
    </div>
  )
}
