/**
 * The gate: what happens to every request before a page, action or handler sees it (docs/design.md, section 6).
 *
 * Convenience and transport, never the guard: it refreshes silently, redirects early, refuses cross-site posts and sets the headers.
 * Whoever reads protected data asks require-principal.ts himself.
 */
import { NextResponse, type NextRequest } from 'next/server'
import { withCookies } from '#lib/core/cookies'
import { isSameOrigin } from '#lib/core/cross-site'
import {
  allowedMethods,
  answersInData,
  isDocument,
  isPublished,
  isStatic,
  keepsFinalSlash,
  landing,
  pathKind,
  type PathKind,
} from '#lib/core/gate'
import { returnTo, withNext } from '#lib/core/return-to'
import { isVerifyOnly } from '#lib/core/verify-only'
import { running } from '#lib/running'
import { isReadableAction } from './action-body'
import { isLoggedIn, passage } from './gate-passage'
import { refusal, serverFault } from './gate-refusal'
import { dress, openEnvelope, type Envelope } from './gate-envelope'
import { requestContext } from './request-context'
import type { CookieToSet } from './session-cookies'

export async function gate(request: NextRequest): Promise<NextResponse> {
  const envelope = await openEnvelope(request)
  const { pathname } = request.nextUrl
  if (isStatic(pathname)) return dress(refuseMethod(request, envelope) ?? forward(envelope), envelope, 'static')
  const kind = pathKind(pathname)
  try {
    return dress(await answer(request, kind, envelope), envelope, clothing(pathname))
  } catch (fault) {
    // A database that does not answer is never a verdict: no cookie is touched, nobody is sent to log in.
    return dress(serverFault(fault, request, envelope), envelope, 'page')
  }
}

async function answer(request: NextRequest, kind: PathKind, envelope: Envelope): Promise<NextResponse> {
  const { config, audit } = await running()
  const { pathname, search } = request.nextUrl
  if (!isOurHost(request, config.origins))
    return refusal(request, envelope, 400, 'This server does not answer to that host name.', 'bad_host')
  if (pathname.endsWith('/') && !keepsFinalSlash(pathname))
    return redirect(request, pathname.replace(/\/+$/, '') + search, 308)
  const wrongMethod = refuseMethod(request, envelope)
  if (kind === 'api') return wrongMethod ?? forward(envelope)

  if (!isSameOrigin(originOf(request), config.origins)) {
    const context = await requestContext(envelope.forwarded)
    await audit.append({
      event: 'csrf.refused',
      outcome: 'failure',
      reason: 'cross_site',
      context,
      detail: { path: pathname.slice(0, 128) },
    })
    return refusal(request, envelope, 403, 'This request came from another site and was refused.', 'cross_site')
  }
  if (wrongMethod) return wrongMethod
  agreeOnOrigin(request, envelope, config.origins)
  // A page cannot answer a POST: the logout form's is answered by the handler of the same name.
  if (request.method === 'POST' && pathname === '/logout') return rewrite('/auth/logout', request, envelope)
  if (request.method === 'POST' && !answersInData(pathname) && !(await isReadableAction(request)))
    return refusal(request, envelope, 400, 'What was sent cannot be read.', 'unreadable')
  const document = isDocument(navigation(request))
  const home = document ? landing(pathname, onlyNext(request)) : null
  const cookieHeader = request.headers.get('cookie')
  // The login pages refresh nothing; a refresh that would work is left to the page they send on to.
  if (kind === 'auth')
    return home !== null && (await isLoggedIn(cookieHeader)) ? redirect(request, home, 303) : forward(envelope)

  const passed = await passage(cookieHeader, await requestContext(envelope.forwarded)).catch((fault: unknown) => {
    // A server that issues no tokens still shows the pages that are for everybody.
    if (kind !== 'open' || answersInData(pathname) || !isVerifyOnly(fault)) throw fault
    return { kind: 'refused' as const, reason: null }
  })
  if (passed.kind === 'refused')
    return kind === 'protected' && document ? toLogin(request, passed.reason) : forward(envelope)
  const onward = home === null ? forwardWith(passed.cookies, request, envelope) : redirect(request, home, 303)
  for (const cookie of passed.cookies) onward.cookies.set(cookie)
  return onward
}

function clothing(pathname: string): 'page' | 'data' | 'published' {
  if (isPublished(pathname)) return 'published'
  return answersInData(pathname) ? 'data' : 'page'
}

/** On to the page, with the headers that only we set. */
function forward({ forwarded }: Envelope): NextResponse {
  return NextResponse.next({ request: { headers: forwarded } })
}

function rewrite(pathname: string, request: NextRequest, { forwarded }: Envelope): NextResponse {
  return NextResponse.rewrite(new URL(pathname, request.nextUrl), { request: { headers: forwarded } })
}

/** New cookies go both ways: to the browser, and into this very request, for the page, action or handler behind. */
function forwardWith(cookies: CookieToSet[], request: NextRequest, envelope: Envelope): NextResponse {
  const values = Object.fromEntries(cookies.map(({ name, value }) => [name, value]))
  if (cookies.length > 0) envelope.forwarded.set('cookie', withCookies(request.headers.get('cookie'), values))
  return forward(envelope)
}

/** Any other method Next would answer itself, with an empty 400. */
const HANDED_ON = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/** HD-6: a page would answer PUT like GET, and Next's own 405 names no method. Null when the method is one of the path's. */
function refuseMethod(request: NextRequest, envelope: Envelope): NextResponse | null {
  const { method, nextUrl } = request
  const allowed = allowedMethods(nextUrl.pathname) ?? HANDED_ON
  if (allowed.includes(method)) return null
  const response = refusal(request, envelope, 405, `Method "${method}" not allowed.`, 'method_not_allowed')
  response.headers.set('Allow', allowed.join(', '))
  return response
}

function toLogin(request: NextRequest, reason: string | null): NextResponse {
  const login = withNext('/login', returnTo(request.nextUrl.pathname + request.nextUrl.search))
  return redirect(request, reason ? `${login}&ended=${reason}` : login, 303)
}

/** Next sends it as a relative Location: right behind any proxy, and no Host header can bend it (RD-2). */
function redirect(request: NextRequest, path: string, status: 303 | 308): NextResponse {
  return NextResponse.redirect(new URL(path, request.url), status)
}

/** A `next` that comes twice is none (IV-2). */
function onlyNext({ nextUrl }: NextRequest): string | undefined {
  const all = nextUrl.searchParams.getAll('next')
  return all.length === 1 ? all[0] : undefined
}

function originOf(request: NextRequest) {
  return {
    method: request.method,
    fetchSite: request.headers.get('sec-fetch-site'),
    origin: request.headers.get('origin'),
  }
}

/**
 * Next compares an action's Origin with the host by its own lights, and answers 500. It has been judged by ours just now:
 * of the names that are this site, those behind the gate see the one that was called.
 */
function agreeOnOrigin({ headers }: NextRequest, { forwarded }: Envelope, origins: string[]): void {
  forwarded.delete('x-forwarded-host')
  const called = origins.find((origin) => new URL(origin).host === headers.get('host')?.toLowerCase())
  if (headers.has('origin') && called) forwarded.set('origin', called)
}

function navigation(request: NextRequest) {
  return {
    method: request.method,
    fetchDest: request.headers.get('sec-fetch-dest'),
    accept: request.headers.get('accept') ?? '',
  }
}

/** RD-2: a foreign Host is refused before anything is built from it. Liveness probes come by any name. */
function isOurHost(request: NextRequest, origins: string[]): boolean {
  if (request.nextUrl.pathname.startsWith('/api/health')) return true
  const host = request.headers.get('host')?.toLowerCase()
  return origins.some((origin) => new URL(origin).host === host)
}
