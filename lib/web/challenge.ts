/** The challenge of every 401: `WWW-Authenticate` with the first scheme of JWT_AUTH_HEADER_TYPES (docs/token-api.md, sections 2.3 and 8). */
import { runningNow } from '#lib/running'

/** `error` stands there where a token was sent (TK-12). */
export function challenge(error?: 'invalid_token' | 'insufficient_scope'): string {
  const scheme = runningNow()?.config.jwt.authHeader.schemes[0] ?? 'Bearer'
  return `${scheme} realm="api"${error ? `, error="${error}"` : ''}`
}
