/** JSON replies of the token API and the cookie handlers: one place for their headers and for the words of every refusal. */
import { isTokenTooLarge } from '#lib/core/token-too-large'
import { isVerifyOnly, VERIFY_ONLY_SENTENCE } from '#lib/core/verify-only'
import { reportFault } from '#lib/report-fault'
import { isUnavailable } from '#lib/store/database'
import { challenge } from './challenge'

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  const asked: Record<string, string> = status === 401 ? { 'WWW-Authenticate': challenge() } : {}
  const all = { 'Content-Type': 'application/json; charset=utf-8', Vary: 'Accept', ...asked, ...headers }
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
  if (isVerifyOnly(error)) return json(403, { detail: VERIFY_ONLY_SENTENCE, code: 'verify_only' })
  reportFault(error, requestId)
  if (isTokenTooLarge(error))
    return json(500, { detail: 'A token for this account would be too large.', code: 'token_too_large' })
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

/** In the words of Django REST framework, with the challenge of RFC 6750 (TK-12). */
export function forbidden(): Response {
  const detail = 'You do not have permission to perform this action.'
  return json(403, { detail, code: 'permission_denied' }, { 'WWW-Authenticate': challenge('insufficient_scope') })
}
