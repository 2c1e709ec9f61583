import type { Me } from '#contract'
import { Input } from 'antd'
import type { InputRef } from 'antd'
import { DownOutlined, RightOutlined } from '@ant-design/icons'
import { useRef, useState } from 'react'
import { Link, useLocation, useNavigate } from 'react-router'
import { useKeys } from '../ui/keys.ts'
import type { Place, PlaceGroup } from './places.ts'
import { hatsOf, placesOf } from './places.ts'
import { useOpenCounts, useTasks } from './queries.ts'

const store = 'gongshu.nav'
/** Sections that somebody opened or closed on this device; of all others the work in hand decides. */
const readKept = (): Readonly<Record<string, boolean>> => {
  try {
    return JSON.parse(localStorage.getItem(store) ?? '{}') as Record<string, boolean>
  } catch {
    return {}
  }
}

/** The longest place that leads here: one's own organisation lies inside all organisations. */
const placeAt = (groups: readonly PlaceGroup[], pathname: string): string | undefined =>
  groups
    .flatMap((g) => g.places.map((p) => p.to))
    .filter((to) => pathname === to || pathname.startsWith(`${to}/`))
    .sort((a, b) => b.length - a.length)[0]

/**
 * Where one can go: tasks on top, then a section for each capability, open where work is in hand and where one is, and the first of them. The box above finds
 * a place by its name; the key `g` comes here, Enter goes to the first that fits.
 */
export const Navigation = ({ me }: { me: Me }) => {
  const { pathname } = useLocation()
  const navigate = useNavigate()
  const [q, setQ] = useState('')
  const [kept, setKept] = useState(readKept)
  const input = useRef<InputRef>(null)
  useKeys({ g: () => input.current?.focus() })
  const groups = placesOf(hatsOf(me))
  const here = placeAt(groups, pathname)
  const counts = useOpenCounts(groups.flatMap((g) => g.places.flatMap((p) => (p.count ? [p.count] : []))))
  const wanted = q.trim()
  const found = groups.flatMap((g) => g.places).filter((p) => p.term.includes(wanted))
  const keep = (key: string, open: boolean): void => {
    const next = { ...kept, [key]: open }
    localStorage.setItem(store, JSON.stringify(next))
    setKept(next)
  }
  const link = (p: Place) => (
    <NavPlace key={p.to} place={p} here={p.to === here} open={p.count ? (counts[p.count] ?? 0) : 0} />
  )
  return (
    <nav className="nav" aria-label="工作台">
      <div className="nav-find">
        <Input
          ref={input}
          size="small"
          allowClear
          value={q}
          placeholder="找一个栏目"
          aria-label="找一个栏目"
          aria-keyshortcuts="g"
          suffix={q === '' ? <kbd aria-hidden>g</kbd> : null}
          onChange={(e) => setQ(e.target.value)}
          onKeyDown={(e) => {
            if (e.key === 'Escape') {
              setQ('')
              input.current?.blur()
            }
            // while a Chinese word is being composed, Enter belongs to the input method
            if (e.key !== 'Enter' || e.nativeEvent.isComposing || wanted === '' || !found[0]) return
            setQ('')
            void navigate(found[0].to)
          }}
        />
      </div>
      {wanted === '' ? (
        groups.map((g, n) =>
          g.key === '' ? (
            <div key={g.key}>{g.places.map(link)}</div>
          ) : (
            <Section
              key={g.key}
              group={g}
              here={g.places.some((p) => p.to === here)}
              open={
                kept[g.key] ??
                // the data one holds, or may ask for, is where everybody begins
                (n === 1 ||
                  g.places.some((p) => p.to === here || (p.count !== undefined && (counts[p.count] ?? 0) > 0)))
              }
              keep={(open) => keep(g.key, open)}
            >
              {g.places.map(link)}
            </Section>
          ),
        )
      ) : (
        <div role="status" aria-label="找到的栏目">
          {found.map(link)}
          {found.length === 0 && <p className="nav-none">没有这样的栏目</p>}
        </div>
      )}
    </nav>
  )
}

const Section = ({
  group,
  here,
  open,
  keep,
  children,
}: {
  group: PlaceGroup
  /** Contains the page that is shown. */
  here: boolean
  open: boolean
  keep: (open: boolean) => void
  children: React.ReactNode
}) => (
  <div>
    <button
      type="button"
      className={here && !open ? 'nav-group on' : 'nav-group'}
      aria-expanded={open}
      aria-controls={`nav-${group.key}`}
      onClick={() => keep(!open)}
    >
      {group.term}
      {open ? <DownOutlined aria-hidden /> : <RightOutlined aria-hidden />}
    </button>
    <div id={`nav-${group.key}`} hidden={!open}>
      {children}
    </div>
  </div>
)

const NavPlace = ({ place, here, open }: { place: Place; here: boolean; open: number }) => {
  const tasks = useTasks()
  const late = place.count === 'tasks' && tasks.data?.rows.some((r) => r.due?.kind === 'limit' && r.due.left < 0)
  const count = place.count === 'tasks' ? (tasks.data?.total ?? 0) : open
  return (
    <Link to={place.to} className={here ? 'on' : undefined} {...(here ? { 'aria-current': 'page' as const } : {})}>
      <span>{place.term}</span>
      {count > 0 && (
        <span className={late ? 'count late' : 'count'}>
          {count >= 10_000 ? '9999+' : count}
          <span className="unseen">{late ? '件，有逾期' : '件'}</span>
        </span>
      )}
    </Link>
  )
}
