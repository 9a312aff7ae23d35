/** Every place this account is logged in: this browser first. Any of the others can be ended here. */
import type { Metadata } from 'next'

import { DoneNotice, type DoneParams } from '#components/done-notice'
import { EmptyState } from '#components/empty-state'
import { PageHeading } from '#components/page-heading'
import { requirePrincipal } from '#lib/web/require-principal'
import { listSessions } from '#lib/web/session-list'

import { EndOthersForm } from './end-others-form'
import { SessionCard } from './session-card'

export const metadata: Metadata = { title: 'Sessions' }

const done = {
  session: 'The session is ended.',
  others: 'All other sessions are ended.',
}

export default async function SessionsPage({ searchParams }: { searchParams: DoneParams }) {
  const sessions = await listSessions(await requirePrincipal())
  const others = sessions.filter((session) => !session.current)
  return (
    <>
      <PageHeading title="Sessions">
        Each is one login in one browser or program. End those you do not know, then change your password.
      </PageHeading>
      <DoneNotice searchParams={searchParams} sentences={done} />
      <h2 id="current" className="sr-only">
        This session
      </h2>
      <ul aria-labelledby="current">
        {sessions
          .filter((session) => session.current)
          .map((session) => (
            <SessionCard key={session.id} session={session} />
          ))}
      </ul>
      <section aria-labelledby="others" className="flex flex-col gap-4">
        <div className="flex flex-wrap items-center justify-between gap-3">
          <h2 id="others" className="text-lg font-semibold tracking-tight">
            Other sessions
          </h2>
          {others.length > 0 && <EndOthersForm />}
        </div>
        {others.length === 0 && <EmptyState>You are logged in nowhere else.</EmptyState>}
        <ul aria-labelledby="others" className="flex flex-col gap-3">
          {others.map((session) => (
            <SessionCard key={session.id} session={session} />
          ))}
        </ul>
      </section>
    </>
  )
}
