/** Which redirect targets are ours (RD-1). Used wherever a `next` comes in: pages, actions, the gate. */

export const DEFAULT_PAGE = '/dashboard'
const MAX_LENGTH = 512

const BASE = 'http://latchkey.invalid'

/**
 * The path to go to, or the default page when `next` could lead anywhere but to our own origin.
 * In its ASCII form (RFC 3986, section 2.1): a header cannot hold any other.
 */
export function returnTo(next: unknown, fallback: string = DEFAULT_PAGE): string {
  if (!isOurs(next)) return fallback
  const { pathname, search, hash } = new URL(next, BASE)
  return pathname + search + hash
}

/** True for a path of this origin: one leading slash, no backslash, no control character, at most 512 characters. */
export function isOurs(next: unknown): next is string {
  if (typeof next !== 'string' || next.length > MAX_LENGTH) return false
  // `//host` and `/\host` are other sites to a browser; it also drops tabs and newlines before it looks.
  if (!/^\/(?![/\\])/.test(next) || /[\\\u0000-\u001f\u007f-\u009f]/.test(next)) return false
  return (
    URL.canParse(next, BASE) && new URL(next, BASE).origin === BASE && !new URL(next, BASE).pathname.startsWith('//')
  )
}

/** A page's path with a query that names where to go afterwards. */
export function withNext(path: string, next: string): string {
  return `${path}?next=${encodeURIComponent(next)}`
}
