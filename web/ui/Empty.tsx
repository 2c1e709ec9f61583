import type { ReactNode } from 'react'

/** An empty place says what will come here and what one can do meanwhile. */
export const Empty = ({ title, says, children }: { title: string; says?: string; children?: ReactNode }) => (
  <div className="empty">
    <h2>{title}</h2>
    {says && <p className="sub">{says}</p>}
    {children && <div className="empty-act">{children}</div>}
  </div>
)
