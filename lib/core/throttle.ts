/**
 * Slowing guesses: how many failed attempts a counter takes, and how long it then waits (docs/security/requirements.md, section 3).
 * Data only; the throttle store takes and clears the counters in one statement each.
 */
import { hours, minutes } from './duration'

export interface ThrottleRule {
  /** Attempts that may fail within the window before the pause begins. */
  limit: number
  windowMs: number
  /** The first pause; each further failure doubles it, up to the cap. Null: wait for the end of the window. */
  pause: { firstMs: number; capMs: number } | null
}

const rules = {
  /** Failed logins of one account from one address, however the account was named. */
  loginPair: { limit: 5, windowMs: minutes(15), pause: { firstMs: minutes(1), capMs: hours(1) } },
  /** Failed logins under one typed name from one address, whether or not there is such an account. */
  loginName: { limit: 5, windowMs: minutes(15), pause: { firstMs: minutes(1), capMs: hours(1) } },
  /** Failed logins from one address, whatever the account. */
  loginAddress: { limit: 30, windowMs: minutes(15), pause: null },
  /**
   * Failed logins of all networks of one IPv6 site, the /48: who is given one could else count as 65 536 addresses. Ten times an address's,
   * for a site can be a provider's customers, too.
   */
  loginSite: { limit: 300, windowMs: minutes(15), pause: null },
  /** Registrations of one address that made an account or were told that a name is taken. */
  register: { limit: 10, windowMs: hours(1), pause: null },
  /** Registrations of one address that were refused for their form, and told by the way that a name is free. */
  registerRefused: { limit: 60, windowMs: hours(1), pause: null },
  /** Refreshes of one API session. A browser's can only rotate, and its ROTATION_AGE is the limit. */
  refreshApi: { limit: 60, windowMs: minutes(1), pause: null },
  /** Calls of one client, good and bad: introspection and revocation together. */
  client: { limit: 600, windowMs: minutes(1), pause: null },
  /** Failed proofs of a client from one address. */
  clientAddress: { limit: 30, windowMs: minutes(15), pause: null },
} satisfies Record<string, ThrottleRule>

export type ThrottleName = keyof typeof rules

/** A rule with RATE_LIMIT_SCALE applied to its limit (TH-8). */
export function throttleRule(name: ThrottleName, scale: number): ThrottleRule {
  const rule: ThrottleRule = rules[name]
  return { ...rule, limit: Math.max(1, Math.round(rule.limit * scale)) }
}
