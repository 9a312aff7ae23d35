/**
 * Every cookie we set: name, attributes, lifetime. Data only; web/session-cookies.ts writes them
 * (docs/security/requirements.md, section 6; only these are ever set, CK-1).
 */
import { days, seconds } from './duration'

export type CookieName = 'access' | 'refresh' | 'theme'
export type SameSite = 'lax' | 'strict'

export interface CookieSpec {
  name: string
  httpOnly: boolean
  secure: boolean
  sameSite: SameSite
  path: '/'
  /** Seconds; left out for a cookie that ends with the browser window. */
  maxAge?: number
}

/** `secure` follows the scheme of PUBLIC_URL. `lifeMs` null: a cookie of the browser window. */
export function cookieSpec(cookie: CookieName, secure: boolean, lifeMs: number | null, sameSite: SameSite): CookieSpec {
  const maxAge = lifeMs === null ? {} : { maxAge: wholeSeconds(lifeMs) }
  return {
    name: cookieName(cookie, secure),
    httpOnly: true,
    secure,
    sameSite,
    path: '/',
    ...maxAge,
  }
}

/** `__Host-` holds the cookie to this host and to https; plain http on loopback cannot carry the prefix's Secure. */
export function cookieName(cookie: CookieName, secure: boolean): string {
  if (cookie === 'theme') return 'theme'
  return secure ? `__Host-${cookie}_token` : `${cookie}_token`
}

export const THEME_COOKIE_LIFE_MS = days(365)

/** Max-Age in whole seconds, at most 400 days, never negative (CK-2). */
function wholeSeconds(lifeMs: number): number {
  return Math.max(0, Math.floor(Math.min(lifeMs, days(400)) / seconds(1)))
}

/** The values of one cookie name in a Cookie header as received (RFC 6265, section 4.2.1); names compare case-sensitively. */
export function cookieValues(header: string | null, name: string): string[] {
  return pairs(header)
    .filter(([key]) => key === name)
    .map(([, value]) => value)
}

/** The one value of that name; null when it is missing or there are two (CK-4: the request counts as signed out). */
export function cookieValue(header: string | null, name: string): string | null {
  const values = cookieValues(header, name)
  return values.length === 1 ? (values[0] ?? null) : null
}

/** The Cookie header with these values in place of their namesakes, in order, for the page behind the gate. */
export function withCookies(header: string | null, values: Record<string, string>): string {
  const kept = pairs(header).filter(([key]) => !Object.hasOwn(values, key))
  return [...kept, ...Object.entries(values)].map(([key, value]) => `${key}=${value}`).join('; ')
}

function pairs(header: string | null): [string, string][] {
  return (header ?? '')
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part.includes('='))
    .map((part) => [part.slice(0, part.indexOf('=')).trim(), part.slice(part.indexOf('=') + 1).trim()])
}
