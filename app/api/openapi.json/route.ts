/** `GET /api/openapi.json`: the OpenAPI document (lib/web/api-description). */
import { running } from '#lib/running'
import { openApiDocument } from '#lib/web/api-description/document'
import { tokenHeader } from '#lib/web/api-description/token-header'
import { guardedMethods } from '#lib/web/api-methods'
import { keptJson } from '#lib/web/kept-reply'

const KEPT_FOR_S = 300

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = guardedMethods(async () => null, {
  async GET(_, { request }) {
    const { config } = await running()
    const facts = { publicUrl: config.publicUrl, tokenHeader: tokenHeader(config.jwt.authHeader) }
    return keptJson(request, openApiDocument(facts), KEPT_FOR_S)
  },
})
