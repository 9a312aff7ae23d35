/** What browser code is told of its session: everything but the tokens (docs/token-api.md, section E). */
import 'server-only'
import type { Principal } from '#lib/core/principal'
import type { SessionTokens } from '#lib/core/ports'
import type { SessionView } from '#lib/core/records'
import { json } from './json-reply'
import { setCookies } from './cookie-handler'
import { sessionCookies } from './session-cookies'

type Shown = Pick<
  Principal['session'],
  'id' | 'persistent' | 'generation' | 'createdAt' | 'absoluteExpiresAt' | 'idleExpiresAt' | 'authTime'
>

export function sessionReply(
  user: { id: string; email: string; username: string },
  session: Shown,
  access: Principal['access'],
  status = 200,
): Response {
  return json(status, {
    authenticated: true,
    user: { id: user.id, email: user.email, username: user.username },
    session: {
      id: session.id,
      generation: session.generation,
      persistent: session.persistent,
      created_at: session.createdAt,
      expires_at: session.absoluteExpiresAt,
      idle_expires_at: session.idleExpiresAt,
      auth_time: session.authTime,
      access: { id: access.id, issued_at: access.issuedAt, expires_at: access.expiresAt },
    },
  })
}

/** The cookies of a session just opened, and what its owner is told of it. */
export async function openedReply(
  { user, session, tokens, now }: SessionView & { tokens: SessionTokens },
  status: number,
): Promise<Response> {
  await setCookies(await sessionCookies({ session, now }, tokens))
  const { id, issuedAt, expiresAt } = tokens.access
  return sessionReply(user, session, { id: id.slice(0, 8), issuedAt, expiresAt }, status)
}
