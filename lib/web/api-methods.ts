/**
 * The route handlers of one API path: what the given methods answer, and for every other one a 405 that names them.
 * `/api/` neither reads nor sets cookies, so no cross-site check applies (CS-1).
 */
import { acceptsJson } from '#lib/core/accept'
import type { RequestContext } from '#lib/core/request-context'
import { NO_STORE } from '#lib/core/security-headers'
import { fault, json } from './json-reply'
import { readBody } from './request-body'
import { requestContext } from './request-context'

export interface ApiRequest {
  request: Request
  /** The fields of the body; empty for GET. */
  fields: Record<string, unknown>
  context: RequestContext
}

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS'
export type RouteHandler = (request: Request) => Promise<Response>

/** What a path answers, by method. `Caller` is what its guard found out about who asks. */
interface Answers<Caller> {
  GET?: (caller: Caller, request: ApiRequest) => Promise<Response>
  POST?: (caller: Caller, request: ApiRequest) => Promise<Response>
}

/** Asked before the method is looked at: the refusal, or who asks. */
type Guard<Caller> = (request: Request, context: RequestContext) => Promise<Response | Caller>

/** A path for everybody. */
export function apiMethods({
  POST,
}: {
  POST: (request: ApiRequest) => Promise<Response>
}): Record<Method, RouteHandler> {
  return guardedMethods(async () => null, { POST: (_, request) => POST(request) })
}

export function guardedMethods<Caller>(
  guard: Guard<Caller>,
  { GET, POST }: Answers<Caller>,
): Record<Method, RouteHandler> {
  const allow = [...(GET ? ['GET', 'HEAD'] : []), ...(POST ? ['POST'] : []), 'OPTIONS'].join(', ')
  const route = (answer: Answers<Caller>['GET']) => (request: Request) =>
    handle(request, allow, (context) => attempt(request, context, guard, answer))
  const refuse = route(undefined)
  return {
    GET: route(GET),
    HEAD: route(GET),
    POST: route(POST),
    PUT: refuse,
    PATCH: refuse,
    DELETE: refuse,
    OPTIONS: route(async () => new Response(null, { status: 204, headers: { Vary: 'Accept' } })),
  }
}

async function handle(
  request: Request,
  allow: string,
  run: (context: RequestContext) => Promise<Response>,
): Promise<Response> {
  const context = await requestContext(request.headers)
  const reply = await run(context).catch((error: unknown) => fault(error, context.requestId))
  reply.headers.set('Allow', allow)
  if (!reply.headers.has('Cache-Control')) reply.headers.set('Cache-Control', NO_STORE)
  return request.method === 'HEAD' ? new Response(null, reply) : reply
}

async function attempt<Caller>(
  request: Request,
  context: RequestContext,
  guard: Guard<Caller>,
  answer: Answers<Caller>['GET'],
): Promise<Response> {
  // In the original's order: who can read no answer is told so before who may not have one.
  if (!acceptsJson(request.headers.get('accept')))
    return json(406, { detail: 'Could not satisfy the request Accept header.' })
  const caller = await guard(request, context)
  if (caller instanceof Response) return caller
  if (!answer) return json(405, { detail: `Method "${request.method}" not allowed.` })
  const body = request.method === 'POST' ? await readBody(request) : { kind: 'fields' as const, fields: {} }
  return body.kind === 'refused'
    ? json(body.status, body.body)
    : answer(caller, { request, fields: body.fields, context })
}
