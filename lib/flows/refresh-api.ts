/** Refresh for programs: a refresh token in a body gives a new access token and, with rotation, a new refresh token (docs/token-api.md, section 6). */
import type { ApiRefreshPolicy } from '#lib/core/api-refresh'
import type { ApiRefreshClaims } from '#lib/core/claims'
import type { Admits, IssuedToken, SessionStore, Throttle, TokenMint } from '#lib/core/ports'
import type { SessionView } from '#lib/core/records'
import type { RequestContext } from '#lib/core/request-context'
import { sessionOver, type ActivePolicy, type OverReason } from '#lib/core/session-state'
import type { TokenFaultWord } from './identify'

export type ReadApiRefresh = (
  token: string,
) => Promise<{ kind: 'ok'; claims: ApiRefreshClaims } | { kind: 'fault'; fault: TokenFaultWord }>

export type ApiRefreshOutcome =
  | { kind: 'refreshed'; access: IssuedToken; refresh: IssuedToken | null }
  | { kind: 'token-fault'; fault: TokenFaultWord }
  | { kind: 'over'; reason: OverReason | 'user-missing' | 'used' }
  | { kind: 'throttled'; retryAfterMs: number }

interface RefreshApiDeps {
  sessions: SessionStore
  mint: TokenMint
  throttle: Throttle
  policy: ApiRefreshPolicy
  readRefresh: ReadApiRefresh
  active?: ActivePolicy
  /** The authentication rule, asked at every refresh. */
  admits?: Admits
}

export type RefreshApi = (token: string, context: RequestContext) => Promise<ApiRefreshOutcome>

export function createRefreshApi({
  sessions,
  mint,
  throttle,
  policy,
  readRefresh,
  active,
  admits,
}: RefreshApiDeps): RefreshApi {
  return async (token, context) => {
    const reading = await readRefresh(token)
    if (reading.kind === 'fault') return { kind: 'token-fault', fault: reading.fault }
    const { sid, g, jti, sub } = reading.claims
    const verdict = await throttle.take([{ name: 'refreshApi', subject: sid }])
    if (verdict.kind === 'wait') return { kind: 'throttled', retryAfterMs: verdict.retryAfterMs }
    const before = await sessions.find(sid)
    // As identify has it for access tokens: a session of another kind or user is not this token's to refresh or end (TK-2).
    if (before && (before.session.kind !== 'api' || before.user.id !== sub))
      return { kind: 'token-fault', fault: 'invalid' }
    // One behind: with JWT_REFRESH_REUSE=tolerant the parent may be answered again.
    const goesOn = before && !sessionOver(before, active) && before.session.generation - g <= (policy.tolerant ? 1 : 0)
    if (goesOn && admits && !(await admits(before.user))) return { kind: 'over', reason: 'inactive' }
    // A hook that fails or a token that is too large must show before the refresh token is used up, or its return would count as reuse.
    const extra = goesOn ? await mint.prepare(before) : {}
    const outcome = await sessions.presentApi(sid, { generation: g, tag: jti }, policy, context)
    switch (outcome.kind) {
      case 'access-only':
        return { kind: 'refreshed', access: await mint.access(outcome, { extra }), refresh: null }
      case 'both':
      case 'rotate':
      case 'reissue':
        return {
          kind: 'refreshed',
          access: await mint.access(outcome, { extra }),
          refresh: await mint.refresh(outcome, { extra }),
        }
      case 'reuse':
        return { kind: 'over', reason: 'used' }
      case 'denied':
        return { kind: 'over', reason: whyOver(outcome.view, active) }
    }
  }
}

function whyOver(view: SessionView | null, active?: ActivePolicy) {
  if (!view) return 'user-missing'
  return sessionOver(view, active) ?? 'used'
}
