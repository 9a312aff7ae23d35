/** An account as the commands print it: whole for `show` and JSON, short for a line of the list. */
import type { UserRecord } from '#lib/core/records'
import type { Row } from './output'

export function userRow({ id, email, username, isActive, isStaff, isSuperuser, ...times }: UserRecord): Row {
  const flags = { is_active: isActive, is_staff: isStaff, is_superuser: isSuperuser }
  return { id, email, username, ...flags, created_at: times.createdAt, last_login_at: times.lastLoginAt }
}

export function userLine({ email, username, isActive, isStaff, isSuperuser, lastLoginAt }: UserRecord): Row {
  const role = isSuperuser ? 'superuser' : isStaff ? 'staff' : null
  return { email, username, active: isActive, role, last_login: lastLoginAt }
}
