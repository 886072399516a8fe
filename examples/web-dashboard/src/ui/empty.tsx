import type { ReactNode } from 'react'

/** Nothing to show, which is no failure: says so, and what to do next. */
export const Empty = ({ title, children }: { title: string; children?: ReactNode }) => (
  <div className="empty">
    <p className="empty-title">{title}</p>
    {children}
  </div>
)
