/** A calm sentence above a form or list: something ended, something is done. */
import { Info } from 'lucide-react'
import type { ReactNode } from 'react'

export function Notice({ children }: { children: ReactNode }) {
  return (
    <p role="status" className="flex gap-2.5 rounded-lg bg-wash px-3.5 py-3 text-sm text-ink">
      <Info aria-hidden="true" className="mt-px size-4.5 shrink-0 text-accent" />
      <span>{children}</span>
    </p>
  )
}
