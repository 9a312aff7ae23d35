/** `POST /api/token/introspect/`: what a client may know of a token (RFC 7662). */
import { running } from '#lib/running'
import { clientOnly, invalidRequest } from '#lib/web/client-only'
import { json } from '#lib/web/json-reply'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = clientOnly(async (_, { fields }) => {
  const { introspectToken } = await running()
  const outcome = await introspectToken(fields)
  switch (outcome.kind) {
    case 'told':
      return json(200, outcome.answer, { 'Cache-Control': 'no-store' })
    case 'invalid':
      return invalidRequest(outcome.errors)
  }
})
