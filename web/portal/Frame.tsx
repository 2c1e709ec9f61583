import { Suspense, useEffect, useRef, useState } from 'react'
import { Link, NavLink, Outlet, ScrollRestoration, useLocation } from 'react-router'
import { Banner } from '../frame/Banner.tsx'
import { useLarge } from '../frame/large.ts'

const places = [
  { to: '/', term: '资源与产品' },
  { to: '/items', term: '目录查询' },
  { to: '/datasets', term: '开放数据' },
  { to: '/demands', term: '数据需求' },
  { to: '/authorizations', term: '授权情况' },
  { to: '/catalogue', term: '目录概况' },
  { to: '/notices', term: '公示' },
  { to: '/selections', term: '遴选' },
  { to: '/announcements', term: '公告' },
  { to: '/verify', term: '核验' },
  { to: '/registrars', term: '登记机构' },
  { to: '/policies', term: '规则库' },
  { to: '/help', term: '帮助' },
]

export const Frame = () => {
  const { pathname } = useLocation()
  const { large, setLarge } = useLarge()
  const [open, setOpen] = useState(false)
  const [cameFrom, setCameFrom] = useState(pathname)
  const main = useRef<HTMLElement>(null)

  if (cameFrom !== pathname) {
    setCameFrom(pathname)
    setOpen(false)
  }
  // a screen reader learns of the new page; the first page keeps the browser's own start
  const first = useRef(true)
  useEffect(() => {
    if (!first.current) main.current?.focus({ preventScroll: true })
    first.current = false
  }, [pathname])

  return (
    <div className="portal">
      <a className="p-skip" href="#main">
        跳到正文
      </a>
      <header>
        <Banner />
        <div className="p-top">
          <div className="p-wrap">
            <Link to="/" className="p-brand">
              <b>公数</b>
              <span>公共数据资源登记</span>
            </Link>
            <button className="p-menu" aria-expanded={open} aria-controls="places" onClick={() => setOpen(!open)}>
              {open ? '收起' : '菜单'}
            </button>
            <nav id="places" className={open ? 'open' : ''} aria-label="门户栏目">
              {places.map((p) => (
                <NavLink
                  key={p.to}
                  to={p.to}
                  end={p.to === '/'}
                  className={p.to === '/' && pathname.startsWith('/records/') ? 'active' : ''}
                >
                  {p.term}
                </NavLink>
              ))}
              <button className="p-large" aria-pressed={large} onClick={() => setLarge(!large)}>
                {large ? '标准字号' : '大字版'}
              </button>
              <Link to="/desk" className="p-enter">
                进入工作台
              </Link>
            </nav>
          </div>
        </div>
      </header>
      <main id="main" ref={main} tabIndex={-1}>
        <Suspense fallback={null}>
          <Outlet />
        </Suspense>
      </main>
      <footer className="p-foot">
        <div className="p-wrap">
          <p>登记簿对社会公开，查询与核验不需要登录。办理登记、提出异议请实名登录。</p>
          <nav aria-label="页脚">
            <Link to="/help">帮助</Link>
            <Link to="/policies">规则库</Link>
            <Link to="/registrars">登记机构名录</Link>
            <Link to="/platform-rules">平台规则</Link>
            <Link to="/experts">专家库</Link>
            <Link to="/consultations">公开征求意见</Link>
            <Link to="/log">公开日志</Link>
            <Link to="/api-docs">开放接口</Link>
          </nav>
        </div>
      </footer>
      <ScrollRestoration />
    </div>
  )
}
