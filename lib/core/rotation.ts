/**
 * Refresh-token rotation: what a presented refresh token deserves (docs/design.md, section 4).
 *
 * Pure. The session store carries the same table out as one UPDATE on the database clock; a test holds the two together.
 * Rows are read from the top, as in the table; "expired" access means expired, missing or unverifiable.
 */

/** The part of a session row that decides. `alive` is false when revoked, of an older epoch, or of a disabled user. */
export interface SessionFacts {
  alive: boolean
  generation: number
  parentTag: string | null
  confirmedAt: Date | null
  idleExpiresAt: Date
  absoluteExpiresAt: Date
}

export interface PresentedToken {
  generation: number
  /** The fork tag: the token's random jti, which tells two copies of one generation apart. */
  tag: string
}

export interface RotationPolicy {
  /** R: a generation confirmed at least this long ago gives way to the next. */
  rotationAgeMs: number
  /** G: after the child is confirmed, its parent is a late request for this long, then a copy. */
  lateWindowMs: number
}

export type RotationDecision =
  'pass' | 'confirm' | 'confirm-and-access' | 'access-only' | 'rotate' | 'reissue' | 'reuse' | 'denied'

/** What a refresh cookie deserves when the access token beside it is no longer good. */
export function decideRotation(
  session: SessionFacts,
  presented: PresentedToken,
  now: Date,
  policy: RotationPolicy,
): Exclude<RotationDecision, 'pass' | 'confirm'> {
  // A generation we never issued comes from a restored backup: refused, but no alarm.
  if (isOver(session, now) || presented.generation > session.generation) return 'denied'
  if (presented.generation === session.generation) return decideCurrent(session, now, policy)
  return isLateParent(session, presented, now, policy) ? 'reissue' : 'reuse'
}

/** What the row holds afterwards: the SET clauses of the store's statement, but for the idle end, which every success moves. */
export function carryOut(
  session: SessionFacts,
  presented: PresentedToken,
  decision: ReturnType<typeof decideRotation>,
  now: Date,
): SessionFacts {
  switch (decision) {
    case 'confirm-and-access':
      return { ...session, confirmedAt: now }
    case 'rotate':
      return { ...session, generation: session.generation + 1, parentTag: presented.tag, confirmedAt: null }
    case 'reuse':
      return { ...session, alive: false }
    case 'access-only':
    case 'reissue':
    case 'denied':
      return session
  }
}

/** Sent more often, the cookie of an old reply would overwrite a newer one. */
export const sendsRefreshCookie = (decision: ReturnType<typeof decideRotation>) =>
  decision === 'rotate' || decision === 'reissue'

/** Beside a valid access token the refresh cookie serves to confirm and for nothing else: it never denies and never alarms. */
export function decideConfirmation(session: SessionFacts, presented: PresentedToken, now: Date): 'pass' | 'confirm' {
  const current = !isOver(session, now) && presented.generation === session.generation
  return current && session.confirmedAt === null ? 'confirm' : 'pass'
}

export function isOver(session: SessionFacts, now: Date): boolean {
  return !session.alive || now >= session.idleExpiresAt || now >= session.absoluteExpiresAt
}

function decideCurrent(session: SessionFacts, now: Date, policy: RotationPolicy) {
  if (session.confirmedAt === null) return 'confirm-and-access'
  return age(session.confirmedAt, now) >= policy.rotationAgeMs ? 'rotate' : 'access-only'
}

function isLateParent(session: SessionFacts, presented: PresentedToken, now: Date, policy: RotationPolicy): boolean {
  if (presented.generation !== session.generation - 1 || presented.tag !== session.parentTag) return false
  // Unconfirmed: the reply may have been lost, and may be asked for again however late.
  return session.confirmedAt === null || age(session.confirmedAt, now) <= policy.lateWindowMs
}

const age = (since: Date, now: Date) => now.getTime() - since.getTime()
