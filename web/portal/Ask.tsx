import type { ActionView } from '#contract'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import type { ReactNode } from 'react'
import { useEffect, useRef, useState } from 'react'
import { Link, useNavigate } from 'react-router'
import { get, problemOf, send } from '../api.ts'
import { Form } from '../form/Form.tsx'
import type { Errors, Value } from '../form/schema.ts'
import { missing, prune } from '../form/schema.ts'
import { Trouble } from '../ui/Trouble.tsx'
import { Waiting } from './parts.tsx'

interface Props {
  /** What is asked for, as the heading and the button say it. */
  readonly term: string
  readonly collection: string
  readonly about?: string
  readonly division?: string
  /** Where to come back to after signing in. */
  readonly here: string
  readonly signIn: string
  readonly lead?: ReactNode
  readonly said: { readonly title: string; readonly says: ReactNode }
  readonly close: () => void
}

const noErrors: Errors = {}

/** Opens a case from the portal, with the form its rules draw up; whoever is not signed in is led there and back. */
export const Ask = (p: Props) => {
  const navigate = useNavigate()
  const { collection, about, division } = p
  const form = useQuery({
    queryKey: ['ask', collection, about, division],
    queryFn: ({ signal }) => get<ActionView>(`/${collection}/form`, { about, division }, signal),
    staleTime: 0,
    refetchOnWindowFocus: false,
  })
  const [value, setValue] = useState<Value>({})
  const [errors, setErrors] = useState<Errors>(noErrors)
  const head = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    head.current?.focus({ preventScroll: true })
    head.current?.scrollIntoView({ block: 'center' })
  }, [])
  const ask = useMutation({
    mutationFn: () =>
      send<{ id: string }>('POST', `/${collection}`, {
        about,
        division,
        input: prune(form.data?.schema ?? {}, value),
      }),
    onError: (error) => setErrors(problemOf(error).fields ?? noErrors),
  })
  const submit = (): void => {
    const lacks = missing(form.data?.schema ?? {}, value)
    setErrors(lacks)
    if (Object.keys(lacks).length === 0) ask.mutate()
  }
  if (ask.data)
    return (
      <section className="p-sheet" role="status">
        <h2>{p.said.title}</h2>
        <div className="p-pad">
          <p>{p.said.says}</p>
          <p>
            <Link to={`/desk/${collection}/${ask.data.id}`}>查看办理情况</Link>
          </p>
        </div>
      </section>
    )
  return (
    <section className="p-sheet p-screen" aria-labelledby="ask">
      <h2 id="ask" ref={head} tabIndex={-1}>
        {p.term}
      </h2>
      <div className="p-pad">
        {form.isPending && <Waiting rows={4} />}
        {form.isError &&
          (problemOf(form.error).status === 401 ? (
            <>
              <p>{p.signIn}</p>
              <div className="line p-formfoot">
                <Button type="primary" onClick={() => void navigate(`/sign-in?to=${encodeURIComponent(p.here)}`)}>
                  登录
                </Button>
                <Button onClick={p.close}>取消</Button>
              </div>
            </>
          ) : (
            <Trouble error={form.error} again={() => void form.refetch()} />
          ))}
        {form.data && (
          <>
            <p className="sub p-formlead">
              {p.lead}
              {form.data.basis && `依据${form.data.basis}。`}
            </p>
            <Form schema={form.data.schema} value={value} change={setValue} errors={errors} />
            {ask.isError && <Trouble error={ask.error} />}
            <div className="line p-formfoot">
              <Button type="primary" onClick={submit} loading={ask.isPending}>
                {p.term}
              </Button>
              <Button onClick={p.close} disabled={ask.isPending}>
                取消
              </Button>
            </div>
          </>
        )}
      </div>
    </section>
  )
}
