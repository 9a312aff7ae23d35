/**
 * The route handlers of one API path: what the given methods answer, and for every other one a 405 that names them.
 * `/api/` neither reads nor sets cookies, so no cross-site check applies (CS-1).
 */
import type { RequestContext } from '#lib/core/request-context'
import { fault, json } from './json-reply'
import { readBody } from './request-body'
import { requestContext } from './request-context'

export interface ApiRequest {
  request: Request
  /** The fields of the body; empty for GET. */
  fields: Record<string, unknown>
  context: RequestContext
}

export type ApiAnswer = (request: ApiRequest) => Promise<Response>
type RouteHandler = (request: Request) => Promise<Response>
type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS'

export interface ApiRoute {
  GET?: ApiAnswer
  POST?: ApiAnswer
  /** Asked before anything else, also before the method is looked at: the refusal, or null to go on. */
  before?: (request: Request) => Promise<Response | null>
}

export function apiMethods({ GET, POST, before }: ApiRoute): Record<Method, RouteHandler> {
  const allow = [...(GET ? ['GET', 'HEAD'] : []), ...(POST ? ['POST'] : []), 'OPTIONS'].join(', ')
  const route = (answer: ApiAnswer | null) => (request: Request) => handle(request, { answer, before, allow })
  const refuse = route(null)
  return {
    GET: GET ? route(GET) : refuse,
    HEAD: GET ? route(GET) : refuse,
    POST: POST ? route(POST) : refuse,
    PUT: refuse,
    PATCH: refuse,
    DELETE: refuse,
    OPTIONS: route(async () => new Response(null, { status: 204 })),
  }
}

async function handle(
  request: Request,
  { answer, before, allow }: { answer: ApiAnswer | null; before: ApiRoute['before']; allow: string },
) {
  const context = await requestContext(request.headers)
  const reply = await attempt(request, context, answer, before)
  reply.headers.set('Allow', allow)
  return request.method === 'HEAD' ? new Response(null, reply) : reply
}

async function attempt(
  request: Request,
  context: RequestContext,
  answer: ApiAnswer | null,
  before: ApiRoute['before'],
) {
  try {
    const refusal = await before?.(request)
    if (refusal) return refusal
    if (!answer) return json(405, { detail: `Method "${request.method}" not allowed.` })
    if (!acceptsJson(request.headers.get('accept')))
      return json(406, { detail: 'Could not satisfy the request Accept header.' })
    const body = request.method === 'POST' ? await readBody(request) : { kind: 'fields' as const, fields: {} }
    return body.kind === 'refused'
      ? json(body.status, body.body)
      : await answer({ request, fields: body.fields, context })
  } catch (error) {
    return fault(error, context.requestId)
  }
}

/** A browser's address bar asks for text/html: it gets the JSON too, there being no browsable page yet. */
function acceptsJson(accept: string | null): boolean {
  const types = (accept ?? '*/*').split(',').map((part) => part.split(';')[0]?.trim().toLowerCase() ?? '')
  return types.some((type) => ['', '*/*', 'application/*', 'application/json', 'text/html'].includes(type))
}
