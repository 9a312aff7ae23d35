/** `GET /api/me/`: one's own record and session. */
import { bearerOnly } from '#lib/web/bearer'
import { json } from '#lib/web/json-reply'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = bearerOnly(async ({ user, session }) =>
  json(200, {
    id: user.id,
    email: user.email,
    username: user.username,
    groups: user.groups,
    permissions: user.permissions,
    session: {
      id: session.id,
      kind: session.kind,
      created_at: session.createdAt,
      expires_at: session.absoluteExpiresAt,
      auth_time: session.authTime,
    },
  }),
)
