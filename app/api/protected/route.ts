/** `GET /api/protected/`: the smallest protected endpoint there is, as in the tutorials. */
import { bearerOnly } from '#lib/web/bearer'
import { json } from '#lib/web/json-reply'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = bearerOnly(async () =>
  json(200, { message: 'This view is protected' }),
)
