/**
 * The guard (docs/design.md, section 6): every page and action that touches protected data asks here itself, and is answered
 * from the live session, whether or not middleware has run (MW-1). Cached for the length of one request.
 */
import 'server-only'
import { cookies, headers } from 'next/headers'
import { forbidden, redirect } from 'next/navigation'
import { cache } from 'react'
import { cookieValue, cookieValues } from '#lib/core/cookies'
import { minutes } from '#lib/core/duration'
import { isPermitted, type Principal } from '#lib/core/principal'
import { returnTo, withNext } from '#lib/core/return-to'
import { running } from '#lib/running'
import { ARRIVED_HEADER, PATH_HEADER } from './internal-headers'
import { sessionCookieNames } from './session-cookies'

/** A request that takes longer than this is judged anew: D of docs/design.md, section 4, twice over. */
const LONGEST_REQUEST_MS = minutes(1)

/** Who this request acts as, or null. Never throws for a bad token; a database that does not answer is thrown. */
export const findPrincipal = cache(async (): Promise<Principal | null> => {
  const { identify } = await running()
  const names = await sessionCookieNames()
  const sent = cookieValues((await headers()).get('cookie'), names.access)
  // Two cookies of one name: the request counts as signed out (CK-4). The jar below decodes percent signs, and a token has one spelling (TK-4).
  if (sent.length > 1 || sent[0]?.includes('%')) return null
  // The jar, not the header: an action sees the cookies it has just set.
  const token = (await cookies()).get(names.access)?.value
  if (!token) return null
  const identity = await identify(token, 'browser', await arrival())
  return identity.kind === 'principal' ? identity.principal : null
})

/** The principal, or off to log in, and back here afterwards. */
export async function requirePrincipal(): Promise<Principal> {
  const principal = await findPrincipal()
  if (principal) return principal
  redirect(withNext('/login', returnTo((await headers()).get(PATH_HEADER))))
}

/**
 * The principal, if its user has this permission at this moment; who is not logged in goes to log in, and anybody else gets the 403 page.
 * Superusers have every permission, deactivated users none.
 */
export async function requirePermission(codename: string): Promise<Principal> {
  const principal = await requirePrincipal()
  if (!isPermitted(principal, codename)) forbidden()
  return principal
}

/**
 * Sends those who are logged in on their way. On the login pages nothing is refreshed, so an old access token is not yet a logout:
 * when the refresh cookie would be honoured, the gate of the next page does it.
 */
export async function redirectIfLoggedIn(next: unknown): Promise<void> {
  if ((await findPrincipal()) || (await wouldRefresh())) redirect(returnTo(next))
}

/**
 * The gate may have let a token pass that had a moment to live; it must not run out on the way to the page, or an honest person
 * stands before a login form. Without the gate's header, or with an old one, it is now.
 */
async function arrival(): Promise<Date> {
  const now = Date.now()
  const arrived = Number((await headers()).get(ARRIVED_HEADER))
  return new Date(now - arrived <= LONGEST_REQUEST_MS && arrived <= now ? arrived : now)
}

async function wouldRefresh(): Promise<boolean> {
  const { wouldRefresh } = await running()
  const names = await sessionCookieNames()
  const token = cookieValue((await headers()).get('cookie'), names.refresh)
  return token !== null && wouldRefresh(token)
}
