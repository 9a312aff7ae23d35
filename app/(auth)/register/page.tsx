/** Register: a new account, and a first session with it. */
import type { Metadata } from 'next'

import { TextLink } from '#components/text-link'
import { returnTo, withNext } from '#lib/core/return-to'
import { redirectIfLoggedIn } from '#lib/web/require-principal'

import { AuthCard } from '../auth-card'
import { readParam, type SearchParams } from '../search-param'
import { RegisterForm } from './register-form'

export const metadata: Metadata = { title: 'Register' }

export default async function RegisterPage({ searchParams }: { searchParams: SearchParams }) {
  const next = returnTo(await readParam(searchParams, 'next'))
  await redirectIfLoggedIn(next)
  return (
    <AuthCard
      title="Create your account"
      lead="One minute, three fields."
      after={
        <>
          Already registered? <TextLink href={withNext('/login', next)}>Log in</TextLink>
        </>
      }
    >
      <RegisterForm next={next} />
    </AuthCard>
  )
}
