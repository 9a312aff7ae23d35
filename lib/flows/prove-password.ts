/**
 * Whether somebody knows an account's password, at a guesser's pace: the throttle first, then the hash (TH-1, EN-2).
 * Part of login, re-authentication and password change; a lock holds on every route that takes the password (TH-6).
 *
 * A stranger's guesses count three times: for the address, for the name as typed, and for the account, so that guessing by email and by
 * username does not double the budget; and from IPv6 for the site, so that many networks are not many strangers. Were a paused account told as 429 under a name that was hardly tried, the 429 would say that two
 * names are one account: it gets the ordinary failure instead, and its password is not looked at.
 */
import { foldUsername } from '#lib/core/identifiers'
import type { Admits, PasswordHasher, Throttle, ThrottleKey, UserStore } from '#lib/core/ports'
import type { UserRecord } from '#lib/core/records'
import type { RequestContext } from '#lib/core/request-context'
import { siteOf } from '#lib/core/site'

export type PasswordProof =
  | { kind: 'proven'; user: UserRecord }
  /**
   * Wrong password, no such account, a disabled one, one without a password, one that pauses, or a rule's no: the caller must not tell
   * them apart.
   */
  | {
      kind: 'failed'
      why: 'wrong_password' | 'unknown_user' | 'inactive' | 'no_password' | 'account_paused' | 'not_admitted'
    }
  | { kind: 'throttled'; retryAfterMs: number }
  | { kind: 'busy' }

export interface PasswordClaim {
  user: UserRecord | null
  /** What was typed to name the account; null when a session names it: then nothing has to be hidden. */
  identifier: string | null
  password: string
  context: RequestContext
  /** Whether a deactivated account may go on with the right password; only ever for an API session. */
  inactive?: 'refused' | 'admitted'
}

export type ProvePassword = (claim: PasswordClaim) => Promise<PasswordProof>

interface ProveDeps {
  throttle: Throttle
  hasher: PasswordHasher
  users: UserStore
  /** The authentication rule, asked last: only who knows the password learns that it says no. */
  admits?: Admits
}

export function createProvePassword(deps: ProveDeps): ProvePassword {
  return async (claim) => {
    const { user, identifier, inactive = 'refused' } = claim
    const { places, name, account } = keysOf(claim)
    const first = [...places, identifier === null ? account : name]
    const verdict = await deps.throttle.reserve(first)
    if (verdict.kind === 'wait') return { kind: 'throttled', retryAfterMs: verdict.retryAfterMs }
    const paused = identifier !== null && !(await isOpen(deps, account, first))
    const reserved = paused || identifier === null ? first : [...first, account]

    const result = await verify(deps, reserved, claim, paused ? null : user)
    if (result === 'busy') return { kind: 'busy' }
    const barred = user?.isActive === false && inactive === 'refused'
    if (paused || !user || result === 'no-match' || barred) {
      await deps.throttle.fail(reserved)
      return { kind: 'failed', why: paused ? 'account_paused' : whyFailed(user, result) }
    }
    if (!(await orRelease(deps.throttle, reserved, async () => (await deps.admits?.(user)) ?? true))) {
      await deps.throttle.fail(reserved)
      return { kind: 'failed', why: 'not_admitted' }
    }

    // The account starts afresh, the address and its site only get this attempt back (TH-5).
    await deps.throttle.release(reserved)
    // The account before the name: who is let in under the name must find room for the account.
    for (const key of reserved.slice(places.length).reverse()) await deps.throttle.clear(key)
    return { kind: 'proven', user: result === 'match-stale' ? await rehash(deps, user, claim) : user }
  }
}

/** An unknown name has an account's counter too, for the work must be the same (EN-2). */
function keysOf({ user, identifier, context: { network } }: PasswordClaim) {
  const typed = foldUsername(identifier ?? '')
  const site = siteOf(network)
  const places: ThrottleKey[] = [{ name: 'loginAddress', subject: network }]
  return {
    /** The widest first: while it pauses, none of those within is touched. */
    places: site === null ? places : [{ name: 'loginSite' as const, subject: site }, ...places],
    name: { name: 'loginName' as const, subject: `${typed}\n${network}` },
    account: { name: 'loginPair' as const, subject: `${user ? user.id : typed}\n${network}` },
  }
}

/** Not patient: who guesses under several names at once would tell by the clock which of them wait for each other. */
async function isOpen({ throttle }: ProveDeps, account: ThrottleKey, reserved: ThrottleKey[]): Promise<boolean> {
  return orRelease(
    throttle,
    reserved,
    async () => (await throttle.reserve([account], { patient: false })).kind === 'go',
  )
}

async function verify(
  { throttle, hasher }: ProveDeps,
  keys: ThrottleKey[],
  { password, context }: PasswordClaim,
  user: UserRecord | null,
) {
  const hash = user?.passwordHash ?? null
  const result = await orRelease(throttle, keys, () => hasher.verify(password, hash, context.network))
  if (result === 'busy') await throttle.release(keys)
  return result
}

/** A fault of ours never counts as a failure of theirs (TH-7). */
async function orRelease<T>(throttle: Throttle, keys: ThrottleKey[], act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (fault) {
    await throttle.release(keys)
    throw fault
  }
}

/** The user as it stands now. A hash that somebody else replaced meanwhile is theirs: another login's, or a new password's. */
async function rehash(
  { hasher, users }: ProveDeps,
  user: UserRecord,
  { password, context }: PasswordClaim,
): Promise<UserRecord> {
  const fresh = await hasher.hash(password, 'whole', context.network)
  if (fresh === null || user.passwordHash === null) return user
  if (await users.rehash(user.id, user.passwordHash, fresh)) return { ...user, passwordHash: fresh }
  const now = await users.findById(user.id)
  // A moved epoch is another password, which nobody has proven: the old row opens nothing any more.
  return now?.epoch === user.epoch ? now : user
}

function whyFailed(user: UserRecord | null, result: string) {
  if (!user) return 'unknown_user'
  if (!user.isActive) return 'inactive'
  return user.passwordHash === null && result === 'no-match' ? 'no_password' : 'wrong_password'
}
