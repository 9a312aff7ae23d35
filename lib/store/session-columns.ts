/**
 * The columns of a session joined with its user, for the statements written by hand, and the way back from a row to the records.
 * Every such statement names its tables `s` and `u` and returns the database's now beside them.
 */
import type { Grants, RevokedReason, SessionRecord, SessionView, UserRecord } from '#lib/core/records'
import type { ActivePolicy } from '#lib/core/session-state'
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

/** The user's groups and permissions, in the statement that reads the session: a check costs one query, and a change of role acts at once. */
const grants: Record<keyof Grants, string> = {
  groups: `ARRAY(
    SELECT g.name FROM memberships m JOIN groups g ON g.id = m.group_id
    WHERE m.user_id = u.id ORDER BY g.name COLLATE "C")`,
  permissions: `ARRAY(
    SELECT p.codename FROM permissions p
    WHERE u.is_superuser OR p.id IN (
      SELECT gp.permission_id FROM memberships m JOIN group_permissions gp ON gp.group_id = m.group_id WHERE m.user_id = u.id)
    ORDER BY p.codename COLLATE "C")`,
}

/** What a user named `u` in the statement may do. */
export const GRANTS = Prisma.raw(
  Object.entries(grants)
    .map(([name, sql]) => `${sql} AS "a.${name}"`)
    .join(', '),
)

/** `SELECT` or `RETURNING` list of a view. */
export const VIEW = Prisma.join([
  Prisma.raw([...aliased('s', sessionColumns), ...aliased('u', userColumns), 'now() AS now'].join(', ')),
  GRANTS,
])

export type ViewRow = Record<string, unknown> & { now: Date }

export function viewOf(row: ViewRow): SessionView {
  return {
    session: pick(row, 's.') as unknown as SessionRecord,
    user: pick(row, 'u.') as unknown as UserRecord,
    grants: grantsOf(row),
    now: row.now,
  }
}

export function grantsOf(row: Record<string, unknown>): Grants {
  return pick(row, 'a.') as unknown as Grants
}

function pick(row: Record<string, unknown>, prefix: string): Record<string, unknown> {
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

const UNENDED =
  's.revoked_at IS NULL AND s.epoch = u.epoch AND now() < s.idle_expires_at AND now() < s.absolute_expires_at'

/** Whether the session still lives, on the database's clock. */
export const ALIVE = Prisma.raw(`${UNENDED} AND u.is_active`)

/** The same where JWT_CHECK_USER_IS_ACTIVE may let the API sessions of deactivated users live. */
export const alive = ({ apiIgnoresActive }: ActivePolicy) =>
  apiIgnoresActive ? Prisma.raw(`${UNENDED} AND (u.is_active OR s.kind = 'api')`) : ALIVE
