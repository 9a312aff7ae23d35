/**
 * What the flows need of the world, as interfaces; wiring.ts supplies them from store and crypto, tests from lib/testing.
 * Nothing here throws for an expected ending: those are values.
 */
import type { AuditEntry } from './audit'
import type { ApiRefreshPolicy } from './api-refresh'
import type { PresentedToken, RotationPolicy } from './rotation'
import type { Grants, RevokedReason, SessionKind, SessionRecord, SessionView, UserRecord } from './records'
import type { RequestContext } from './request-context'
import type { ThrottleName } from './throttle'

export interface NewUser {
  email: string
  username: string
  passwordHash: string
  isStaff?: boolean
  isSuperuser?: boolean
}

export type UserField = 'email' | 'username'

export interface UserStore {
  /** The database holds uniqueness: of two at once one is created, the other is told which fields are taken. */
  create(user: NewUser): Promise<{ kind: 'created'; user: UserRecord } | { kind: 'taken'; fields: UserField[] }>
  findById(id: string): Promise<UserRecord | null>
  /** By the folded address, and only that: never by username. */
  findByEmail(email: string): Promise<UserRecord | null>
  findByUsername(username: string): Promise<UserRecord | null>
  list(): Promise<UserRecord[]>
  /** Which of the two are taken already; the answer can be old by the time it is used. */
  takenFields(email: string, username: string): Promise<UserField[]>
  /** Replaces a stale hash if it is still the one that was checked (PW-6). */
  rehash(id: string, checked: string, fresh: string): Promise<void>
  recordLogin(id: string): Promise<void>
  /** Sets the password, moves the epoch and ends every session, in one transaction. Null: no such user. */
  setPassword(id: string, passwordHash: string): Promise<UserRecord | null>
  /** As setPassword, but only while the stored hash is still the one that was checked: of two changes at once one wins. */
  changePassword(id: string, checked: string, passwordHash: string): Promise<UserRecord | null>
  /** Deactivation ends every session for good. Null: no such user. */
  setActive(id: string, active: boolean): Promise<UserRecord | null>
  /** True when there was such a user; its sessions go with it, its audit rows stay. */
  delete(id: string): Promise<boolean>
}

/** Whether the authentication rule of lib/hooks.ts lets this user go on. Throws when the rule does. */
export type Admits = (user: UserRecord) => Promise<boolean>

/** The login hooks of lib/hooks.ts. Neither throws: what they throw is reported, and the login's answer stays. */
export interface LoginHooks {
  onSuccess(view: SessionView, context: RequestContext): Promise<void>
  onFailed(attempt: { kind: SessionKind; identifier: string; reason: string; context: RequestContext }): Promise<void>
}

export interface GroupRecord {
  name: string
  /** Codenames, sorted. */
  permissions: string[]
  members: number
}

/** Names to add and to remove; what is so already is left so. */
export interface ListChange {
  add: string[]
  remove: string[]
}

export interface GroupStore {
  list(): Promise<GroupRecord[]>
  find(name: string): Promise<GroupRecord | null>
  /** False: there is one of that name, or it has been made at this very moment. */
  create(name: string): Promise<boolean>
  /** Its members lose it, and with it what it permits. False: no such group. */
  delete(name: string): Promise<boolean>
  /** What has really changed; null: no such group. A permission exists as long as some group has it. */
  changePermissions(name: string, change: ListChange): Promise<ListChange | null>
  /** What has really changed; nothing is when a group to add is missing. Null: no such user. */
  changeMemberships(userId: string, change: ListChange): Promise<ListChange | { missing: string[] } | null>
  grantsOf(userId: string): Promise<Grants>
}

export interface NewSession {
  user: Pick<UserRecord, 'id' | 'epoch'>
  kind: SessionKind
  persistent: boolean
  amr: string[]
  context: RequestContext
  /** The session this browser held until now; it is over from here on, without an alarm. */
  supersedes: string | null
}

/** What came of presenting a browser's refresh token. All but `denied` and `reuse` go on with new cookies. */
export type PresentOutcome =
  | ({ kind: 'confirm-and-access' | 'access-only' | 'rotate' | 'reissue' } & SessionView)
  | { kind: 'reuse' | 'denied'; userId: string | null; revokedReason: RevokedReason | null }

export type ApiPresentOutcome =
  | ({ kind: 'access-only' | 'both' | 'rotate' } & SessionView)
  /** `view` is the row as it stood; null when there is none. */
  | { kind: 'reuse' | 'denied'; view: SessionView | null }

export interface SessionStore {
  /** Null when the user has meanwhile been disabled, deleted or given another password. */
  start(session: NewSession): Promise<SessionView | null>
  find(sid: string): Promise<SessionView | null>
  /** The gate's own statement: the first outside presentation of a generation. */
  confirm(sid: string, generation: number): Promise<void>
  /** Decides and carries out, in one statement on the database clock (RF-1). */
  present(sid: string, token: PresentedToken, policy: RotationPolicy, context: RequestContext): Promise<PresentOutcome>
  presentApi(
    sid: string,
    token: PresentedToken,
    policy: ApiRefreshPolicy,
    context: RequestContext,
  ): Promise<ApiPresentOutcome>
  /** The live sessions of a user, last seen first. */
  listLive(userId: string): Promise<SessionRecord[]>
  /** True when this call ended it. With `userId` only that user's session is found (AZ-2). */
  revoke(sid: string, reason: RevokedReason, userId?: string): Promise<boolean>
  /** Ends all of a user's live sessions but one, and returns their ids. */
  revokeOthers(userId: string, keep: string | null, reason: RevokedReason): Promise<string[]>
}

export interface AuditLog {
  /** Never throws: a failing audit write stops no login, it is reported as a fault (LG-7). */
  append(entry: AuditEntry): Promise<void>
}

export type ThrottleVerdict = { kind: 'go' } | { kind: 'wait'; retryAfterMs: number }

export interface ThrottleKey {
  name: ThrottleName
  subject: string
}

export interface Throttle {
  /** Counts one attempt against every key, or against none when one of them must wait. Taken before the hash (TH-1). */
  take(keys: ThrottleKey[]): Promise<ThrottleVerdict>
  /** Gives an attempt back: it did not fail, or the fault was ours (TH-7). */
  refund(keys: ThrottleKey[]): Promise<void>
  clear(key: ThrottleKey): Promise<void>
}

export interface PasswordHasher {
  /** The hash to store. Null: the queue is full, try again later (PW-13). */
  hash(password: string): Promise<string | null>
  /** Compares with a stored hash, or with a dummy of the same cost when there is none (EN-2). */
  verify(password: string, stored: string | null): Promise<'match' | 'match-stale' | 'no-match' | 'busy'>
}

export interface IssuedToken {
  token: string
  /** The jti: 32 hex digits. */
  id: string
  issuedAt: Date
  expiresAt: Date
}

export interface SessionTokens {
  access: IssuedToken
  refresh: IssuedToken
}

/** What the claims hook adds to the tokens of a program. */
export type ExtraClaims = Readonly<Record<string, unknown>>

export interface TokenMint {
  /**
   * Asks the claims hook, once for both tokens, and makes sure that they will not be too large. Throws before anything is used up;
   * whoever leaves it out leaves `extra` out too, and the hook is asked for each token.
   */
  prepare(view: SessionView): Promise<ExtraClaims>
  access(view: SessionView, options?: { lifeMs?: number; extra?: ExtraClaims }): Promise<IssuedToken>
  refresh(view: SessionView, options?: { extra?: ExtraClaims }): Promise<IssuedToken>
}
