/** The password once more, before a sensitive act. */
import type { Metadata } from 'next'

import { TextLink } from '#components/text-link'
import { returnTo } from '#lib/core/return-to'
import { requirePrincipal } from '#lib/web/require-principal'

import { AuthCard } from '../auth-card'
import { readParam, type SearchParams } from '../search-param'
import { ReauthenticateForm } from './reauthenticate-form'

export const metadata: Metadata = { title: 'Confirm that it is you' }

export default async function ReauthenticatePage({ searchParams }: { searchParams: SearchParams }) {
  const { user } = await requirePrincipal()
  const next = returnTo(await readParam(searchParams, 'next'))
  return (
    <AuthCard
      title="Confirm that it is you"
      lead={
        <>
          Before you go on, enter the password of <strong className="font-medium text-ink">{user.email}</strong>.
        </>
      }
      after={
        <>
          Not you? <TextLink href="/logout">Log out</TextLink>
        </>
      }
    >
      <ReauthenticateForm email={user.email} next={next} />
    </AuthCard>
  )
}
