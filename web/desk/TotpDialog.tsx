import { useMutation, useQuery } from '@tanstack/react-query'
import { App, Button, Input, Modal, QRCode, Spin } from 'antd'
import { useState } from 'react'
import { queries, send } from '../api.ts'
import { Trouble } from '../ui/Trouble.tsx'

/** Setting up the second factor: scan, then prove it with one code. */
export const TotpDialog = ({ close }: { close: () => void }) => {
  const { message } = App.useApp()
  const [code, setCode] = useState('')
  const begun = useQuery({
    queryKey: ['totp'],
    queryFn: () => send<{ secret: string; uri: string }>('POST', '/session/totp'),
    staleTime: Infinity,
    gcTime: 0,
  })
  const confirm = useMutation({
    mutationFn: () => send('PUT', '/session/totp', { secret: begun.data?.secret, code }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['me'] })
      message.success('动态口令已启用，下次登录时生效')
      close()
    },
  })
  return (
    <Modal open title="设置动态口令" onCancel={close} footer={null} width={460}>
      {begun.isError ? (
        <Trouble error={begun.error} again={() => void begun.refetch()} />
      ) : !begun.data ? (
        <Spin />
      ) : (
        <form
          className="stack"
          onSubmit={(e) => {
            e.preventDefault()
            confirm.mutate()
          }}
        >
          <p className="sub">1. 用手机验证器扫描二维码，或手工输入密钥。</p>
          <div className="line">
            <QRCode value={begun.data.uri} size={160} aria-label="动态口令二维码，内容即旁边的密钥" />
            <div>
              <div className="muted small">密钥</div>
              <code style={{ overflowWrap: 'anywhere' }}>{begun.data.secret}</code>
            </div>
          </div>
          <label className="field">
            <span className="sub">2. 输入验证器显示的 6 位数字</span>
            <Input
              autoFocus
              required
              inputMode="numeric"
              autoComplete="one-time-code"
              pattern="[0-9]{6}"
              maxLength={6}
              value={code}
              onChange={(e) => setCode(e.target.value.trim())}
            />
          </label>
          {confirm.isError && <Trouble error={confirm.error} />}
          <Button type="primary" htmlType="submit" loading={confirm.isPending}>
            启用
          </Button>
        </form>
      )}
    </Modal>
  )
}
