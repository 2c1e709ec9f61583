import { Button, Checkbox, Input, Modal, Typography } from 'antd'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'react-router'
import { get, problemOf, send } from '../api.ts'
import { Trouble } from '../ui/Trouble.tsx'
import { afterAct } from './queries.ts'

interface Person {
  readonly membership: string
  readonly person: string
  readonly name: string
  readonly realName: boolean
  readonly active: boolean
  readonly duties: readonly string[]
  readonly login: string | null
  readonly totp: boolean
  readonly locked: boolean
  readonly trainings: readonly { readonly term: string; readonly until: string }[]
}

const duties = [
  { value: 'handler', label: '经办' },
  { value: 'approver', label: '复核' },
  { value: 'admin', label: '管理员' },
  { value: 'auditor', label: '审计员' },
  { value: 'keeper', label: '保管' },
  { value: 'sysadmin', label: '系统管理员' },
  { value: 'secadmin', label: '安全管理员' },
  { value: 'auditadmin', label: '审计管理员' },
]
const dutyTerms = (held: readonly string[]): string =>
  held.map((d) => duties.find((x) => x.value === d)?.label ?? d).join('、')

/** The people of an organisation with their duties and accounts, for its administrators. */
export const People = ({ org, name }: { org: string; name: string }) => {
  const { data, error, refetch } = useQuery({
    queryKey: ['list', 'people-of', org],
    queryFn: ({ signal }) => get<Person[]>(`/organisations/${org}/people`, undefined, signal),
  })
  return (
    <section className="card" aria-labelledby="people">
      <header className="card-head">
        <h2 id="people">人员与岗位</h2>
        <div className="grow" />
        <Invite org={org} name={name} />
      </header>
      {error ? (
        <div className="loose">
          <Trouble error={error} again={() => void refetch()} />
        </div>
      ) : data?.length === 0 ? (
        <p className="loose muted">还没有人员。邀请后由本人设置账号和密码。</p>
      ) : (
        <table className="cases plain">
          <thead>
            <tr>
              <th scope="col">姓名</th>
              <th scope="col">实名</th>
              <th scope="col">岗位</th>
              <th scope="col">账号</th>
              <th scope="col">动态口令</th>
              <th scope="col">平台培训</th>
              <th scope="col">
                <span className="unseen">操作</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {data?.map((p) => (
              <tr key={p.membership}>
                <td>
                  <Link to={`/desk/people/${p.person}`}>{p.name}</Link>
                </td>
                <td>{p.realName ? '已核验' : <span className="muted">未核验</span>}</td>
                <td>{dutyTerms(p.duties)}</td>
                <td>
                  {p.login ?? <span className="muted">未启用</span>}
                  {p.locked && <span className="chip warn">已锁定</span>}
                  {!p.active && <span className="chip warn">已停用</span>}
                </td>
                <td>{p.totp ? '已设置' : <span className="muted">未设置</span>}</td>
                <td>
                  {p.trainings.length === 0 && <span className="muted">无</span>}
                  {p.trainings.map((t) => (
                    <div key={t.term + t.until}>
                      {t.term} <span className="sub small">至 {t.until}</span>
                    </div>
                  ))}
                </td>
                <td className="end">
                  <Link to={`/desk/memberships/${p.membership}`}>调整岗位</Link>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}

/** Enrols a person with duties in an organisation and shows, once, the link to pass on. */
const Invite = ({ org, name }: { org: string; name: string }) => {
  const [open, setOpen] = useState(false)
  const [who, setWho] = useState('')
  const [chosen, setChosen] = useState<string[]>(['handler'])
  const invite = useMutation({
    mutationFn: () =>
      send<{ id: string; invitation: string }>('POST', `/organisations/${org}/people`, {
        name: who.trim(),
        duties: chosen,
      }),
    onSuccess: () => afterAct(),
  })
  const close = (): void => {
    setOpen(false)
    setWho('')
    invite.reset()
  }
  const link = invite.data && new URL(invite.data.invitation, location.origin).href
  const fields = invite.isError ? problemOf(invite.error).fields : undefined
  return (
    <>
      <Button onClick={() => setOpen(true)}>邀请人员</Button>
      {open && !link && (
        <Modal
          open
          title={`邀请人员：${name}`}
          okText="登记并生成邀请"
          okButtonProps={{ disabled: who.trim() === '' || chosen.length === 0 }}
          confirmLoading={invite.isPending}
          onOk={() => invite.mutate()}
          onCancel={close}
        >
          <div className="stack">
            {invite.isError && <Trouble error={invite.error} again={() => invite.mutate()} />}
            <label className="field">
              <span>
                姓名<span className="must">*</span>
              </span>
              <Input autoFocus maxLength={50} autoComplete="off" value={who} onChange={(e) => setWho(e.target.value)} />
              {fields?.['name'] && <em role="alert">{fields['name']}</em>}
            </label>
            <fieldset>
              <legend>
                岗位<span className="must">*</span>
              </legend>
              <Checkbox.Group options={duties} value={chosen} onChange={setChosen} />
              <p className="muted small">
                同一事项的经办与复核须由不同的人办理；系统、安全、审计管理员须由三人分别担任。
              </p>
            </fieldset>
          </div>
        </Modal>
      )}
      {open && link && (
        <Modal open title={`已登记：${who}`} footer={<Button onClick={close}>完成</Button>} onCancel={close}>
          <p>
            请通过可靠渠道把下面的邀请链接交给本人。本人打开后自行设置账号和密码。链接只能使用一次，关闭后不再显示。
          </p>
          <Typography.Paragraph className="invite" copyable={{ text: link, tooltips: ['复制', '已复制'] }}>
            {link}
          </Typography.Paragraph>
        </Modal>
      )}
    </>
  )
}
