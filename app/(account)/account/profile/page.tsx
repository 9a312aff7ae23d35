/** Who this account is. */
import type { Metadata } from 'next'

import { Card } from '#components/card'
import { Fact, Facts } from '#components/facts'
import { LocalTime } from '#components/local-time'
import { PageHeading } from '#components/page-heading'
import { requirePrincipal } from '#lib/web/require-principal'

export const metadata: Metadata = { title: 'Profile' }

export default async function ProfilePage() {
  const { user } = await requirePrincipal()
  return (
    <>
      <PageHeading title="Profile">What we know you by. You can log in with either name.</PageHeading>
      <Card>
        <Facts>
          <Fact name="Email">{user.email}</Fact>
          <Fact name="Username">{user.username}</Fact>
          <Fact name="Joined">
            <LocalTime at={user.createdAt} as="day" />
          </Fact>
        </Facts>
      </Card>
    </>
  )
}
