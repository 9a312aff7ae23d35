/** The rows the flows work with, as plain data. The stores make them; no field of theirs is a token. */

export interface UserRecord {
  id: string
  email: string
  username: string
  passwordHash: string | null
  isActive: boolean
  isStaff: boolean
  isSuperuser: boolean
  emailVerifiedAt: Date | null
  lastLoginAt: Date | null
  epoch: number
  createdAt: Date
}

/** A program that may ask about tokens and revoke them; its secret is the store's alone. */
export interface ClientRecord {
  id: string
  name: string
  createdAt: Date
  /** To the hour. Null: never yet. */
  lastUsedAt: Date | null
}

export type SessionKind = 'browser' | 'api'

/** Why a session was ended. Kept on the row, told to the person it belonged to in calm words. */
export type RevokedReason =
  | 'logout'
  | 'superseded'
  | 'ended_by_user'
  | 'ended_by_operator'
  | 'ended_by_client'
  | 'password_changed'
  | 'deactivated'
  | 'too_many_sessions'
  | 'reuse'

export interface SessionRecord {
  id: string
  userId: string
  kind: SessionKind
  generation: number
  parentTag: string | null
  rotatedAt: Date | null
  confirmedAt: Date | null
  idleExpiresAt: Date
  absoluteExpiresAt: Date
  revokedAt: Date | null
  revokedReason: RevokedReason | null
  persistent: boolean
  authTime: Date
  amr: string[]
  epoch: number
  userAgent: string
  ip: string
  lastSeenAt: Date
  createdAt: Date
}

/** What a user may do by the groups it is in, each list sorted. A superuser has every permission there is. */
export interface Grants {
  groups: string[]
  permissions: string[]
}

/** A session with its user and what that user may do, read together at one instant of the database's clock. */
export interface SessionView {
  session: SessionRecord
  user: UserRecord
  grants: Grants
  now: Date
}
