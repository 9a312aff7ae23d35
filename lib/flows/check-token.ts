/** Whether a token of a program is good, access or refresh, judged by the live session; and ending its session (docs/token-api.md, section 6). */
import type { GoodToken } from '#lib/core/introspection'
import type { AuditLog, SessionStore } from '#lib/core/ports'
import type { SessionView } from '#lib/core/records'
import type { RequestContext } from '#lib/core/request-context'
import { sessionOver, type ActivePolicy, type OverReason } from '#lib/core/session-state'
import type { Identify, TokenFaultWord } from './identify'
import type { ReadApiRefresh } from './refresh-api'

export type TokenCheck =
  | { kind: 'good'; sid: string; userId: string }
  | { kind: 'token-fault'; fault: TokenFaultWord }
  | { kind: 'over'; token: 'access' | 'refresh'; reason: OverReason | 'user-missing' | 'used' }

/** The same with what was seen: for introspection and revocation, which go on from there. */
export type TokenExamination =
  | ({ kind: 'good' } & GoodToken)
  | Extract<TokenCheck, { kind: 'token-fault' }>
  | (Extract<TokenCheck, { kind: 'over' }> & { view: SessionView | null })

interface CheckDeps {
  sessions: SessionStore
  identify: Identify
  readRefresh: ReadApiRefresh
  active?: ActivePolicy
}

/** Changes nothing. */
export type ExamineToken = (token: string) => Promise<TokenExamination>
export type CheckToken = (token: string) => Promise<TokenCheck>
export type BlacklistToken = (token: string, context: RequestContext) => Promise<TokenCheck>

/** Either kind of token: which it is, its own signed claims say. */
export function createExamineToken(deps: CheckDeps): ExamineToken {
  return async (token) => {
    const refresh = await examineRefresh(deps, token)
    if (refresh.kind !== 'token-fault' || refresh.fault !== 'wrong-type') return refresh
    const identity = await deps.identify(token, 'api')
    switch (identity.kind) {
      case 'principal':
        return { kind: 'good', token: 'access', claims: identity.claims, view: identity.view }
      case 'token-fault':
        return identity
      case 'user-missing':
        return { kind: 'over', token: 'access', reason: 'user-missing', view: null }
      case 'over':
        return { kind: 'over', token: 'access', reason: identity.reason, view: identity.view }
    }
  }
}

/** For `/api/token/verify/`: either kind of token. */
export function createCheckToken(deps: CheckDeps): CheckToken {
  const examine = createExamineToken(deps)
  return async (token) => checkOf(await examine(token))
}

/** For `/api/token/blacklist/`: a good refresh token ends its session, access tokens too. */
export function createBlacklistToken(deps: CheckDeps & { audit: AuditLog }): BlacklistToken {
  return async (token, context) => {
    const check = checkOf(await examineRefresh(deps, token))
    if (check.kind !== 'good' || !(await deps.sessions.revoke(check.sid, 'logout'))) return check
    const who = { actorId: check.userId, subjectId: check.userId, sessionId: check.sid }
    await deps.audit.append({ event: 'logout', outcome: 'success', ...who, context, detail: { kind: 'api' } })
    return check
  }
}

function checkOf(found: TokenExamination): TokenCheck {
  switch (found.kind) {
    case 'good':
      return { kind: 'good', sid: found.view.session.id, userId: found.view.user.id }
    case 'token-fault':
      return found
    case 'over':
      return { kind: 'over', token: found.token, reason: found.reason }
  }
}

async function examineRefresh({ sessions, readRefresh, active }: CheckDeps, token: string): Promise<TokenExamination> {
  const reading = await readRefresh(token)
  if (reading.kind === 'fault') return { kind: 'token-fault', fault: reading.fault }
  const { claims } = reading
  const view = await sessions.find(claims.sid)
  if (!view) return { kind: 'over', token: 'refresh', reason: 'user-missing', view }
  // As identify has it for access tokens: a session of another kind or user is not this token's to end (TK-2).
  if (view.session.kind !== 'api' || view.user.id !== claims.sub) return { kind: 'token-fault', fault: 'invalid' }
  // Older: used up. Newer: never issued by this database (a restored backup), which refresh denies as well.
  const reason = sessionOver(view, active) ?? (claims.g === view.session.generation ? null : 'used')
  if (reason) return { kind: 'over', token: 'refresh', reason, view }
  return { kind: 'good', token: 'refresh', claims, view }
}
