/**
 * The silent refresh: a browser's refresh cookie, presented because its access token is no longer good (docs/design.md, section 4).
 * Called by the gate alone. A fault of the database is thrown, never turned into a verdict.
 */
import type { BrowserRefreshClaims } from '#lib/core/claims'
import type { Admits, AuditLog, IssuedToken, SessionStore, TokenMint } from '#lib/core/ports'
import type { RevokedReason, SessionView, UserRecord } from '#lib/core/records'
import type { RequestContext } from '#lib/core/request-context'
import { sendsRefreshCookie, type RotationPolicy } from '#lib/core/rotation'
import { sessionOver } from '#lib/core/session-state'

export type RefreshOutcome =
  /** `refresh` only after a rotation or a re-issue: sent more often, it would carry a stale cookie over a newer one. */
  | { kind: 'refreshed'; view: SessionView; access: IssuedToken; refresh: IssuedToken | null }
  | { kind: 'denied'; revokedReason: RevokedReason | null }

interface RefreshDeps {
  sessions: SessionStore
  mint: TokenMint
  audit: AuditLog
  policy: RotationPolicy
  readRefresh: (token: string) => Promise<BrowserRefreshClaims | null>
  /** The authentication rule, where there is one. */
  admits?: Admits
}

export type RefreshBrowser = (token: string, context: RequestContext) => Promise<RefreshOutcome>

export function createRefreshBrowser(deps: RefreshDeps): RefreshBrowser {
  const { sessions, mint, audit, policy, readRefresh } = deps
  return async (token, context) => {
    const claims = await readRefresh(token)
    if (!claims) return { kind: 'denied', revokedReason: null }
    const barred = await findBarred(deps, claims.sid)
    if (barred) {
      const why = { reason: 'not_admitted', subjectId: barred.id, sessionId: claims.sid, context }
      await audit.append({ event: 'refresh.denied', outcome: 'failure', ...why })
      return { kind: 'denied', revokedReason: null }
    }
    const outcome = await sessions.present(claims.sid, { generation: claims.g, tag: claims.jti }, policy, context)
    switch (outcome.kind) {
      case 'confirm-and-access':
      case 'access-only':
      case 'rotate':
      case 'reissue':
        return {
          kind: 'refreshed',
          view: outcome,
          access: await mint.access(outcome),
          refresh: sendsRefreshCookie(outcome.kind) ? await mint.refresh(outcome) : null,
        }
      case 'reuse':
        // Revoked and audited by the very statement that found it out.
        return { kind: 'denied', revokedReason: 'reuse' }
      case 'denied': {
        const { userId, revokedReason } = outcome
        const reason = revokedReason ?? 'expired'
        await audit.append({
          event: 'refresh.denied',
          outcome: 'failure',
          reason,
          subjectId: userId,
          sessionId: claims.sid,
          context,
        })
        return { kind: 'denied', revokedReason }
      }
    }
  }
}

/** Asked before the token is presented: what the rule refuses changes nothing, and may be let in again. Costs a query only with a rule. */
async function findBarred({ sessions, admits }: RefreshDeps, sid: string): Promise<UserRecord | null> {
  const view = admits && (await sessions.find(sid))
  if (!view || sessionOver(view) || (await admits(view.user))) return null
  return view.user
}
