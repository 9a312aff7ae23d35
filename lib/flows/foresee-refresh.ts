/** Whether a refresh cookie would be honoured, without presenting it: for pages that only want to know where to send somebody. */
import type { BrowserRefreshClaims } from '#lib/core/claims'
import type { Admits, SessionStore } from '#lib/core/ports'
import { decideRotation, type RotationPolicy } from '#lib/core/rotation'
import { rotationFacts } from '#lib/core/session-state'

interface ForeseeDeps {
  sessions: SessionStore
  policy: RotationPolicy
  readRefresh: (token: string) => Promise<BrowserRefreshClaims | null>
  admits?: Admits
}

export type ForeseeRefresh = (token: string) => Promise<boolean>

export function createForeseeRefresh({ sessions, policy, readRefresh, admits }: ForeseeDeps): ForeseeRefresh {
  return async (token) => {
    const claims = await readRefresh(token)
    const view = claims && (await sessions.find(claims.sid))
    if (!claims || !view || view.session.kind !== 'browser') return false
    const decision = decideRotation(rotationFacts(view), { generation: claims.g, tag: claims.jti }, view.now, policy)
    if (decision === 'denied' || decision === 'reuse') return false
    // A page that sends on whom the gate then sends back would do so for ever.
    return admits ? admits(view.user) : true
  }
}
