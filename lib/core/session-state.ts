/** Whether a session still counts, judged at one instant of the database's clock (docs/design.md, section 4). */
import type { SessionView } from './records'
import type { SessionFacts } from './rotation'

/** Why a session is over; `inactive` stands before everything else, as the token API answers it first. */
export type OverReason = 'inactive' | 'password_changed' | 'revoked' | 'expired'

/** JWT_CHECK_USER_IS_ACTIVE=false: the API sessions of deactivated users count too. Browser sessions never do. */
export interface ActivePolicy {
  apiIgnoresActive: boolean
}

export const CHECKS_ACTIVE: ActivePolicy = { apiIgnoresActive: false }

/** Null while the session lives. */
export function sessionOver(
  { session, user, now }: SessionView,
  { apiIgnoresActive }: ActivePolicy = CHECKS_ACTIVE,
): OverReason | null {
  if (!user.isActive && !(apiIgnoresActive && session.kind === 'api')) return 'inactive'
  if (session.revokedReason === 'password_changed') return 'password_changed'
  if (session.revokedAt !== null) return 'revoked'
  if (session.epoch !== user.epoch) return 'password_changed'
  return now >= session.idleExpiresAt || now >= session.absoluteExpiresAt ? 'expired' : null
}

/** The facts that decideRotation judges. */
export function rotationFacts(
  { session, user }: Pick<SessionView, 'session' | 'user'>,
  { apiIgnoresActive }: ActivePolicy = CHECKS_ACTIVE,
): SessionFacts {
  const admitted = user.isActive || (apiIgnoresActive && session.kind === 'api')
  return {
    alive: admitted && session.revokedAt === null && session.epoch === user.epoch,
    generation: session.generation,
    parentTag: session.parentTag,
    confirmedAt: session.confirmedAt,
    idleExpiresAt: session.idleExpiresAt,
    absoluteExpiresAt: session.absoluteExpiresAt,
  }
}
