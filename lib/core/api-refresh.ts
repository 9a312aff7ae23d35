/**
 * Refreshing an API session: what a refresh token in a request body deserves (docs/design.md, section 4, "API sessions").
 * One client, one request at a time, as SimpleJWT has it; the tolerant mode is for clients that ask again when a reply is lost.
 */
import type { PresentedToken } from './rotation'

export interface ApiRefreshPolicy {
  /** JWT_ROTATE_REFRESH_TOKENS: each refresh hands out a new refresh token. */
  rotate: boolean
  /** JWT_BLACKLIST_AFTER_ROTATION: the token just used is refused from then on, and its return ends the session. */
  singleUse: boolean
  /**
   * JWT_REFRESH_REUSE=tolerant: while nobody has presented the child, its parent is answered with the child's generation again.
   * A child is used up by its first presentation, so there is no late window as browsers have: a parent is then two generations old.
   */
  tolerant: boolean
}

export type ApiRefreshDecision =
  /** A new access token; the refresh token stays as it is. */
  | 'access-only'
  /** Both tokens; the old refresh token stays good too (rotation without single use). */
  | 'both'
  /** Both tokens of the next generation; the old refresh token is used up. */
  | 'rotate'
  /** Both tokens of the present generation once more: the reply with the first ones may have been lost. */
  | 'reissue'
  | 'reuse'
  | 'denied'

export function decideApiRefresh(
  session: { over: boolean; generation: number; parentTag: string | null },
  presented: PresentedToken,
  policy: ApiRefreshPolicy,
): ApiRefreshDecision {
  if (session.over || presented.generation > session.generation) return 'denied'
  // A token used up while the switch was on stays used up when the switch is turned off.
  if (presented.generation < session.generation) return isParent(session, presented, policy) ? 'reissue' : 'reuse'
  if (!policy.rotate) return 'access-only'
  return policy.singleUse ? 'rotate' : 'both'
}

function isParent(
  session: { generation: number; parentTag: string | null },
  { generation, tag }: PresentedToken,
  { rotate, singleUse, tolerant }: ApiRefreshPolicy,
): boolean {
  return rotate && singleUse && tolerant && generation === session.generation - 1 && tag === session.parentTag
}
