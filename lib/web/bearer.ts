/**
 * The Bearer guard of the token API: one header alone counts (TK-11), Authorization unless JWT_AUTH_HEADER_NAME says otherwise,
 * with the sentences of docs/token-api.md, section 7.
 */
import { isPermitted, type Principal } from '#lib/core/principal'
import type { Identity } from '#lib/flows/identify'
import { running } from '#lib/running'
import { guardedMethods, type ApiRequest, type Method, type RouteHandler } from './api-methods'
import { challenge } from './challenge'
import { forbidden, json } from './json-reply'
import { tokenSentence } from './token-sentences'

export type BearerReading = { kind: 'principal'; principal: Principal } | { kind: 'refused'; reply: Response }

/** Who the request's access token stands for, judged by the live session. */
async function readBearer(headers: Headers): Promise<BearerReading> {
  const { config, identify } = await running()
  const { name, schemes } = config.jwt.authHeader
  // Words are split at any white space of ASCII; the scheme's case does not matter (RFC 7235, section 2.1).
  const words = (headers.get(name) ?? '').split(/[\t-\r ]+/).filter(Boolean)
  const [scheme, token] = words
  if (!schemes.some((one) => one.toLowerCase() === scheme?.toLowerCase()))
    return refuse({ detail: 'Authentication credentials were not provided.' })
  if (token === undefined || words.length !== 2) {
    const detail = 'Authorization header must contain two space-delimited values'
    return refuse({ detail, code: 'bad_authorization_header' })
  }
  const identity = await identify(token, 'api')
  return identity.kind === 'principal'
    ? { kind: 'principal', principal: identity.principal }
    : refuse(refusal(identity), true)
}

/**
 * A route for programs with a good access token, and with `permission` for those whose user has it now: others get 403.
 * The token is looked at before the method is, as the original has it.
 */
export function bearerOnly(
  answer: (principal: Principal, request: ApiRequest) => Promise<Response>,
  { permission }: { permission?: string } = {},
): Record<Method, RouteHandler> {
  const guard = async ({ headers }: Request) => {
    const reading = await readBearer(headers)
    if (reading.kind === 'refused') return reading.reply
    const { principal } = reading
    return permission === undefined || isPermitted(principal, permission) ? principal : forbidden()
  }
  return guardedMethods(guard, { GET: answer })
}

function refusal(identity: Exclude<Identity, { kind: 'principal' }>): Record<string, unknown> {
  switch (identity.kind) {
    case 'token-fault':
      return identity.fault === 'no-user'
        ? { detail: 'Token contained no recognizable user identification', code: 'token_not_valid' }
        : notValid(tokenSentence(identity.fault))
    case 'user-missing':
      return { detail: 'User not found', code: 'user_not_found' }
    case 'over':
      return over(identity.reason)
  }
}

function over(reason: Extract<Identity, { kind: 'over' }>['reason']): Record<string, unknown> {
  switch (reason) {
    case 'inactive':
      return { detail: 'User is inactive', code: 'user_inactive' }
    case 'password_changed':
      return { detail: "The user's password has been changed.", code: 'password_changed' }
    case 'revoked':
    case 'expired':
      return notValid('Token is invalid')
  }
}

function notValid(message: string): Record<string, unknown> {
  const messages = [{ token_class: 'AccessToken', token_type: 'access', message }]
  return { detail: 'Given token not valid for any token type', code: 'token_not_valid', messages }
}

function refuse(body: Record<string, unknown>, tokenSent = false): BearerReading {
  const headers: Record<string, string> = tokenSent ? { 'WWW-Authenticate': challenge('invalid_token') } : {}
  return { kind: 'refused', reply: json(401, body, headers) }
}
