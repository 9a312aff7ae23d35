/** The password, and when it was last used. */
import type { Metadata } from 'next'

import { DoneNotice, type DoneParams } from '#components/done-notice'
import { Fact, Facts } from '#components/facts'
import { LocalTime } from '#components/local-time'
import { PageHeading } from '#components/page-heading'
import { Section } from '#components/section'
import { requirePrincipal } from '#lib/web/require-principal'

import { ChangePasswordForm } from './change-password-form'

export const metadata: Metadata = { title: 'Security' }

const done = { password: 'Your password is changed. Your other sessions are ended.' }

export default async function SecurityPage({ searchParams }: { searchParams: DoneParams }) {
  const { user, session } = await requirePrincipal()
  return (
    <>
      <PageHeading title="Security">How you prove that you are you.</PageHeading>
      <DoneNotice searchParams={searchParams} sentences={done} />
      <Section title="Change password" about="Your other sessions end when you do. This one goes on.">
        <ChangePasswordForm email={user.email} />
      </Section>
      <Section title="Latest login">
        <Facts>
          <Fact name="When">{user.lastLoginAt ? <LocalTime at={user.lastLoginAt} /> : 'Not known'}</Fact>
          <Fact name="Password last entered">
            <LocalTime at={session.authTime} />
          </Fact>
          <Fact name="Address of this session">{session.ip}</Fact>
        </Facts>
      </Section>
    </>
  )
}
