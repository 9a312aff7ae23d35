/** Whether a token of a program is good, access or refresh, judged by the live session; and ending its session (docs/token-api.md, section 6). */
import type { AuditLog, SessionStore } from '#lib/core/ports'
import type { RequestContext } from '#lib/core/request-context'
import { sessionOver, type OverReason } from '#lib/core/session-state'
import type { Identify, TokenFaultWord } from './identify'
import type { ReadApiRefresh } from './refresh-api'

export type TokenCheck =
  | { kind: 'good'; sid: string; userId: string }
  | { kind: 'token-fault'; fault: TokenFaultWord }
  | { kind: 'over'; token: 'access' | 'refresh'; reason: OverReason | 'user-missing' | 'used' }

interface CheckDeps {
  sessions: SessionStore
  identify: Identify
  readRefresh: ReadApiRefresh
}

export type CheckToken = (token: string) => Promise<TokenCheck>
export type BlacklistToken = (token: string, context: RequestContext) => Promise<TokenCheck>

/** For `/api/token/verify/`: either kind of token. */
export function createCheckToken(deps: CheckDeps): CheckToken {
  return async (token) => {
    const refresh = await checkRefresh(deps, token)
    if (refresh.kind !== 'token-fault' || refresh.fault !== 'wrong-type') return refresh
    const identity = await deps.identify(token, 'api')
    switch (identity.kind) {
      case 'principal':
        return { kind: 'good', sid: identity.principal.session.id, userId: identity.principal.user.id }
      case 'token-fault':
        return identity
      case 'user-missing':
        return { kind: 'over', token: 'access', reason: 'user-missing' }
      case 'over':
        return { kind: 'over', token: 'access', reason: identity.reason }
    }
  }
}

/** For `/api/token/blacklist/`: a good refresh token ends its session, access tokens too. */
export function createBlacklistToken(deps: CheckDeps & { audit: AuditLog }): BlacklistToken {
  return async (token, context) => {
    const check = await checkRefresh(deps, token)
    if (check.kind !== 'good' || !(await deps.sessions.revoke(check.sid, 'logout'))) return check
    const who = { actorId: check.userId, subjectId: check.userId, sessionId: check.sid }
    await deps.audit.append({ event: 'logout', outcome: 'success', ...who, context, detail: { kind: 'api' } })
    return check
  }
}

async function checkRefresh({ sessions, readRefresh }: CheckDeps, token: string): Promise<TokenCheck> {
  const reading = await readRefresh(token)
  if (reading.kind === 'fault') return { kind: 'token-fault', fault: reading.fault }
  const { sid, g, sub } = reading.claims
  const view = await sessions.find(sid)
  if (!view) return { kind: 'over', token: 'refresh', reason: 'user-missing' }
  // As identify has it for access tokens: a session of another kind or user is not this token's to end (TK-2).
  if (view.session.kind !== 'api' || view.user.id !== sub) return { kind: 'token-fault', fault: 'invalid' }
  // Older: used up. Newer: never issued by this database (a restored backup), which refresh denies as well.
  const reason = sessionOver(view) ?? (g === view.session.generation ? null : 'used')
  return reason ? { kind: 'over', token: 'refresh', reason } : { kind: 'good', sid, userId: sub }
}
