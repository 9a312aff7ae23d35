/** What this is, and the two ways in. */
import Link from 'next/link'

import { buttonLook } from '#components/button'
import { KeyCut } from '#components/key-cut'
import { SiteFooter } from '#components/site-footer'
import { SiteHeader } from '#components/site-header'
import { redirectIfLoggedIn } from '#lib/web/require-principal'

const promises = [
  {
    title: 'Never logged out by accident',
    text: 'Lost replies, many tabs at once, a restart: the session carries on. Only its end, or yours, is the end.',
  },
  {
    title: 'Ended means ended',
    text: 'Log out or end a session from another device, and its tokens stop working, not just its cookie.',
  },
  {
    title: 'Yours to keep',
    text: 'Accounts, keys and sessions stay on your own server. No script from elsewhere runs on these pages.',
  },
]

export default async function StartPage() {
  await redirectIfLoggedIn(undefined)
  return (
    <>
      <SiteHeader />
      <main id="content" tabIndex={-1} className="mx-auto flex w-full max-w-5xl flex-1 flex-col px-4 sm:px-6">
        <div className="grid items-center gap-12 py-14 sm:py-20 lg:grid-cols-[1.05fr_1fr]">
          <div className="flex flex-col gap-6">
            <h1 className="text-[2.375rem]/[1.08] font-semibold tracking-[-0.03em] sm:text-5xl/[1.06]">
              The front door of your app, on your own server
            </h1>
            <p className="max-w-prose text-lg/relaxed text-soft">
              Latchkey is self-hosted login for Next.js: real forms, cookies no script can read, and tokens that renew
              themselves before anybody notices.
            </p>
            <div className="flex flex-wrap gap-3">
              <Link href="/register" className={buttonLook('primary', 'px-6')}>
                Register
              </Link>
              <Link href="/login" className={buttonLook('secondary', 'px-6')}>
                Log in
              </Link>
            </div>
          </div>
          <RefreshFigure />
        </div>
        <ul className="grid gap-x-10 gap-y-8 border-t border-line py-12 sm:grid-cols-3">
          {promises.map(({ title, text }) => (
            <li key={title} className="flex flex-col gap-1.5">
              <h2 className="font-semibold tracking-tight">{title}</h2>
              <p className="text-[0.9375rem] text-soft">{text}</p>
            </li>
          ))}
        </ul>
      </main>
      <SiteFooter />
    </>
  )
}

/** Two tokens of one session, as keys: the old one nearly used up, its successor whole. */
function RefreshFigure() {
  return (
    <figure className="flex flex-col gap-5 rounded-2xl border border-line bg-surface p-6 shadow-card sm:p-8">
      <TokenKey id="3fa2c07b" left={0.16} note="1:36 left" />
      <TokenKey id="91bc5e2d" left={1} note="10:00 left" />
      <figcaption className="text-sm text-soft">
        A key that runs out after ten minutes, and the one that is already in its place. Register, and watch yours
        change on the dashboard.
      </figcaption>
    </figure>
  )
}

function TokenKey({ id, left, note }: { id: string; left: number; note: string }) {
  return (
    <div className="flex flex-col gap-1" aria-hidden="true">
      <KeyCut id={id} left={left} className="w-full" />
      <p className="flex justify-between text-sm text-soft tabular-nums">
        <span>{id}</span>
        <span>{note}</span>
      </p>
    </div>
  )
}
