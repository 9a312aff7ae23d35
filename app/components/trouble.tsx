/** A whole page that says what went wrong and where to go from here. */
import type { ReactNode } from 'react'

import { LogoMark } from '#components/logo'

export function Trouble({
  title,
  text,
  reference,
  children,
}: {
  title: string
  text: string
  reference?: string
  children: ReactNode
}) {
  return (
    <main
      id="content"
      tabIndex={-1}
      className="mx-auto flex w-full max-w-md flex-1 flex-col justify-center gap-6 px-5 py-16"
    >
      <LogoMark className="size-12" />
      <div className="flex flex-col gap-2">
        <h1 className="text-2xl font-semibold tracking-tight">{title}</h1>
        <p className="text-soft">{text}</p>
        {reference && (
          <p className="text-sm text-soft">
            Reference: <span className="text-ink tabular-nums">{reference}</span>
          </p>
        )}
      </div>
      <div className="flex flex-wrap gap-3">{children}</div>
    </main>
  )
}
