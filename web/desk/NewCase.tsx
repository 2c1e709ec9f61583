import type { ActionView } from '#contract'
import { useQuery } from '@tanstack/react-query'
import { App, Button, type ButtonProps } from 'antd'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { get, send } from '../api.ts'
import { FormDrawer } from '../form/FormDrawer.tsx'
import type { Value } from '../form/schema.ts'
import { Trouble } from '../ui/Trouble.tsx'
import { afterAct } from './queries.ts'

interface Props extends Pick<ButtonProps, 'type' | 'size'> {
  readonly collection: string
  readonly label: string
  readonly kind?: string
  /** The case it is about. */
  readonly about?: string
  /** What that is called, so that nobody begins on the wrong one. */
  readonly title?: string
  /** Opened already, by something else than the button; called when it is closed. */
  readonly opened?: () => void
  /** What its form begins with, beside what the server puts there. */
  readonly begin?: Value
}

/** A button that opens a new case with the form its process asks for. */
export const NewCase = ({
  collection,
  label,
  kind,
  about,
  title,
  opened,
  begin,
  type = 'primary',
  size = 'middle',
}: Props) => {
  const navigate = useNavigate()
  const { message } = App.useApp()
  const [open, setShown] = useState(opened !== undefined)
  const setOpen = (on: boolean): void => {
    setShown(on)
    if (!on) opened?.()
  }
  const { data: action, error } = useQuery({
    queryKey: ['form', collection, kind, about],
    queryFn: ({ signal }) => get<ActionView>(`/${collection}/form`, { kind, about }, signal),
    enabled: open,
    staleTime: 60_000,
  })
  return (
    <>
      {!opened && (
        <Button type={type} size={size} onClick={() => setOpen(true)}>
          {label}
        </Button>
      )}
      {open && error && <Trouble error={error} again={() => setOpen(false)} />}
      {open && action && (
        <FormDrawer
          action={action}
          {...(title ? { about: title } : {})}
          initial={{ ...(action.value as Value | undefined), ...begin }}
          send={(input) => send<{ id: string }>('POST', `/${collection}`, { kind, about, input })}
          done={({ id }) => {
            message.success(`已${action.term}`)
            setOpen(false)
            void afterAct()
            void navigate(`/desk/${collection}/${id}`)
          }}
          close={() => setOpen(false)}
        />
      )}
    </>
  )
}
