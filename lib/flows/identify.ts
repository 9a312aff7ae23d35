/**
 * Who a presented access token stands for, judged by the live session and user, never by the claims alone (TK-9).
 * The guard and the token API both ask here; each kind of session is good only in its own place (TK-11).
 */
import type { AccessClaims } from '#lib/core/claims'
import type { Principal } from '#lib/core/principal'
import type { SessionKind, SessionView } from '#lib/core/records'
import { sessionOver, type ActivePolicy, type OverReason } from '#lib/core/session-state'

export type TokenFaultWord = 'invalid' | 'expired' | 'no-exp' | 'no-id' | 'no-type' | 'wrong-type' | 'no-user'

export type Identity =
  | { kind: 'principal'; principal: Principal; claims: AccessClaims; view: SessionView }
  | { kind: 'token-fault'; fault: TokenFaultWord }
  | { kind: 'user-missing' }
  | { kind: 'over'; reason: OverReason; view: SessionView }

/**
 * The session and its user, as they stand now. `generation` is the least that is acceptable: the presented token's own, which proves
 * that the session has come that far.
 */
export type FindLive = (sid: string, generation: number) => Promise<SessionView | null>

interface IdentifyDeps {
  find: FindLive
  active?: ActivePolicy
  /** JWT_USER_ID_FIELD: what the user id claim must agree with. */
  userIdField?: 'id' | 'email' | 'username'
  readAccess: (
    token: string,
    at: Date,
  ) => Promise<{ kind: 'ok'; claims: AccessClaims } | { kind: 'fault'; fault: TokenFaultWord }>
}

/** `at` is when the request arrived, by this machine's clock: a token that was good then serves the request to its end. The session is judged now. */
export type Identify = (token: string, kind: SessionKind, at?: Date) => Promise<Identity>

export function createIdentify({ find, readAccess, active, userIdField = 'id' }: IdentifyDeps): Identify {
  return async (token, kind, at = new Date()) => {
    const reading = await readAccess(token, at)
    if (reading.kind === 'fault') return { kind: 'token-fault', fault: reading.fault }
    const { claims } = reading
    const view = await find(claims.sid, claims.g)
    // Sessions go with their user, so a genuine token without a row is one of a deleted user.
    if (!view) return { kind: 'user-missing' }
    if (view.session.kind !== kind || view.user.id !== claims.sub) return { kind: 'token-fault', fault: 'invalid' }
    // An address or a name that the account no longer has may be somebody else's by now.
    if (view.user[userIdField] !== claims.user_id) return { kind: 'user-missing' }
    const reason = sessionOver(view, active)
    if (reason) return { kind: 'over', reason, view }
    return { kind: 'principal', principal: principalOf(view, claims), claims, view }
  }
}

/** The principal of a session that is known to live. */
export function principalOf(
  { user, session, grants }: SessionView,
  claims: Pick<AccessClaims, 'jti' | 'iat' | 'exp'>,
): Principal {
  const { id, email, username, createdAt, lastLoginAt } = user
  const { kind, generation, persistent, authTime, amr, idleExpiresAt, absoluteExpiresAt, userAgent, ip } = session
  return {
    user: { id, email, username, createdAt, lastLoginAt, groups: grants.groups, ...powersOf({ user, grants }) },
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

/** A deactivated user may be let through the API by a setting; what an active one may do it may not. */
function powersOf({ user, grants }: Pick<SessionView, 'user' | 'grants'>) {
  const { isActive, isStaff, isSuperuser } = user
  if (!isActive) return { isStaff: false, isSuperuser: false, permissions: [] }
  return { isStaff, isSuperuser, permissions: grants.permissions }
}
