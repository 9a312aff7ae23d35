/**
 * Confirms a generation: the browser has shown its refresh cookie beside a good access token, so the reply that set it has arrived
 * (docs/design.md, section 4). Best effort, by the gate alone and from the Cookie header as received: a failed write refuses nobody.
 */
import type { BrowserRefreshClaims } from '#lib/core/claims'
import type { SessionStore } from '#lib/core/ports'
import type { SessionView } from '#lib/core/records'
import { decideConfirmation } from '#lib/core/rotation'
import { rotationFacts } from '#lib/core/session-state'

interface ConfirmDeps {
  sessions: SessionStore
  readRefresh: (token: string) => Promise<BrowserRefreshClaims | null>
  onFault: (error: unknown) => void
}

export type Confirm = (view: SessionView, refreshToken: string) => Promise<void>

export function createConfirm({ sessions, readRefresh, onFault }: ConfirmDeps): Confirm {
  return async (view, refreshToken) => {
    // A confirmed generation needs no second look: the common case costs no signature.
    if (view.session.confirmedAt !== null) return
    const claims = await readRefresh(refreshToken)
    if (!claims || claims.sid !== view.session.id) return
    const decision = decideConfirmation(rotationFacts(view), { generation: claims.g, tag: claims.jti }, view.now)
    if (decision === 'confirm') await sessions.confirm(claims.sid, claims.g).catch(onFault)
  }
}
