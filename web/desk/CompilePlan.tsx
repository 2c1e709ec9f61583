import type { ActionView } from '#contract'
import { useQuery } from '@tanstack/react-query'
import { App, Button } from 'antd'
import { useState } from 'react'
import { get, send } from '../api.ts'
import { FormDrawer } from '../form/FormDrawer.tsx'
import { afterAct } from './queries.ts'

/** 编制开放计划: many entries, each with its day, all of them or none. */
export const CompilePlan = () => {
  const { message } = App.useApp()
  const [open, setOpen] = useState(false)
  const { data: action } = useQuery({
    queryKey: ['form', 'openingPlans', 'compile'],
    queryFn: ({ signal }) => get<ActionView>('/openingPlans/compile', undefined, signal),
    enabled: open,
    staleTime: Infinity,
  })
  return (
    <>
      <Button type="primary" onClick={() => setOpen(true)}>
        编制开放计划
      </Button>
      {open && action && (
        <FormDrawer
          action={action}
          send={(input) => send<{ ids: string[] }>('POST', '/openingPlans/compile', { input })}
          done={({ ids }) => {
            message.success(`已列入 ${ids.length} 项`)
            setOpen(false)
            void afterAct()
          }}
          close={() => setOpen(false)}
        />
      )}
    </>
  )
}
