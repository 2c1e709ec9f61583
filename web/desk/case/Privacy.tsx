import type { ActionView, CaseView, RetainedView } from '#contract'
import { useMutation, useQuery } from '@tanstack/react-query'
import { App, Button } from 'antd'
import { useState } from 'react'
import { Link, useNavigate } from 'react-router'
import { get, send, useMe } from '../../api.ts'
import { FormDrawer } from '../../form/FormDrawer.tsx'
import type { Value } from '../../form/schema.ts'
import { casePath } from '../places.ts'
import { afterAct } from '../queries.ts'

/** Asks about one case: for the erasure of personal values in it, or for keeping everything in it. */
const About = ({
  view,
  to,
  label,
  said,
}: {
  view: CaseView
  to: 'erasures' | 'holds'
  label: string
  said: string
}) => {
  const navigate = useNavigate()
  const { message } = App.useApp()
  const [open, setOpen] = useState(false)
  const { data: action } = useQuery({
    queryKey: ['form', to],
    queryFn: ({ signal }) => get<ActionView>(`/${to}/form`, undefined, signal),
    enabled: open,
    staleTime: Infinity,
  })
  return (
    <>
      <Button onClick={() => setOpen(true)}>{label}</Button>
      {open && action && (
        <FormDrawer
          action={action}
          about={view.title}
          send={(input) => send<{ id: string }>('POST', `/${to}`, { case: view.id, input })}
          done={({ id }) => {
            message.success(said)
            void afterAct()
            void navigate(`/desk/${to}/${id}`)
          }}
          close={() => setOpen(false)}
        />
      )}
    </>
  )
}

const personal = ['applications', 'records', 'objections', 'obligations', 'people']

/** What can be asked about the personal values in a case, by those who may. */
export const PrivacyButtons = ({ collection, view }: { collection: string; view: CaseView }) => {
  const me = useMe()
  if (!me || !personal.includes(collection)) return null
  const mine = (seat: string): boolean => view.seats.some((s) => s.seat === seat && s.mine)
  const asks = me.self || (mine('bureau') && me.duties.includes('handler'))
  const holds = (mine('bureau') || mine('registrar')) && me.duties.includes('approver')
  return (
    <>
      {asks && <About view={view} to="erasures" label="请求删除个人信息" said="已提出，登记机构决定后会告知" />}
      {holds && <About view={view} to="holds" label="暂停删除" said="已暂停删除" />}
    </>
  )
}

const asking: Pick<ActionView, 'term' | 'grave' | 'toTerm'> = { term: '查阅', grave: false, toTerm: '记入访问日志' }

/** What a decision restricted: shown to the registrar's keeper once a reason has been given, and until the page is left. */
export const Restricted = ({ view }: { view: CaseView }) => {
  const me = useMe()
  const [why, setWhy] = useState<Value>()
  const [open, setOpen] = useState(false)
  const [shown, setShown] = useState<RetainedView>()
  const { data: form } = useQuery({
    queryKey: ['form', 'restricted'],
    queryFn: ({ signal }) => get<{ schema: ActionView['schema'] }>('/erasures/restricted/form', undefined, signal),
    enabled: open,
    staleTime: Infinity,
  })
  const download = useMutation({
    mutationFn: async (file: string) => {
      const r = await fetch(`/api/erasures/${view.id}/restricted/${file}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ input: why }),
      })
      if (!r.ok) throw new Error(((await r.json()) as { title: string }).title)
      const a = document.createElement('a')
      a.href = URL.createObjectURL(await r.blob())
      a.download = shown?.files[file]?.name ?? file
      a.click()
      URL.revokeObjectURL(a.href)
    },
  })
  if (view.state !== 'restricted' || !me?.duties.includes('keeper')) return null
  return (
    <section className="card loose" aria-labelledby="restricted">
      <h2 id="restricted">限制处理的内容</h2>
      {shown ? (
        <dl className="shown">
          {shown.values.map((v) => (
            <div key={`${v.id} ${v.field}`}>
              <dt>{v.term}</dt>
              <dd>
                {v.text}
                {v.files?.map((f) => (
                  <Button key={f} type="link" size="small" onClick={() => download.mutate(f)}>
                    {shown.files[f]?.name ?? '文件'}
                  </Button>
                ))}{' '}
                <Link className="muted" to={casePath(v)}>
                  {v.processTerm}
                </Link>
                <span className="muted"> 保存至 {v.until}</span>
              </dd>
            </div>
          ))}
        </dl>
      ) : (
        <p className="muted">只有保管人可以查阅，每次查阅连同原因记入访问日志。</p>
      )}
      {download.error && <p className="warn-text">{download.error.message}</p>}
      <Button onClick={() => setOpen(true)}>{shown ? '再次查阅' : '说明原因并查阅'}</Button>
      {open && form && (
        <FormDrawer
          action={{ ...asking, schema: form.schema }}
          about={view.title}
          send={async (input) => {
            setWhy(input)
            return send<RetainedView>('POST', `/erasures/${view.id}/restricted`, { input })
          }}
          done={(answer) => {
            setShown(answer)
            setOpen(false)
          }}
          close={() => setOpen(false)}
        />
      )}
    </section>
  )
}
