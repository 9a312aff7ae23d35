/** A raised sheet. On a phone the sheet of a lone form is the page itself, so `bare` gives up its edges there. */
import type { ReactNode } from 'react'

export function Card({ bare = false, children }: { bare?: boolean; children: ReactNode }) {
  const edges = bare
    ? 'sm:rounded-2xl sm:border sm:border-line sm:bg-surface sm:p-8 sm:shadow-card'
    : 'rounded-2xl border border-line bg-surface p-5 sm:p-7'
  return <div className={edges}>{children}</div>
}
