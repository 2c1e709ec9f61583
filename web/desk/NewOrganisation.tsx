import type { ActionView } from '#contract'
import { useQuery } from '@tanstack/react-query'
import { App, Button } from 'antd'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { get, send } from '../api.ts'
import { FormDrawer } from '../form/FormDrawer.tsx'
import { afterAct } from './queries.ts'

export const NewOrganisation = () => {
  const navigate = useNavigate()
  const { message } = App.useApp()
  const [open, setOpen] = useState(false)
  const { data: action } = useQuery({
    queryKey: ['form', 'organisations'],
    queryFn: ({ signal }) => get<ActionView>('/organisations/form', undefined, signal),
    enabled: open,
    staleTime: Infinity,
  })
  return (
    <>
      <Button type="primary" onClick={() => setOpen(true)}>
        登记单位
      </Button>
      {open && action && (
        <FormDrawer
          action={action}
          send={(input) => send<{ id: string }>('POST', '/organisations', { input })}
          done={({ id }) => {
            message.success('单位已登记')
            void afterAct()
            void navigate(`/desk/organisations/${id}`)
          }}
          close={() => setOpen(false)}
        />
      )}
    </>
  )
}
