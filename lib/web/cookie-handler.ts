/**
 * The wrapper of the route handlers that browser code calls with cookies (docs/token-api.md, section E), and of any handler of yours
 * that reads the session: the origin checked (CS-2), the principal required, faults as JSON. No token ever stands in a body.
 */
import 'server-only'
import { cookies } from 'next/headers'
import { isSameOrigin } from '#lib/core/cross-site'
import { isPermitted, type Principal } from '#lib/core/principal'
import type { RequestContext } from '#lib/core/request-context'
import { NO_STORE } from '#lib/core/security-headers'
import { running } from '#lib/running'
import { fault, forbidden, json } from './json-reply'
import { readBody } from './request-body'
import { requestContext } from './request-context'
import { findPrincipal } from './require-principal'
import type { CookieToSet } from './session-cookies'

export interface CookieRequest {
  request: Request
  /** The fields of a JSON or form body; empty for GET. */
  fields: Record<string, unknown>
  context: RequestContext
}

type Answer = (request: CookieRequest) => Promise<Response>

/** For everyone; the answer asks for the principal itself where it needs one. */
export function publicHandler(answer: Answer): (request: Request) => Promise<Response> {
  return async (request) => {
    const context = await requestContext(request.headers)
    const reply = await attempt(request, context, answer)
    reply.headers.set('Cache-Control', NO_STORE)
    return reply
  }
}

/** For those who are logged in; others get 401, and with `permission` those without it 403. The principal is judged by the live session, whether or not middleware has run. */
export function protectedHandler(
  answer: (principal: Principal, request: CookieRequest) => Promise<Response>,
  { permission }: { permission?: string } = {},
) {
  return publicHandler(async (request) => {
    const principal = await findPrincipal()
    if (!principal) return notLoggedIn()
    return permission === undefined || isPermitted(principal, permission) ? answer(principal, request) : forbidden()
  })
}

export function notLoggedIn(): Response {
  return json(401, { detail: 'You are not logged in.', code: 'not_authenticated' })
}

export async function setCookies(all: CookieToSet[]): Promise<void> {
  const jar = await cookies()
  for (const cookie of all) jar.set(cookie)
}

async function attempt(request: Request, context: RequestContext, answer: Answer): Promise<Response> {
  try {
    const { config } = await running()
    const { method, headers } = request
    const sameOrigin = isSameOrigin(
      { method, fetchSite: headers.get('sec-fetch-site'), origin: headers.get('origin') },
      config.origins,
    )
    if (!sameOrigin)
      return json(403, { detail: 'This request came from another site and was refused.', code: 'cross_site' })
    const body =
      method === 'GET' || method === 'HEAD' ? { kind: 'fields' as const, fields: {} } : await readBody(request)
    return body.kind === 'refused'
      ? json(body.status, body.body)
      : await answer({ request, fields: body.fields, context })
  } catch (error) {
    return fault(error, context.requestId)
  }
}
