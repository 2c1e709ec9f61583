import type { ActionView } from '#contract'
import { useQuery } from '@tanstack/react-query'
import { App, Button, Checkbox, Modal, Typography } from 'antd'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { get, send, useMe } from '../api.ts'
import { FormDrawer } from '../form/FormDrawer.tsx'
import { PartyPicker } from '../form/PartyField.tsx'
import { afterAct } from './queries.ts'

const useFormOf = (collection: string, wanted: boolean): ActionView | undefined =>
  useQuery({
    queryKey: ['form', collection],
    queryFn: ({ signal }) => get<ActionView>(`/${collection}/form`, undefined, signal),
    enabled: wanted,
    staleTime: Infinity,
  }).data

export const NewOrganisation = () => {
  const navigate = useNavigate()
  const { message } = App.useApp()
  const [open, setOpen] = useState(false)
  const action = useFormOf('organisations', open)
  return (
    <>
      <Button type="primary" onClick={() => setOpen(true)}>
        登记单位
      </Button>
      {open && action && (
        <FormDrawer
          action={action}
          send={(input) => send<{ id: string }>('POST', '/organisations', { input })}
          done={({ id }) => {
            message.success('单位已登记')
            void afterAct()
            void navigate(`/desk/organisations/${id}`)
          }}
          close={() => setOpen(false)}
        />
      )}
    </>
  )
}

const duties = [
  { value: 'handler', label: '经办' },
  { value: 'approver', label: '复核' },
  { value: 'admin', label: '管理员' },
  { value: 'auditor', label: '审计员' },
  { value: 'sysadmin', label: '系统管理员' },
  { value: 'secadmin', label: '安全管理员' },
  { value: 'auditadmin', label: '审计管理员' },
]

/** Enrols a person, gives them duties in an organisation, and shows the invitation to pass on. */
export const NewPerson = () => {
  const me = useMe()
  const [open, setOpen] = useState(false)
  const [org, setOrg] = useState<string | undefined>(me?.org)
  const [chosen, setChosen] = useState<readonly string[]>(['handler'])
  const [invited, setInvited] = useState<{ name: string; url?: string }>()
  const action = useFormOf('people', open)
  return (
    <>
      <Button type="primary" onClick={() => setOpen(true)}>
        邀请人员
      </Button>
      {open && action && (
        <FormDrawer
          action={{ ...action, term: '登记并生成邀请' }}
          title="邀请人员"
          ready={org !== undefined && chosen.length > 0}
          before={
            <div className="stack" style={{ marginBottom: 16 }}>
              <div>
                <label htmlFor="person-org" className="label">
                  所在单位<span className="must">*</span>
                </label>
                <PartyPicker id="person-org" value={org ?? ''} choose={setOrg} />
              </div>
              <fieldset>
                <legend>
                  岗位<span className="must">*</span>
                </legend>
                <Checkbox.Group options={duties} value={[...chosen]} onChange={setChosen} />
                <p className="muted small">
                  同一事项的经办与复核须由不同的人办理；系统、安全、审计管理员须由三人分别担任。
                </p>
              </fieldset>
            </div>
          }
          send={async (input) => ({
            name: String(input['name']),
            ...(await send<{ id: string; invitation?: string }>('POST', '/people', { input, org, duties: chosen })),
          })}
          done={({ name, invitation }) => {
            setInvited({ name, ...(invitation ? { url: invitation } : {}) })
            setOpen(false)
            void afterAct()
          }}
          close={() => setOpen(false)}
        />
      )}
      {invited && (
        <Modal
          open
          title={`已登记：${invited.name}`}
          footer={<Button onClick={() => setInvited(undefined)}>完成</Button>}
          onCancel={() => setInvited(undefined)}
        >
          {invited.url ? (
            <>
              <p>
                请通过可靠渠道把下面的邀请链接交给本人。本人打开后自行设置用户名和密码，链接只能使用一次，关闭后不再显示。
              </p>
              <Typography.Paragraph className="invite" copyable={{ text: invited.url, tooltips: ['复制', '已复制'] }}>
                {invited.url}
              </Typography.Paragraph>
            </>
          ) : (
            <p>该人员已有账号，岗位已生效。</p>
          )}
        </Modal>
      )}
    </>
  )
}
