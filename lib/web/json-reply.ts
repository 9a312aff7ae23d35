/** JSON replies of the token API and the cookie handlers: one place for their headers and for the words of every refusal. */
import { reportFault } from '#lib/report-fault'
import { isUnavailable } from '#lib/store/database'

export const CHALLENGE = 'Bearer realm="api"'
/** The challenge where a token was sent (RFC 6750, section 3.1). */
export const INVALID_TOKEN = `${CHALLENGE}, error="invalid_token"`

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  const challenge: Record<string, string> = status === 401 ? { 'WWW-Authenticate': CHALLENGE } : {}
  const all = { 'Content-Type': 'application/json; charset=utf-8', Vary: 'Accept', ...challenge, ...headers }
  return new Response(JSON.stringify(body), { status, headers: all })
}

/** 429 in the words of Django REST framework (docs/token-api.md, section 8), the same whether or not the account exists. */
export function throttled(retryAfterMs: number): Response {
  const wait = Math.ceil(retryAfterMs / 1000)
  const detail = `Request was throttled. Expected available in ${wait} second${wait === 1 ? '' : 's'}.`
  return json(429, { detail, code: 'throttled' }, { 'Retry-After': String(wait) })
}

export function busy(): Response {
  return json(503, { detail: 'The server is busy. Try again in a few seconds.', code: 'busy' }, { 'Retry-After': '5' })
}

/** What went wrong on our side: 503 when the database does not answer, else 500, and no more than that (ER-1, ER-2). */
export function fault(error: unknown, requestId: string): Response {
  reportFault(error, requestId)
  if (!isUnavailable(error)) return json(500, { detail: 'Something went wrong on our side.', code: 'error' })
  return json(
    503,
    { detail: 'The database does not answer. Try again in a moment.', code: 'unavailable' },
    { 'Retry-After': '5' },
  )
}

/** One sentence for every failed login (EN-1). */
export function loginRefused(): Response {
  return json(401, { detail: 'No active account found with the given credentials' })
}
