/**
 * The columns of a session joined with its user, for the statements written by hand, and the way back from a row to the records.
 * Every such statement names its tables `s` and `u` and returns the database's now beside them.
 */
import type { RevokedReason, SessionRecord, SessionView, UserRecord } from '#lib/core/records'
import { Prisma, type Session, type User } from './generated/client'

const sessionColumns: Record<keyof SessionRecord, string> = {
  id: 'id',
  userId: 'user_id',
  kind: 'kind::text',
  generation: 'gen',
  parentTag: 'parent_tag',
  rotatedAt: 'rotated_at',
  confirmedAt: 'confirmed_at',
  idleExpiresAt: 'idle_expires_at',
  absoluteExpiresAt: 'absolute_expires_at',
  revokedAt: 'revoked_at',
  revokedReason: 'revoked_reason',
  persistent: 'persistent',
  authTime: 'auth_time',
  amr: 'amr',
  epoch: 'epoch',
  userAgent: 'user_agent',
  ip: 'ip',
  lastSeenAt: 'last_seen_at',
  createdAt: 'created_at',
}

const userColumns: Record<keyof UserRecord, string> = {
  id: 'id',
  email: 'email',
  username: 'username',
  passwordHash: 'password_hash',
  isActive: 'is_active',
  isStaff: 'is_staff',
  isSuperuser: 'is_superuser',
  emailVerifiedAt: 'email_verified_at',
  lastLoginAt: 'last_login_at',
  epoch: 'epoch',
  createdAt: 'created_at',
}

const aliased = (table: 's' | 'u', columns: Record<string, string>) =>
  Object.entries(columns).map(([name, column]) => `${table}.${column} AS "${table}.${name}"`)

/** `SELECT` or `RETURNING` list of a view. */
export const VIEW = Prisma.raw(
  [...aliased('s', sessionColumns), ...aliased('u', userColumns), 'now() AS now'].join(', '),
)

export type ViewRow = Record<string, unknown> & { now: Date }

export function viewOf(row: ViewRow): SessionView {
  return {
    session: pick(row, 's.') as unknown as SessionRecord,
    user: pick(row, 'u.') as unknown as UserRecord,
    now: row.now,
  }
}

function pick(row: ViewRow, prefix: string): Record<string, unknown> {
  const own = Object.entries(row).filter(([name]) => name.startsWith(prefix))
  return Object.fromEntries(own.map(([name, value]) => [name.slice(prefix.length), value]))
}

/** A user as Prisma reads it. */
export function userRecord(row: User): UserRecord {
  const names = Object.keys(userColumns) as (keyof UserRecord)[]
  return Object.fromEntries(names.map((name) => [name, row[name]])) as unknown as UserRecord
}

/** A session as Prisma reads it. */
export function sessionRecord({ gen, revokedReason, ...row }: Session): SessionRecord {
  return { ...row, generation: gen, revokedReason: revokedReason as RevokedReason | null }
}

/** A length of time as SQL. */
export const interval = (ms: number) => Prisma.sql`(${ms}::float8 * interval '1 millisecond')`

/** Whether the session still lives, on the database's clock. */
export const ALIVE = Prisma.raw(
  's.revoked_at IS NULL AND s.epoch = u.epoch AND u.is_active AND now() < s.idle_expires_at AND now() < s.absolute_expires_at',
)
