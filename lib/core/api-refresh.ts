/**
 * Refreshing an API session: what a refresh token in a request body deserves (docs/design.md, section 4, "API sessions").
 * One client, one request at a time, as SimpleJWT has it; the tolerant mode for clients that retry comes with the token API's own work.
 */
import type { PresentedToken } from './rotation'

export interface ApiRefreshPolicy {
  /** JWT_ROTATE_REFRESH_TOKENS: each refresh hands out a new refresh token. */
  rotate: boolean
  /** JWT_BLACKLIST_AFTER_ROTATION: the token just used is refused from then on, and its return ends the session. */
  singleUse: boolean
}

export type ApiRefreshDecision =
  /** A new access token; the refresh token stays as it is. */
  | 'access-only'
  /** Both tokens; the old refresh token stays good too (rotation without single use). */
  | 'both'
  /** Both tokens of the next generation; the old refresh token is used up. */
  | 'rotate'
  | 'reuse'
  | 'denied'

export function decideApiRefresh(
  session: { over: boolean; generation: number },
  presented: PresentedToken,
  policy: ApiRefreshPolicy,
): ApiRefreshDecision {
  if (session.over || presented.generation > session.generation) return 'denied'
  // A token used up while the switch was on stays used up when the switch is turned off.
  if (presented.generation < session.generation) return 'reuse'
  if (!policy.rotate) return 'access-only'
  return policy.singleUse ? 'rotate' : 'both'
}
