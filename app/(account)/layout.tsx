/** The frame of every page behind the login. It checks the session for what it shows itself; each page checks again. */
import type { ReactNode } from 'react'

import { AccountMenu } from '#components/account-menu'
import { LogOutForm } from '#components/log-out-form'
import { SiteHeader } from '#components/site-header'
import { ThemeChoice } from '#components/theme-choice'
import { requirePrincipal } from '#lib/web/require-principal'
import { readTheme } from '#lib/web/theme'

import { SessionWatch } from './session-watch'

export default async function AccountLayout({ children }: { children: ReactNode }) {
  const { user } = await requirePrincipal()
  return (
    <>
      <SessionWatch />
      <SiteHeader home="/dashboard">
        <AccountMenu email={user.email}>
          <div className="flex items-center justify-between gap-3 border-t border-line px-3 py-2.5 text-sm text-soft">
            Theme
            <ThemeChoice theme={await readTheme()} />
          </div>
          <div className="border-t border-line pt-1.5">
            <LogOutForm tone="quiet" className="w-full justify-start! px-3!" />
          </div>
        </AccountMenu>
      </SiteHeader>
      <main
        id="content"
        tabIndex={-1}
        className="mx-auto flex w-full max-w-5xl flex-1 flex-col gap-8 px-4 py-8 sm:px-6 sm:py-12"
      >
        {children}
      </main>
    </>
  )
}
