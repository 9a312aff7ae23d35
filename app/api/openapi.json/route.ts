/** `GET /api/openapi.json`: the OpenAPI document. The same for everybody, so it may be kept for a while and is sent again only when it changed. */
import { createHash } from 'node:crypto'
import { NO_STORE } from '#lib/core/security-headers'
import { running } from '#lib/running'
import { openApiDocument } from '#lib/web/api-description/document'
import { guardedMethods } from '#lib/web/api-methods'
import { json } from '#lib/web/json-reply'

const KEEP = 'public, max-age=300'

const methods = guardedMethods(async () => null, {
  async GET(_, { request }) {
    const { config } = await running()
    const document = openApiDocument(config.publicUrl)
    const etag = `"${createHash('sha256').update(JSON.stringify(document)).digest('base64url').slice(0, 22)}"`
    const headers = { ETag: etag, 'Cache-Control': KEEP }
    return isNamed(etag, request.headers.get('if-none-match'))
      ? new Response(null, { status: 304, headers: { ...headers, Vary: 'Accept' } })
      : json(200, document, headers)
  },
})

/** RFC 9110, section 13.1.2: a list, compared weakly, since a proxy that compresses weakens the tag. */
function isNamed(etag: string, ifNoneMatch: string | null): boolean {
  const named = (ifNoneMatch ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''))
  return named.includes(etag) || named.includes('*')
}
