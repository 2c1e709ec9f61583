import type { Me } from '#contract'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Button, Input, Select } from 'antd'
import { useState } from 'react'
import { Link, useNavigate } from 'react-router'
import { get, nowActing, problemOf, send } from '../api.ts'
import { Banner } from '../frame/Banner.tsx'
import { Trouble } from '../ui/Trouble.tsx'
import { useTitle } from '../ui/title.ts'
import { EntryPage } from './EntryPage.tsx'

interface Division {
  readonly code: string
  readonly name: string
  readonly parent?: string
}

/** Names that tell apart two places of one name: the superior's comes first. */
const named = (all: readonly Division[]): { value: string; label: string }[] => {
  const byCode = new Map(all.map((d) => [d.code, d]))
  const path = (d: Division): string => {
    const up = byCode.get(d.parent ?? '')
    return up?.parent ? `${path(up)} ${d.name}` : d.name
  }
  return all.filter((d) => d.parent).map((d) => ({ value: d.code, label: path(d) }))
}

/** A citizen's own account: reads at once, objects and corrects after the registrar has checked the identity. */
export const SignUp = () => {
  useTitle('注册')
  const navigate = useNavigate()
  const [form, setForm] = useState({ name: '', idNumber: '', division: '', login: '', password: '' })
  const [again, setAgain] = useState('')
  const { data: divisions } = useQuery({
    queryKey: ['divisions'],
    queryFn: ({ signal }) => get<Division[]>('/public/divisions', undefined, signal),
    staleTime: Infinity,
  })
  const enrol = useMutation({
    mutationFn: async () => {
      await send('POST', '/people/sign-up', form)
      return send<Me>('POST', '/session', { login: form.login, password: form.password })
    },
    onSuccess: (me) => {
      nowActing(me)
      void navigate('/desk')
    },
  })
  const fields = enrol.isError ? problemOf(enrol.error).fields : undefined
  const differs = again !== '' && again !== form.password
  const put = (more: Partial<typeof form>): void => setForm({ ...form, ...more })
  const said = (key: keyof typeof form) => fields?.[key] && <em role="alert">{fields[key]}</em>
  return (
    <>
      <Banner />
      <EntryPage>
        <section className="entry-main">
          <h1>公众注册</h1>
          <form
            className="stack"
            onSubmit={(e) => {
              e.preventDefault()
              if (!differs && form.division !== '') enrol.mutate()
            }}
          >
            <p className="sub">查询登记和公示不需要注册。注册后经当地登记机构核验身份，可以实名提出异议、申请更正。</p>
            {enrol.isError && <Trouble error={enrol.error} />}
            <label className="field">
              <span>姓名</span>
              <Input
                autoFocus
                required
                maxLength={50}
                autoComplete="name"
                value={form.name}
                onChange={(e) => put({ name: e.target.value })}
              />
              {said('name')}
            </label>
            <label className="field">
              <span>身份证件号码</span>
              <Input
                required
                maxLength={18}
                autoComplete="off"
                value={form.idNumber}
                onChange={(e) => put({ idNumber: e.target.value.trim() })}
              />
              {said('idNumber')}
            </label>
            <div className="field">
              <span id="division-label">所在地区</span>
              <Select
                aria-labelledby="division-label"
                style={{ width: '100%' }}
                showSearch={{ optionFilterProp: 'label' }}
                placeholder="选择或输入地区名称"
                options={named(divisions ?? [])}
                value={form.division || null}
                onChange={(division: string | null) => put({ division: division ?? '' })}
              />
              {said('division')}
            </div>
            <label className="field">
              <span>设置用户名</span>
              <Input
                required
                autoComplete="username"
                value={form.login}
                onChange={(e) => put({ login: e.target.value.trim() })}
              />
              {said('login')}
            </label>
            <label className="field">
              <span>设置密码</span>
              <Input.Password
                required
                autoComplete="new-password"
                value={form.password}
                onChange={(e) => put({ password: e.target.value })}
              />
              {said('password')}
            </label>
            <label className="field">
              <span>再输一次密码</span>
              <Input.Password
                required
                autoComplete="new-password"
                value={again}
                onChange={(e) => setAgain(e.target.value)}
              />
              {differs && <em role="alert">两次输入不一致</em>}
            </label>
            <p className="muted small">姓名和证件号码只用于身份核验，不公开，可依法要求删除。</p>
            <Button type="primary" htmlType="submit" block loading={enrol.isPending} disabled={form.division === ''}>
              注册并登录
            </Button>
            <p>
              已有账号？<Link to="/sign-in">登录</Link>
            </p>
          </form>
        </section>
      </EntryPage>
    </>
  )
}
