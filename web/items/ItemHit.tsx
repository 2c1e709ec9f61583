import type { FoundItem, ItemList } from '#contract'
import { Fragment } from 'react'
import { Link } from 'react-router'
import type { Tone } from '../ui/chips.tsx'
import { pieces } from './chosen.ts'

type Hit = ItemList['rows'][number]
type Marks = Hit['marks']['name']

const Marked = ({ text, marks }: { text: string; marks: Marks }) => (
  <>
    {pieces(text, marks).map((p, i) => (p.hit ? <mark key={i}>{p.text}</mark> : <Fragment key={i}>{p.text}</Fragment>))}
  </>
)

const access: Readonly<Record<string, Tone>> = { unconditional: 'ok', conditional: 'blue', none: '' }

/** Sharing, opening and grade in their words; what has not been said is left out. */
export const ItemChips = ({ item: i }: { item: FoundItem }) => (
  <>
    {i.sharing && <span className={`chip ${access[i.sharing] ?? ''}`}>{i.sharingTerm}</span>}
    {i.opening && <span className={`chip ${access[i.opening] ?? ''}`}>{i.openingTerm}</span>}
    {i.object === 'resource' && <span className="chip">{i.gradeTerm}</span>}
    {i.collected === false && <span className="chip warn">待归集</span>}
    {i.registered && <span className="chip ok">已登记</span>}
    {i.batch && <span className="chip blue">{i.batch}</span>}
  </>
)

/** One hit of the catalogue, with what was asked for marked in it. */
export const ItemHit = ({ item: i, to }: { item: Hit; to: string }) => (
  <li className="it-hit">
    <h2>
      <Link to={to}>
        <Marked text={i.name} marks={i.marks.name} />
      </Link>
      {i.object === 'product' && <span className="chip">{i.objectTerm}</span>}
    </h2>
    <p className="sub">
      {i.units.map((u, n) => (
        <Fragment key={u}>
          {n > 0 && '、'}
          <Marked text={u} marks={i.marks.units[n] ?? []} />
        </Fragment>
      ))}
      {[i.divisionName, i.industry, i.formatTerm, i.frequency && `更新频率 ${i.frequency}`]
        .filter(Boolean)
        .map((f) => ` · ${f}`)}
    </p>
    {i.summary && (
      <p className="it-summary">
        <Marked text={i.summary} marks={i.marks.summary} />
      </p>
    )}
    <p className="it-foot small">
      <ItemChips item={i} />
      {i.code && <span className="muted">{i.code}</span>}
      <span className="muted">{i.updated}</span>
    </p>
  </li>
)
