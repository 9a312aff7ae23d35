/** The bar at the top: the name, which leads home, and what the page puts at its end. */
import Link from 'next/link'
import type { ReactNode } from 'react'

import { Logo } from '#components/logo'

export function SiteHeader({ home = '/', children }: { home?: string; children?: ReactNode }) {
  return (
    <header className="border-b border-line bg-surface">
      <div className="mx-auto flex h-16 w-full max-w-5xl items-center justify-between gap-4 px-4 sm:px-6">
        <Link href={home} className="-mx-1 flex min-h-11 items-center rounded-lg px-1">
          <Logo />
        </Link>
        {children}
      </div>
    </header>
  )
}
