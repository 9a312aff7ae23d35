/**
 * What the flows need of the world, as interfaces; wiring.ts supplies them from store and crypto, tests from lib/testing.
 * Nothing here throws for an expected ending: those are values.
 */
import type { AuditEntry } from './audit'
import type { ApiRefreshPolicy } from './api-refresh'
import type { PresentedToken, RotationPolicy } from './rotation'
import type {
  ClientRecord,
  Grants,
  RevokedReason,
  SessionKind,
  SessionRecord,
  SessionView,
  UserRecord,
} from './records'
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
  /** By email, or by username when no account has that email: one query, so that an unknown name costs no more than a known one. */
  findByLoginName(typed: string): Promise<UserRecord | null>
  list(): Promise<UserRecord[]>
  /** Which of the two are taken already, as anybody's email or username; the answer can be old by the time it is used. */
  takenFields(email: string, username: string): Promise<UserField[]>
  /** Replaces a stale hash if it is still the one that was checked (PW-6). False: it was not. */
  rehash(id: string, checked: string, fresh: string): Promise<boolean>
  recordLogin(id: string): Promise<void>
  /** Sets the password and moves the epoch, which ends every session; then writes the reason on their rows. Null: no such user. */
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
  | ({ kind: 'access-only' | 'both' | 'rotate' | 'reissue' } & SessionView)
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

/** A client as its proof needs it. */
export interface StoredClient {
  client: ClientRecord
  secretHash: string
  /** Whether its last use is noted as within the hour. */
  usedLately: boolean
}

export interface ClientStore {
  /** The database holds uniqueness: of two of one folded name at once one is created. */
  create(client: {
    name: string
    secretHash: string
  }): Promise<{ kind: 'created'; client: ClientRecord } | { kind: 'taken' }>
  findById(id: string): Promise<StoredClient | null>
  /** By the folded name. */
  findByName(name: string): Promise<ClientRecord | null>
  /** Oldest first. */
  list(): Promise<ClientRecord[]>
  /** Notes the hour of its use. */
  recordUse(id: string): Promise<void>
  /** True when this call deleted it. */
  delete(id: string): Promise<boolean>
}

export interface ClientSecrets {
  /** A new secret, and the hash to store. */
  make(): { secret: string; hash: string }
  /** In constant time, and with no stored hash in the same time. */
  matches(secret: string, stored: string | null): boolean
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
  /** A rate: counts one attempt at once against every key, or against none when one of them must wait. */
  take(keys: ThrottleKey[]): Promise<ThrottleVerdict>
  /** Gives a counted attempt back, and with it the pause it began. */
  refund(keys: ThrottleKey[]): Promise<void>
  /**
   * Holds room for one attempt against every key, or against none, before it is known whether it fails (TH-1); then comes fail or release.
   * Where all that are under way, should they fail, would use up the rest, it waits for them, some seconds at most; not patient, it does not.
   */
  reserve(keys: ThrottleKey[], options?: { patient?: boolean }): Promise<ThrottleVerdict>
  /** The reserved attempt failed, and counts. */
  fail(keys: ThrottleKey[]): Promise<void>
  /** The reserved attempt did not fail, or the fault was ours (TH-7). */
  release(keys: ThrottleKey[]): Promise<void>
  /** Forgets the failures; what is under way goes on. */
  clear(key: ThrottleKey): Promise<void>
}

/** `half`: work for strangers, which may hold at most half of the queue, so that those who have an account still get in. */
export type HashShare = 'whole' | 'half'

export interface PasswordHasher {
  /** The hash to store. Null: the queue, or what the network `from` may hold of it, is full, try again later (PW-13). */
  hash(password: string, share?: HashShare, from?: string): Promise<string | null>
  /** Compares with a stored hash, or with a dummy when there is none; a failure costs the same whatever was stored (EN-2). */
  verify(password: string, stored: string | null, from?: string): Promise<'match' | 'match-stale' | 'no-match' | 'busy'>
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
