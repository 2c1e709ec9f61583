import type { ActionView, PublicNotice } from '#contract'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { Link, useNavigate } from 'react-router'
import { get, problemOf, send } from '../api.ts'
import { Form } from '../form/Form.tsx'
import type { Errors, Value } from '../form/schema.ts'
import { missing, prune } from '../form/schema.ts'
import { Trouble } from '../ui/Trouble.tsx'
import { Waiting } from './parts.tsx'

/** 提出异议: the form is the one the rules of this notice draw up; whoever is not signed in is led there and back. */
export const Objection = ({ notice: n, close }: { notice: PublicNotice; close: () => void }) => {
  const form = useQuery({
    queryKey: ['objection form', n.id],
    queryFn: ({ signal }) => get<ActionView>('/objections/form', { application: n.id }, signal),
    staleTime: 0,
    refetchOnWindowFocus: false,
  })
  const [filed, setFiled] = useState<string>()
  const head = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    head.current?.focus({ preventScroll: true })
    head.current?.scrollIntoView({ block: 'center' })
  }, [])
  if (filed)
    return (
      <section className="p-sheet" role="status">
        <h2>异议已经提出</h2>
        <div className="p-pad">
          <p>登记机构已经收到对“{n.name}”公示的异议，受理与处理结果会通知您。</p>
          <p>
            <Link to={`/desk/objections/${filed}`}>查看办理情况</Link>
          </p>
        </div>
      </section>
    )
  return (
    <section className="p-sheet p-screen" aria-labelledby="objection">
      <h2 id="objection" ref={head} tabIndex={-1}>
        提出异议
      </h2>
      <div className="p-pad">
        {form.isPending && <Waiting rows={4} />}
        {form.isError &&
          (problemOf(form.error).status === 401 ? (
            <SignInFirst here={`/notices/${n.id}?objection=1`} close={close} />
          ) : (
            <Trouble error={form.error} again={() => void form.refetch()} />
          ))}
        {form.data && <Sheet notice={n} action={form.data} close={close} filed={setFiled} />}
      </div>
    </section>
  )
}

const SignInFirst = ({ here, close }: { here: string; close: () => void }) => {
  const navigate = useNavigate()
  return (
    <>
      <p>异议须实名提出。请先登录，登录后会回到这里继续填写。</p>
      <div className="line p-formfoot">
        <Button type="primary" onClick={() => void navigate(`/sign-in?to=${encodeURIComponent(here)}`)}>
          登录
        </Button>
        <Button onClick={close}>取消</Button>
      </div>
    </>
  )
}

const noErrors: Errors = {}

const Sheet = ({
  notice: n,
  action,
  close,
  filed,
}: {
  notice: PublicNotice
  action: ActionView
  close: () => void
  filed: (id: string) => void
}) => {
  const [value, setValue] = useState<Value>((action.value ?? {}) as Value)
  const [errors, setErrors] = useState<Errors>(noErrors)
  const file = useMutation({
    mutationFn: () =>
      send<{ id: string }>('POST', '/objections', { application: n.id, input: prune(action.schema, value) }),
    onSuccess: ({ id }) => filed(id),
    onError: (error) => setErrors(problemOf(error).fields ?? noErrors),
  })
  const submit = (): void => {
    const lacks = missing(action.schema, value)
    setErrors(lacks)
    if (Object.keys(lacks).length === 0) file.mutate()
  }
  return (
    <>
      <p className="sub p-formlead">
        {n.to} 当天结束前可以提出。{action.basis && `依据${action.basis}。`}
      </p>
      <Form schema={action.schema} value={value} change={setValue} errors={errors} />
      {file.isError && <Trouble error={file.error} />}
      <div className="line p-formfoot">
        <Button type="primary" onClick={submit} loading={file.isPending}>
          提出异议
        </Button>
        <Button onClick={close} disabled={file.isPending}>
          取消
        </Button>
      </div>
    </>
  )
}
