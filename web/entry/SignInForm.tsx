import type { Me } from '#contract'
import { useMutation } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { useEffect, useRef, useState } from 'react'
import type { InputRef } from 'antd'
import { nowActing, problemOf, send } from '../api.ts'
import { Trouble } from '../ui/Trouble.tsx'

/** Login and password, then the one-time code where one is set up. Used on its own page and over a page whose session ended. */
export const SignInForm = ({ done }: { done: (me: Me) => void }) => {
  const [login, setLogin] = useState('')
  const [password, setPassword] = useState('')
  const [totp, setTotp] = useState('')
  const [asked, setAsked] = useState(false)
  const code = useRef<InputRef>(null)
  const signIn = useMutation({
    mutationFn: () => send<Me>('POST', '/session', { login, password, ...(asked ? { totp } : {}) }),
    onSuccess: (me) => {
      nowActing(me)
      done(me)
    },
    onError: (error) => {
      const { code: why } = problemOf(error)
      if (why === 'totp_required' || why === 'bad_totp') setAsked(true)
      if (why === 'bad_totp') setTotp('')
    },
  })
  useEffect(() => {
    if (asked) code.current?.focus()
  }, [asked, signIn.failureCount])
  const plain = signIn.isError && problemOf(signIn.error).code !== 'totp_required'
  return (
    <form
      className="stack"
      onSubmit={(e) => {
        e.preventDefault()
        signIn.mutate()
      }}
    >
      {plain && <Trouble error={signIn.error} />}
      {!asked ? (
        <>
          <label className="field">
            <span>用户名</span>
            <Input
              autoFocus
              autoComplete="username"
              required
              value={login}
              onChange={(e) => setLogin(e.target.value)}
            />
          </label>
          <label className="field">
            <span>密码</span>
            <Input.Password
              autoComplete="current-password"
              required
              value={password}
              onChange={(e) => setPassword(e.target.value)}
            />
          </label>
        </>
      ) : (
        <label className="field">
          <span>动态口令（手机验证器上的 6 位数字）</span>
          <Input
            ref={code}
            required
            inputMode="numeric"
            autoComplete="one-time-code"
            pattern="[0-9]{6}"
            maxLength={6}
            value={totp}
            onChange={(e) => setTotp(e.target.value.trim())}
          />
        </label>
      )}
      <Button type="primary" htmlType="submit" block loading={signIn.isPending}>
        {asked ? '验证并登录' : '登录'}
      </Button>
      {asked && (
        <Button
          type="link"
          onClick={() => {
            setAsked(false)
            signIn.reset()
          }}
        >
          换一个用户
        </Button>
      )}
    </form>
  )
}
