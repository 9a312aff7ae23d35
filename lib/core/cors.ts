/**
 * Which other sites' scripts may read a reply (CO-1, the setting CORS_ORIGINS). Pure; the listener puts the answer on every reply, errors too.
 * Only `/api/`, which neither reads nor sets cookies, and the public keys and metadata: so credentials are never allowed.
 */
export interface CorsRequest {
  pathname: string
  method: string
  origin: string | null
  /** Access-Control-Request-Method: what makes an OPTIONS a preflight. */
  requestedMethod: string | null
}

export interface CorsAnswer {
  headers: Record<string, string>
  /** A preflight that is granted: 204 with these headers, and no handler asked. */
  preflight: boolean
}

const ANYBODYS = ['/.well-known/jwks.json', '/.well-known/oauth-authorization-server']
const EXPOSED = { 'Access-Control-Expose-Headers': 'Retry-After, WWW-Authenticate, X-Request-Id' }
/** An origin taken off the list is refused after ten minutes at the latest. */
const GRANTED = { 'Access-Control-Allow-Methods': 'GET, HEAD, POST', 'Access-Control-Max-Age': '600' }
const ASKED_WITH = ['authorization', 'content-type']

export interface CorsPolicy {
  /** Exact origins; neither `null` nor a pattern can be among them (lib/config.ts). */
  origins: readonly string[]
  /** JWT_AUTH_HEADER_NAME in small letters: scripts must be allowed to send what a token comes in. */
  tokenHeader: string
}

export function decideCors(request: CorsRequest, policy: CorsPolicy): CorsAnswer {
  const pathname = request.pathname.replace(/(?<=[^/])\/$/, '')
  // HD-3: the keys may be read from anywhere, by whatever means.
  if (ANYBODYS.includes(pathname))
    return grant(request, policy, {
      'Access-Control-Allow-Origin': '*',
      'Cross-Origin-Resource-Policy': 'cross-origin',
    })
  if (pathname !== '/api' && !pathname.startsWith('/api/')) return { headers: {}, preflight: false }
  // The reply differs by Origin also where it grants nothing: a cache must not hand one to the other.
  const { origin } = request
  if (origin === null || !policy.origins.includes(origin)) return { headers: { Vary: 'Origin' }, preflight: false }
  return grant(request, policy, { 'Access-Control-Allow-Origin': origin, Vary: 'Origin' })
}

function grant(
  { method, origin, requestedMethod }: CorsRequest,
  { tokenHeader }: CorsPolicy,
  headers: Record<string, string>,
): CorsAnswer {
  const preflight = method === 'OPTIONS' && origin !== null && requestedMethod !== null
  const asked = [...new Set([...ASKED_WITH, tokenHeader])].join(', ')
  const granted = { ...GRANTED, 'Access-Control-Allow-Headers': asked }
  return { headers: { ...headers, ...(preflight ? granted : EXPOSED) }, preflight }
}
