/**
 * Whether somebody knows an account's password, at a guesser's pace: the throttle first, then the hash (TH-1, EN-2).
 * Part of login, re-authentication and password change; a lock holds on every route that takes the password (TH-6).
 */
import { foldEmail, foldUsername } from '#lib/core/identifiers'
import type { Admits, PasswordHasher, Throttle, ThrottleKey, UserStore } from '#lib/core/ports'
import type { UserRecord } from '#lib/core/records'
import type { RequestContext } from '#lib/core/request-context'

export type PasswordProof =
  | { kind: 'proven'; user: UserRecord }
  /** Wrong password, no such account, a disabled one, one without a password, or a rule's no: the caller must not tell them apart. */
  | { kind: 'failed'; why: 'wrong_password' | 'unknown_user' | 'inactive' | 'no_password' | 'not_admitted' }
  | { kind: 'throttled'; retryAfterMs: number }
  | { kind: 'busy' }

export interface PasswordClaim {
  user: UserRecord | null
  /** What was typed, for counting guesses at accounts that do not exist. */
  identifier: string
  password: string
  context: RequestContext
  /** Whether a deactivated account may go on with the right password; only ever for an API session. */
  inactive?: 'refused' | 'admitted'
}

export type ProvePassword = (claim: PasswordClaim) => Promise<PasswordProof>

export function createProvePassword(deps: {
  throttle: Throttle
  hasher: PasswordHasher
  users: UserStore
  /** The authentication rule, asked last: only who knows the password learns that it says no. */
  admits?: Admits
}): ProvePassword {
  return async ({ user, identifier, password, context, inactive = 'refused' }) => {
    // One account is one subject, however it was named.
    const subject = user ? user.id : foldUsername(foldEmail(identifier))
    const pair: ThrottleKey = { name: 'loginPair', subject: `${subject}\n${context.network}` }
    const address: ThrottleKey = { name: 'loginAddress', subject: context.network }
    const verdict = await deps.throttle.take([address, pair])
    if (verdict.kind === 'wait') return { kind: 'throttled', retryAfterMs: verdict.retryAfterMs }

    const result = await verify(deps, [address, pair], password, user)
    if (result === 'busy') return { kind: 'busy' }
    const barred = user?.isActive === false && inactive === 'refused'
    if (!user || result === 'no-match' || barred) return { kind: 'failed', why: whyFailed(user, result) }
    if (deps.admits && !(await admitted(deps, [address, pair], user))) return { kind: 'failed', why: 'not_admitted' }

    // The attempt did not fail: the pair starts afresh, the address only gets this one back (TH-5).
    await deps.throttle.clear(pair)
    await deps.throttle.refund([address])
    return { kind: 'proven', user: result === 'match-stale' ? await rehash(deps, user, password) : user }
  }
}

async function verify(
  deps: { throttle: Throttle; hasher: PasswordHasher },
  keys: ThrottleKey[],
  password: string,
  user: UserRecord | null,
) {
  try {
    const result = await deps.hasher.verify(password, user?.passwordHash ?? null)
    if (result === 'busy') await deps.throttle.refund(keys)
    return result
  } catch (fault) {
    // A fault of ours never counts as a failure of theirs (TH-7).
    await deps.throttle.refund(keys)
    throw fault
  }
}

async function admitted(deps: { throttle: Throttle; admits?: Admits }, keys: ThrottleKey[], user: UserRecord) {
  try {
    return (await deps.admits?.(user)) ?? true
  } catch (fault) {
    await deps.throttle.refund(keys)
    throw fault
  }
}

async function rehash(
  deps: { hasher: PasswordHasher; users: UserStore },
  user: UserRecord,
  password: string,
): Promise<UserRecord> {
  const fresh = await deps.hasher.hash(password)
  if (fresh === null || user.passwordHash === null) return user
  await deps.users.rehash(user.id, user.passwordHash, fresh)
  return { ...user, passwordHash: fresh }
}

function whyFailed(user: UserRecord | null, result: string) {
  if (!user) return 'unknown_user'
  if (!user.isActive) return 'inactive'
  return user.passwordHash === null && result === 'no-match' ? 'no_password' : 'wrong_password'
}
