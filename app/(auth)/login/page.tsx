/** Log in. Shown to the logged out only, so it also tells the other tabs to look whether their session is over. */
import type { Metadata } from 'next'

import { Notice } from '#components/notice'
import { TextLink } from '#components/text-link'
import { returnTo, withNext } from '#lib/core/return-to'
import { redirectIfLoggedIn } from '#lib/web/require-principal'

import { AuthCard } from '../auth-card'
import { readParam, type SearchParams } from '../search-param'
import { endedSentence } from './ended-sentence'
import { LoginForm } from './login-form'
import { TellOtherTabs } from './tell-other-tabs'

export const metadata: Metadata = { title: 'Log in' }

export default async function LoginPage({ searchParams }: { searchParams: SearchParams }) {
  const next = returnTo(await readParam(searchParams, 'next'))
  await redirectIfLoggedIn(next)
  const ended = endedSentence(await readParam(searchParams, 'ended'))
  return (
    <AuthCard
      title="Log in"
      lead={ended ? undefined : 'Welcome back.'}
      after={
        <>
          New here? <TextLink href={withNext('/register', next)}>Register</TextLink>
        </>
      }
    >
      {ended && <Notice>{ended}</Notice>}
      <LoginForm next={next} />
      <TellOtherTabs />
    </AuthCard>
  )
}
