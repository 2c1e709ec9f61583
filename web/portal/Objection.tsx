import type { ActionView, PublicNotice } from '#contract'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { Link } from 'react-router'
import { get, problemOf, send } from '../api.ts'
import { Failed, Waiting } from './parts.tsx'

export const Objection = ({ notice: n, close }: { notice: PublicNotice; close: () => void }) => {
  const form = useQuery({
    queryKey: ['objection form', n.id],
    queryFn: ({ signal }) => get<ActionView>('/objections/form', { application: n.id }, signal),
    staleTime: 0,
  })
  const file = useMutation({ mutationFn: (input: unknown) => send<{ id: string }>('POST', '/objections', { application: n.id, input }) })
  const here = `/notices/${n.id}?objection=1`

  if (file.data)
    return (
      <section className="p-sheet p-objection" aria-label="异议已提出" role="status">
        <h2>异议已经提出</h2>
        <div className="p-pad">
          <p>登记机构已收到，办理结果会通知您。</p>
          <p>
            <Link to={`/desk/objections/${file.data.id}`}>查看办理情况</Link>
          </p>
        </div>
      </section>
    )
  return (
    <section className="p-sheet p-objection p-screen" aria-labelledby="objection">
      <h2 id="objection">提出异议</h2>
      <div className="p-pad">
        {form.isPending && <Waiting rows={4} />}
        {form.isError &&
          (problemOf(form.error).status === 401 ? (
            <>
              <p>提出异议须实名。请先登录，登录后回到这里继续。</p>
              <div className="line p-formfoot">
                <Button type="primary" href={`/sign-in?next=${encodeURIComponent(here)}`}>
                  登录
                </Button>
                <Button onClick={close}>取消</Button>
              </div>
            </>
          ) : (
            <Failed error={form.error} again={() => void form.refetch()} />
          ))}
        {form.data && null}
      </div>
    </section>
  )
}
