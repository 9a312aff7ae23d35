/** Who comes through the gate: a good access cookie passes, an old one is refreshed, and anything else is refused without touching a cookie. */
import { cookieValue } from '#lib/core/cookies'
import type { RequestContext } from '#lib/core/request-context'
import { running } from '#lib/running'
import { sessionCookieNames, sessionCookies, type CookieToSet } from './session-cookies'

export type Passage =
  /** No cookies unless something was refreshed. */
  | { kind: 'pass'; cookies: CookieToSet[] }
  /** `reason` says how the session ended, when there was one. */
  | { kind: 'refused'; reason: string | null }

/** `cookieHeader` as the browser sent it: only what has come from outside confirms a generation. */
export async function passage(cookieHeader: string | null, context: RequestContext): Promise<Passage> {
  const { identify, confirm, refreshBrowser } = await running()
  const names = await sessionCookieNames()
  const access = cookieValue(cookieHeader, names.access)
  const refresh = cookieValue(cookieHeader, names.refresh)

  if (access !== null) {
    const identity = await identify(access, 'browser')
    if (identity.kind === 'principal') {
      if (refresh !== null) await confirm(identity.view, refresh)
      return { kind: 'pass', cookies: [] }
    }
  }
  if (refresh === null) return { kind: 'refused', reason: null }
  const outcome = await refreshBrowser(refresh, context)
  if (outcome.kind === 'denied') return { kind: 'refused', reason: outcome.revokedReason }
  return { kind: 'pass', cookies: await sessionCookies(outcome.view, outcome) }
}

/** Whether the gate would let these cookies pass, without refreshing anything. */
export async function isLoggedIn(cookieHeader: string | null): Promise<boolean> {
  const { identify, wouldRefresh } = await running()
  const names = await sessionCookieNames()
  const access = cookieValue(cookieHeader, names.access)
  if (access !== null && (await identify(access, 'browser')).kind === 'principal') return true
  const refresh = cookieValue(cookieHeader, names.refresh)
  return refresh !== null && wouldRefresh(refresh)
}
