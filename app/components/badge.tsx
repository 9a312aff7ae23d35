/** A word or two about the thing beside it. */
import type { ReactNode } from 'react'

export function Badge({ children }: { children: ReactNode }) {
  return (
    <span className="inline-flex items-center rounded-full bg-wash px-2.5 py-0.5 text-xs font-medium text-accent-strong">
      {children}
    </span>
  )
}
