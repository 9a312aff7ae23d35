/** What a list says when it has nothing to show. */
import type { ReactNode } from 'react'

export function EmptyState({ children }: { children: ReactNode }) {
  return (
    <p className="rounded-xl border border-dashed border-edge px-5 py-8 text-center text-[0.9375rem] text-soft">
      {children}
    </p>
  )
}
