/** The one h1 of a page, with a line under it. */
import type { ReactNode } from 'react'

export function PageHeading({ title, children }: { title: ReactNode; children?: ReactNode }) {
  return (
    <div className="flex flex-col gap-1.5">
      <h1 className="text-2xl font-semibold tracking-tight wrap-anywhere sm:text-[1.75rem]">{title}</h1>
      {children && <p className="max-w-prose text-soft">{children}</p>}
    </div>
  )
}
