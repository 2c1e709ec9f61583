import { App, Skeleton } from 'antd'
import type { FormEvent, ReactNode } from 'react'
import { Fragment, useEffect, useState } from 'react'
import { Link, useNavigate } from 'react-router'
import { marked } from './words.ts'

const useTitle = (title: string): void => {
  useEffect(() => {
    document.title = `${title} · 公数`
  }, [title])
}

/** A page with a heading and one sentence on what it is for. */
export const Page = ({
  title,
  lead,
  crumbs,
  tools,
  children,
}: {
  title: string
  lead?: ReactNode
  crumbs?: ReactNode
  tools?: ReactNode
  children: ReactNode
}) => {
  useTitle(title)
  return (
    <div className="p-wrap p-page">
      {crumbs && <div className="p-crumbs">{crumbs}</div>}
      <div className="p-head">
        <div className="grow">
          <h1>{title}</h1>
          {lead && <p className="p-lead">{lead}</p>}
        </div>
        {tools && <div className="p-tools">{tools}</div>}
      </div>
      {children}
    </div>
  )
}

/** For pages that set their own heading. */
export const Titled = ({ title }: { title: string }) => {
  useTitle(title)
  return null
}

export const Waiting = ({ rows = 6 }: { rows?: number }) => (
  <div className="p-waiting" aria-busy="true">
    <span className="unseen">正在读取…</span>
    <Skeleton active={false} title={false} paragraph={{ rows }} />
  </div>
)

/** Nothing here, and where to go instead. */
export const Nothing = ({ title, says, children }: { title: string; says?: ReactNode; children?: ReactNode }) => {
  useTitle(title)
  return (
    <div className="p-wrap p-page">
      <div className="p-empty">
        <h1>{title}</h1>
        {says && <p className="sub">{says}</p>}
        {children ?? (
          <ul>
            <li>
              <Link to="/">查询登记簿</Link>
            </li>
            <li>
              <Link to="/verify">核验登记码或登记证</Link>
            </li>
          </ul>
        )}
      </div>
    </div>
  )
}

export const Marked = ({ text, query }: { text: string; query: string }) => (
  <>
    {query ? marked(text, query).map((piece, i) => (piece.hit ? <mark key={i}>{piece.text}</mark> : piece.text)) : text}
  </>
)

export const DemoChip = () => <span className="chip warn">演示 · 不具法律效力</span>

/** 登记有效 and nothing else: the state in words stands beside it. A demo registration carries a broken ring. */
export const Seal = ({ demo, big }: { demo: boolean; big?: boolean }) => (
  <div className={`p-seal${demo ? ' trial' : ''}${big ? ' big' : ''}`} aria-hidden="true">
    <span>登记</span>
    <span>有效</span>
    {demo && <small>演示</small>}
  </div>
)

/** The codes of one or several, in the order of their names; one that is not checked yet is empty. */
export const Uscc = ({ value }: { value: string }) =>
  value.split('、').map((code, i) => (
    <Fragment key={i}>
      {i > 0 && '、'}
      {code ? <span className="p-mono">{code}</span> : <span className="chip warn">待核</span>}
    </Fragment>
  ))

export const Copy = ({ text, what }: { text: string; what: string }) => {
  const { message } = App.useApp()
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text)
      message.success(`已复制${what}`)
    } catch {
      message.warning('浏览器不允许复制，请选中文字后手动复制')
    }
  }
  return (
    <button className="p-copy" onClick={() => void copy()} aria-label={`复制${what}`}>
      复制
    </button>
  )
}

export const CodeLink = ({ code }: { code: string }) => <Link to={recordPath(code)}>{code}</Link>
export const recordPath = (code: string): string => `/records/${encodeURIComponent(code)}`

/** The box that finds in one list of the portal, whose address keeps what was asked. */
export const Find = ({ path, what, query }: { path: string; what: string; query: string }) => {
  const navigate = useNavigate()
  const [text, setText] = useState(query)
  const find = (e: FormEvent): void => {
    e.preventDefault()
    void navigate(text.trim() ? `${path}?q=${encodeURIComponent(text.trim())}` : path)
  }
  return (
    <form className="p-box p-narrowbox" role="search" onSubmit={find}>
      <div>
        <input
          type="search"
          aria-label={what}
          placeholder={what}
          value={text}
          onChange={(e) => setText(e.target.value)}
          maxLength={100}
          autoComplete="off"
        />
        <button type="submit">查询</button>
      </div>
    </form>
  )
}
