/** The session this browser holds, whatever has become of it: for logout, and for the login that takes its place. Proven by our own signature. */
import 'server-only'
import { headers } from 'next/headers'
import { cookieValue } from '#lib/core/cookies'
import { running } from '#lib/running'
import { findPrincipal } from './require-principal'
import { sessionCookieNames } from './session-cookies'

export async function heldSession(): Promise<string | null> {
  const { sessionOf } = await running()
  const names = await sessionCookieNames()
  const refresh = cookieValue((await headers()).get('cookie'), names.refresh)
  const sid = refresh === null ? null : await sessionOf(refresh)
  return sid ?? (await findPrincipal())?.session.id ?? null
}
