/**
 * Who a presented access token stands for, judged by the live session and user, never by the claims alone (TK-9).
 * The guard and the token API both ask here; each kind of session is good only in its own place (TK-11).
 */
import type { AccessClaims } from '#lib/core/claims'
import type { SessionStore } from '#lib/core/ports'
import type { Principal } from '#lib/core/principal'
import type { SessionKind, SessionView } from '#lib/core/records'
import { sessionOver, type OverReason } from '#lib/core/session-state'

export type TokenFaultWord = 'invalid' | 'expired' | 'no-exp' | 'no-id' | 'no-type' | 'wrong-type' | 'no-user'

export type Identity =
  | { kind: 'principal'; principal: Principal; view: SessionView }
  | { kind: 'token-fault'; fault: TokenFaultWord }
  | { kind: 'user-missing' }
  | { kind: 'over'; reason: OverReason; view: SessionView }

interface IdentifyDeps {
  sessions: SessionStore
  readAccess: (
    token: string,
    at: Date,
  ) => Promise<{ kind: 'ok'; claims: AccessClaims } | { kind: 'fault'; fault: TokenFaultWord }>
}

/** `at` is when the request arrived: a token that was good then serves the request to its end. The session is judged now. */
export type Identify = (token: string, kind: SessionKind, at?: Date) => Promise<Identity>

export function createIdentify({ sessions, readAccess }: IdentifyDeps): Identify {
  return async (token, kind, at = new Date()) => {
    const reading = await readAccess(token, at)
    if (reading.kind === 'fault') return { kind: 'token-fault', fault: reading.fault }
    const { claims } = reading
    const view = await sessions.find(claims.sid)
    // Sessions go with their user, so a genuine token without a row is one of a deleted user.
    if (!view) return { kind: 'user-missing' }
    if (view.session.kind !== kind || view.user.id !== claims.sub) return { kind: 'token-fault', fault: 'invalid' }
    const reason = sessionOver(view)
    return reason ? { kind: 'over', reason, view } : { kind: 'principal', principal: principalOf(view, claims), view }
  }
}

/** The principal of a session that is known to live. */
export function principalOf(
  { user, session }: SessionView,
  claims: Pick<AccessClaims, 'jti' | 'iat' | 'exp'>,
): Principal {
  const { id, email, username, isStaff, isSuperuser, createdAt, lastLoginAt } = user
  const { kind, generation, persistent, authTime, amr, idleExpiresAt, absoluteExpiresAt, userAgent, ip } = session
  return {
    user: { id, email, username, isStaff, isSuperuser, createdAt, lastLoginAt },
    session: {
      id: session.id,
      createdAt: session.createdAt,
      ...{ kind, generation, persistent, authTime, amr, idleExpiresAt, absoluteExpiresAt, userAgent, ip },
    },
    access: {
      id: claims.jti.slice(0, 8),
      issuedAt: new Date(claims.iat * 1000),
      expiresAt: new Date(claims.exp * 1000),
    },
  }
}
