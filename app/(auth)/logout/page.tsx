/** Log out by a button, for links and bookmarks: a GET ends nothing. Works when the session is over already. */
import type { Metadata } from 'next'

import { LogOutForm } from '#components/log-out-form'
import { TextLink } from '#components/text-link'

import { AuthCard } from '../auth-card'

export const metadata: Metadata = { title: 'Log out' }

export default function LogoutPage() {
  return (
    <AuthCard
      title="Log out?"
      lead="This ends the session in this browser. Other devices stay as they are."
      after={<TextLink href="/">No, take me back</TextLink>}
    >
      <LogOutForm className="w-full" />
    </AuthCard>
  )
}
