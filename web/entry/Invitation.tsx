import type { Me } from '#contract'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Alert, Button, Input, Spin } from 'antd'
import { useState } from 'react'
import { useNavigate, useParams } from 'react-router'
import { get, nowActing, problemOf, send } from '../api.ts'
import { Banner } from '../frame/Banner.tsx'
import { Trouble } from '../ui/Trouble.tsx'
import { useTitle } from '../ui/title.ts'
import { EntryPage } from './EntryPage.tsx'

interface Invited {
  readonly name: string
  readonly org: string
  readonly duties: readonly string[]
}

export const Invitation = () => {
  const token = useParams()['token'] ?? ''
  const path = `/invitations/${encodeURIComponent(token)}`
  const navigate = useNavigate()
  const { data, error } = useQuery({
    queryKey: ['invitation', token],
    queryFn: ({ signal }) => get<Invited>(path, undefined, signal),
    retry: false,
  })
  const [login, setLogin] = useState('')
  const [password, setPassword] = useState('')
  const [again, setAgain] = useState('')
  const accept = useMutation({
    mutationFn: () => send<Me>('POST', path, { login, password }),
    onSuccess: (me) => {
      nowActing(me)
      void navigate('/desk')
    },
  })
  useTitle('启用账号')
  const fields = accept.isError ? problemOf(accept.error).fields : undefined
  const differs = again !== '' && again !== password
  return (
    <>
      <Banner />
      <EntryPage>
        <section className="entry-main">
          <h1>启用账号</h1>
          {error ? (
            <Trouble error={error} />
          ) : !data ? (
            <Spin />
          ) : (
            <form
              className="stack"
              onSubmit={(e) => {
                e.preventDefault()
                if (!differs) accept.mutate()
              }}
            >
              <p className="sub">
                {data.name}，您将以<b>{data.org}</b>的{data.duties.join('、')}身份办理业务。
              </p>
              {accept.isError && <Trouble error={accept.error} />}
              <label className="field">
                <span>设置用户名</span>
                <Input
                  autoFocus
                  autoComplete="username"
                  required
                  value={login}
                  onChange={(e) => setLogin(e.target.value)}
                />
                {fields?.['login'] && <em role="alert">{fields['login']}</em>}
              </label>
              <label className="field">
                <span>设置密码</span>
                <Input.Password
                  autoComplete="new-password"
                  required
                  value={password}
                  onChange={(e) => setPassword(e.target.value)}
                />
                {fields?.['password'] && <em role="alert">{fields['password']}</em>}
              </label>
              <label className="field">
                <span>再输一次密码</span>
                <Input.Password
                  autoComplete="new-password"
                  required
                  value={again}
                  onChange={(e) => setAgain(e.target.value)}
                />
                {differs && <em role="alert">两次输入不一致</em>}
              </label>
              <Alert type="info" title="复核人员和管理员启用后请尽快设置动态口令（右上角用户菜单）。" />
              <Button type="primary" htmlType="submit" block loading={accept.isPending}>
                启用并进入工作台
              </Button>
            </form>
          )}
        </section>
      </EntryPage>
    </>
  )
}
