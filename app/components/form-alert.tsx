/** What a refused form says as a whole. It can take focus, so that a screen reader starts there. */
import { CircleAlert } from 'lucide-react'
import type { ReactNode } from 'react'

export function FormAlert({ children }: { children: ReactNode }) {
  return (
    <div
      role="alert"
      tabIndex={-1}
      className="flex gap-2.5 rounded-lg border border-danger-line bg-danger-wash px-3.5 py-3 text-sm text-ink"
    >
      <CircleAlert aria-hidden="true" className="mt-px size-4.5 shrink-0 text-danger" />
      <p>{children}</p>
    </div>
  )
}
