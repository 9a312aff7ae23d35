/** Why there is a login page instead of the one asked for, in calm words. An unknown reason says nothing. */
import type { RevokedReason } from '#lib/core/records'

const sentences: Record<RevokedReason | 'expired', string> = {
  logout: 'You are logged out.',
  expired: 'Your session has run out. Please log in again.',
  superseded: 'A newer login took the place of this session. Please log in again.',
  ended_by_user: 'This session was ended from another place. Please log in again.',
  ended_by_operator: 'This session was ended by those who run this site.',
  ended_by_client: 'This session was ended by a service that belongs to this site.',
  deactivated: 'This session was ended by those who run this site.',
  password_changed: 'Your password was changed, which ended this session. Log in with the new one.',
  too_many_sessions: 'You are logged in at many places, and this session was the oldest. Please log in again.',
  // Neutral on purpose: a copied session and a restored browser look alike from here.
  reuse: 'To be on the safe side, this session was ended. Please log in again.',
}

export function endedSentence(reason: string | undefined): string | null {
  return reason && Object.hasOwn(sentences, reason) ? sentences[reason as keyof typeof sentences] : null
}
