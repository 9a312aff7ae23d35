/**
 * The kinds of paths and what the gate does with each (docs/design.md, section 6). The one list of public paths.
 * Anything that is not named here is protected.
 */
import { DEFAULT_PAGE, returnTo } from './return-to'

/**
 * api: cookies are neither read nor set and the handler answers · auth: no refresh, the page or action decides ·
 * open: refreshed when possible, never refused · protected: refreshed or sent to log in.
 */
export type PathKind = 'api' | 'auth' | 'open' | 'protected'

const AUTH_PATHS = ['/login', '/register', '/logout', '/auth/login', '/auth/register', '/auth/logout', '/theme']
/** The explorer: a page among the paths for programs, and like the login pages for everybody. */
const EXPLORER = '/api/docs'
const OPEN_PATHS = ['/', '/auth/session', '/auth/refresh']

export function pathKind(pathname: string): PathKind {
  const path = pathname.replace(/(?<=[^/])\/$/, '')
  if (path === EXPLORER) return 'auth'
  if (path === '/api' || path.startsWith('/api/') || path.startsWith('/.well-known/')) return 'api'
  if (AUTH_PATHS.includes(path)) return 'auth'
  return OPEN_PATHS.includes(path) ? 'open' : 'protected'
}

/** Files that are the same for everybody: no session is looked at. */
export function isStatic(pathname: string): boolean {
  return pathname.startsWith('/_next/static/') || ['/icon.svg', '/favicon.ico', '/robots.txt'].includes(pathname)
}

const PUBLISHED = ['/.well-known/jwks.json', '/.well-known/oauth-authorization-server', '/api/openapi.json']

/** What any site may read and keep for a while (HD-3, HD-5, KY-2). */
export function isPublished(pathname: string): boolean {
  return PUBLISHED.includes(pathname.replace(/\/$/, ''))
}

/** Paths whose handlers answer programs and browser code, never a page. */
export function answersInData(pathname: string): boolean {
  return pathKind(pathname) === 'api' || pathname.startsWith('/auth/')
}

/** Those are served with and without their final slash; pages have one spelling. */
export function keepsFinalSlash(pathname: string): boolean {
  return pathname === '/' || answersInData(pathname)
}

const POSTED = ['/auth/login', '/auth/register', '/auth/logout', '/auth/refresh', '/theme', '/api/csp-report']
const PAGES = /^\/(login|register|logout|reauthenticate|dashboard|account(\/.*)?)?$/

/** HD-6: the methods of our own paths. A page answers POST for its actions. Null for all else: handlers that others add speak for themselves. */
export function allowedMethods(pathname: string): string[] | null {
  const path = pathname.replace(/(?<=[^/])\/$/, '')
  if (isStatic(pathname)) return ['GET', 'HEAD']
  if (path === '/auth/session' || PUBLISHED.includes(path)) return ['GET', 'HEAD', 'OPTIONS']
  if (path === EXPLORER) return ['GET', 'HEAD']
  if (POSTED.includes(path)) return ['POST', 'OPTIONS']
  return PAGES.test(path) ? ['GET', 'HEAD', 'POST'] : null
}

/** Where a logged-in person who opens this page is sent instead; null for pages that are for them. */
export function landing(pathname: string, next: unknown): string | null {
  switch (pathname) {
    case '/login':
    case '/register':
      return returnTo(next)
    case '/':
      return DEFAULT_PAGE
    case '/account':
      return '/account/profile'
    default:
      return null
  }
}

export interface NavigationFacts {
  method: string
  /** Sec-Fetch-Dest, null when the browser does not send it. */
  fetchDest: string | null
  accept: string
}

/** A person opening a page, as opposed to a fetch, an action or an asset: only such a request is redirected to the login page. */
export function isDocument({ method, fetchDest, accept }: NavigationFacts): boolean {
  if (method !== 'GET') return false
  return fetchDest === null ? accept.includes('text/html') : fetchDest === 'document'
}
