/** What is written to the audit table: one small entry for everything that happens to an account (LG-2). Never a secret (LG-3). */
import type { RequestContext } from './request-context'

export type AuditEvent =
  | 'register'
  | 'login'
  | 'logout'
  | 'reauthenticate'
  | 'session.end'
  | 'refresh.reuse'
  | 'refresh.denied'
  | 'password.change'
  | 'password.set'
  | 'user.create'
  | 'user.activate'
  | 'user.deactivate'
  | 'user.delete'
  | 'client.create'
  | 'client.delete'
  | 'client.refused'
  | 'user.groups'
  | 'group.create'
  | 'group.delete'
  | 'group.permissions'
  | 'csrf.refused'
  | 'key.begin'
  | 'key.publish'
  | 'key.hasten'
  | 'key.promote'
  | 'key.forget'
  | 'key.drop'
  | 'key.replace'
  | 'key.secret'

export interface AuditEntry {
  event: AuditEvent
  outcome: 'success' | 'failure'
  /** A stable word for why, when there is something to say. */
  reason?: string
  /** Who did it; null for a stranger or the command line. */
  actorId?: string | null
  /** Whose account it happened to. */
  subjectId?: string | null
  /** The session's id; the store keeps 12 hex digits of its hash (LG-1). */
  sessionId?: string | null
  /** Null on the command line. */
  context: RequestContext | null
  detail?: Record<string, string | number | boolean | null>
}
