/**
 * JSON that is the same for everybody and may be kept for a while: sent again only when it has changed (RFC 9110, section 13.1.2).
 * Its path must be named in `PUBLISHED` of core/gate.ts, or the gate forbids to store it.
 */
import { createHash } from 'node:crypto'
import { json } from './json-reply'

/** The body, or 304 when the request names the version it has. */
export function keptJson(request: Request, body: unknown, maxAgeSeconds: number): Response {
  const digest = createHash('sha256').update(JSON.stringify(body)).digest('base64url')
  const etag = `"${digest.slice(0, 22)}"`
  const headers = { ETag: etag, 'Cache-Control': `public, max-age=${maxAgeSeconds}` }
  return names(request.headers.get('if-none-match'), etag)
    ? new Response(null, { status: 304, headers: { ...headers, Vary: 'Accept' } })
    : json(200, body, headers)
}

/** A list of tags, compared weakly: a proxy that compresses the body weakens its tag. */
function names(ifNoneMatch: string | null, etag: string): boolean {
  const tags = (ifNoneMatch ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''))
  return tags.includes(etag) || tags.includes('*')
}
