/** Where a login leads: who you are, what this session is, and its silent refresh as it happens. */
import type { Metadata } from 'next'

import { Fact, Facts } from '#components/facts'
import { LocalTime } from '#components/local-time'
import { PageHeading } from '#components/page-heading'
import { Section } from '#components/section'
import { TextLink } from '#components/text-link'
import { requirePrincipal } from '#lib/web/require-principal'

import { LiveSession } from './live-session'

export const metadata: Metadata = { title: 'Dashboard' }

export default async function DashboardPage() {
  const { user, session, access } = await requirePrincipal()
  return (
    <>
      <PageHeading title={`Hello, ${user.email}`}>
        You are logged in, and nothing you do here will log you out by accident.
      </PageHeading>
      <Section
        title="Silent refresh, live"
        about="Your access token is a short-lived key. When it runs out, the next request gets a new one before the page notices."
      >
        <LiveSession
          atFirst={{
            id: session.id,
            generation: session.generation,
            access: {
              id: access.id,
              issuedAt: access.issuedAt.toISOString(),
              expiresAt: access.expiresAt.toISOString(),
            },
          }}
        />
      </Section>
      <Section
        title="This session"
        about={
          <>
            One login in one browser. Yours are all listed under <TextLink href="/account/sessions">Sessions</TextLink>.
          </>
        }
      >
        <Facts>
          <Fact name="Logged in as">{user.username}</Fact>
          <Fact name="Started">
            <LocalTime at={session.createdAt} />
          </Fact>
          <Fact name="Password entered">
            <LocalTime at={session.authTime} />
          </Fact>
          <Fact name="Ends if unused by">
            <LocalTime at={session.idleExpiresAt} />
          </Fact>
          <Fact name="Ends at the latest">
            <LocalTime at={session.absoluteExpiresAt} />
          </Fact>
          <Fact name="Closing the browser">{session.persistent ? 'You stay signed in' : 'Ends the session'}</Fact>
          <Fact name="Address">{session.ip}</Fact>
          <Fact name="Session id">
            <span className="tabular-nums">{session.id}</span>
          </Fact>
        </Facts>
      </Section>
    </>
  )
}
