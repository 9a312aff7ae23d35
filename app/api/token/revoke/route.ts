/** `POST /api/token/revoke/`: a client ends the session of a token (RFC 7009). 200 without a body, whatever the token was. */
import { running } from '#lib/running'
import { clientOnly, invalidRequest } from '#lib/web/client-only'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = clientOnly(async (client, { fields, context }) => {
  const { revokeToken } = await running()
  const outcome = await revokeToken(client, fields, context)
  switch (outcome.kind) {
    case 'done':
      return new Response(null, { status: 200, headers: { 'Cache-Control': 'no-store' } })
    case 'invalid':
      return invalidRequest(outcome.errors)
  }
})
