/** The pages before and after a session: one form in the middle, the mark above it, the theme below. */
import Link from 'next/link'
import type { ReactNode } from 'react'

import { LogoMark } from '#components/logo'
import { SiteFooter } from '#components/site-footer'

export default function AuthLayout({ children }: { children: ReactNode }) {
  return (
    <>
      <header className="flex justify-center px-4 pt-8 sm:pt-[12vh]">
        <Link href="/" aria-label="Latchkey, to the start page" className="rounded-2xl">
          <LogoMark className="size-12" />
        </Link>
      </header>
      <main id="content" tabIndex={-1} className="mx-auto w-full max-w-[27rem] flex-1 px-5 py-6 sm:px-4">
        {children}
      </main>
      <SiteFooter />
    </>
  )
}
