import type { ReactNode } from 'react'
import { Link } from 'react-router'
import './entry.css'

/** The plain page before the workbench: brand, one card, a way back. */
export const EntryPage = ({ wide, children }: { wide?: boolean; children: ReactNode }) => (
  <main className="entry">
    <header className="entry-head">
      <Link to="/" className="brand">
        <i>公数</i> 公共数据资源登记
      </Link>
    </header>
    <div className={wide ? 'card entry-card wide' : 'card entry-card'}>{children}</div>
  </main>
)
