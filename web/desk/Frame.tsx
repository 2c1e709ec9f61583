import type { Me, Persona } from '#contract'
import { useMutation } from '@tanstack/react-query'
import { Alert, App, Badge, Button, Dropdown, Modal } from 'antd'
import { BellOutlined, DownOutlined } from '@ant-design/icons'
import { useEffect, useRef, useState } from 'react'
import { Link, Navigate, Outlet, useLocation, useNavigate } from 'react-router'
import { nowActing, problemOf, send, useMe } from '../api.ts'
import { SignInForm } from '../entry/SignInForm.tsx'
import { Banner } from '../frame/Banner.tsx'
import { PersonaCards } from '../frame/PersonaCards.tsx'
import { useLarge } from '../frame/large.ts'
import { Navigation } from './Navigation.tsx'
import { Search } from './Search.tsx'
import { TotpDialog } from './TotpDialog.tsx'
import { useNotices } from './queries.ts'

/** The workbench around every page: day, brand, search, notices, hats, navigation. */
export const Frame = () => {
  const me = useMe()
  const { pathname, search } = useLocation()
  // who was last here: a session that ends over an open page is renewed in place, what was typed stays
  const [held, setHeld] = useState<Me>()
  if (me && me !== held) setHeld(me)
  const main = useRef<HTMLElement>(null)
  const first = useRef(true)
  useEffect(() => {
    if (!first.current) main.current?.focus({ preventScroll: true })
    first.current = false
    scrollTo(0, 0)
  }, [pathname])
  const resume = useMutation({
    mutationFn: (p: Persona) => send<Me>('POST', '/demo/persona', { person: p.person, org: p.org }),
    onSuccess: nowActing,
  })
  if (me === undefined && !held) return null
  const shown = me ?? held
  if (!shown) return <Navigate to={`/sign-in?to=${encodeURIComponent(pathname + search)}`} replace />
  return (
    <div className="desk">
      <a className="skip" href="#main">
        跳到正文
      </a>
      <Banner />
      <Top me={shown} />
      <div className="body">
        <Navigation me={shown} />
        <main id="main" ref={main} tabIndex={-1} key={`${shown.person} ${shown.org}`}>
          {!shown.demo && !shown.totp && shown.duties.some((d) => d !== 'handler') && <SecondFactor />}
          <Outlet />
        </main>
      </div>
      {me === null && (
        <Modal open title="登录已过期" footer={null} closable={false} width={shown.demo ? 840 : 400}>
          <p className="sub" style={{ marginBottom: 16 }}>
            请重新登录后继续，本页已填写的内容还在。
          </p>
          {shown.demo ? (
            <PersonaCards choose={(p) => resume.mutate(p)} busy={resume.isPending} />
          ) : (
            <SignInForm done={() => undefined} />
          )}
        </Modal>
      )}
    </div>
  )
}

/** Approvers and administrators cannot act before they have a second factor: said where they work, not only when refused. */
const SecondFactor = () => {
  const [open, setOpen] = useState(false)
  return (
    <>
      <Alert
        type="warning"
        showIcon
        style={{ marginBottom: 12 }}
        title="复核与管理岗位须使用动态口令登录，设置后请重新登录。"
        action={
          <Button size="small" onClick={() => setOpen(true)}>
            设置动态口令
          </Button>
        }
      />
      {open && <TotpDialog close={() => setOpen(false)} />}
    </>
  )
}

const Top = ({ me }: { me: Me }) => {
  const navigate = useNavigate()
  const { message } = App.useApp()
  const { large, setLarge } = useLarge()
  const [totp, setTotp] = useState(false)
  const unread = (useNotices().data ?? []).filter((n) => !n.seen).length
  const acting = useMutation({
    mutationFn: (org: string) => send<Me>('POST', '/session/acting', { org }),
    onSuccess: (who) => {
      nowActing(who)
      message.success(`现在以“${who.self ? '本人' : who.orgName}”的身份办理`)
      void navigate('/desk')
    },
    onError: (e) => message.error(problemOf(e).title),
  })
  const leave = useMutation({
    mutationFn: () => send('DELETE', '/session'),
    // away from the desk first: a session that ends here would ask to sign in again
    onSuccess: () => {
      location.assign('/')
    },
    onError: (e) => message.error(problemOf(e).title),
  })
  const hats = [
    ...me.orgs,
    ...(me.orgs.some((o) => o.org === me.person) ? [] : [{ org: me.person, name: '本人', duties: [] }]),
  ]
  return (
    <header className="bar">
      <Link to="/desk" className="brand">
        <i>公数</i> 工作台
      </Link>
      <Search />
      <div className="grow" />
      <Link to="/desk/notices" className="bell" aria-label={unread > 0 ? `通知，${unread} 条未读` : '通知'}>
        <Badge count={unread} size="small" color="#b3261e">
          <BellOutlined />
        </Badge>
      </Link>
      <Dropdown
        trigger={['click']}
        menu={{
          selectedKeys: [me.org],
          items: [
            {
              type: 'group',
              label: '以谁的名义办理',
              children: hats.map((o) => ({
                key: o.org,
                label: (
                  <span>
                    {o.org === me.person ? '本人' : o.name} <span className="muted small">{o.duties.join('、')}</span>
                  </span>
                ),
              })),
            },
          ],
          onClick: ({ key }) => key !== me.org && acting.mutate(key),
        }}
      >
        <Button type="text" className="hat">
          <span title={me.roleTerms.join('、')}>{me.self ? '本人' : me.orgName}</span>
          <span className="muted">{me.dutyTerms.join('、')}</span>
          <DownOutlined />
        </Button>
      </Dropdown>
      <Dropdown
        trigger={['click']}
        menu={{
          items: [
            { key: 'large', label: large ? '恢复标准字号' : '大字版' },
            { key: 'totp', label: me.totp ? '更换动态口令' : '设置动态口令' },
            { key: 'portal', label: '公众门户' },
            { type: 'divider' },
            { key: 'leave', label: '退出登录' },
          ],
          onClick: ({ key }) => {
            if (key === 'large') setLarge(!large)
            if (key === 'totp') setTotp(true)
            if (key === 'portal') void navigate('/')
            if (key === 'leave') leave.mutate()
          },
        }}
      >
        <Button type="text">
          {me.name} <DownOutlined />
        </Button>
      </Dropdown>
      {totp && <TotpDialog close={() => setTotp(false)} />}
    </header>
  )
}
