/** The account pages and the way between them: a column beside the page, on a phone a row above it. */
import type { ReactNode } from 'react'

import { requirePrincipal } from '#lib/web/require-principal'

import { AccountNav } from './account-nav'

export default async function AccountPagesLayout({ children }: { children: ReactNode }) {
  await requirePrincipal()
  return (
    <div className="grid gap-x-12 gap-y-6 md:grid-cols-[11rem_minmax(0,1fr)]">
      <AccountNav />
      <div className="flex min-w-0 flex-col gap-8">{children}</div>
    </div>
  )
}
