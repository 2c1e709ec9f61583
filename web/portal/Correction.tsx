import type { PublicRecord } from '#contract'
import { useMutation } from '@tanstack/react-query'
import { Button } from 'antd'
import { useNavigate } from 'react-router'
import { problemOf, send } from '../api.ts'
import { Trouble } from '../ui/Trouble.tsx'
import { recordPath } from './parts.tsx'

/** 更正登记 by the holder or an interested party: opens a draft at the desk; whoever is not signed in is led there and back. */
export const Correction = ({ record: r }: { record: PublicRecord }) => {
  const navigate = useNavigate()
  const start = useMutation({
    mutationFn: () =>
      send<{ id: string }>('POST', '/applications', { kind: 'correction', variant: r.object, record: r.id }),
    onSuccess: ({ id }) => void navigate(`/desk/applications/${id}/edit`),
    onError: (error) => {
      if (problemOf(error).status === 401) void navigate(`/sign-in?to=${encodeURIComponent(recordPath(r.code))}`)
    },
  })
  return (
    <section className="p-sheet p-screen">
      <h2>登记信息有误</h2>
      <div className="p-pad p-wrong">
        <p className="sub grow">
          登记主体和利害关系人可以申请更正登记。经登记主体书面同意，或有证据证明登记信息确有错误的，由登记机构更正。申请须登录，从这里开始填写。
        </p>
        <Button onClick={() => start.mutate()} loading={start.isPending}>
          申请更正
        </Button>
      </div>
      {start.isError && problemOf(start.error).status !== 401 && (
        <div className="p-pad">
          <Trouble error={start.error} />
        </div>
      )}
    </section>
  )
}
