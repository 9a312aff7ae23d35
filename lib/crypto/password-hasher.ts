/**
 * Password hashes: bcrypt behind a keyed pre-hash (PW-5, decision 0003), computed in the worker pool.
 *
 * Stored as `v1:<pepper id>:<bcrypt>`. bcrypt reads 72 bytes and ignores the rest: it is given a 64-character keyed hash, never the
 * password, so no two passwords that begin alike open each other's account, and a stolen table is useless without the pepper.
 */
import { createHash, createHmac } from 'node:crypto'
import type { PasswordHasher } from '#lib/core/ports'
import { PASSWORD_MAX } from '#lib/core/password-policy'
import type { HashPool } from './hash-pool'

const FORMAT = /^v1:([0-9a-f]{8}):(\$2[aby]\$(\d\d)\$.{53})$/

export interface HasherSettings {
  /** PASSWORD_PEPPER: lost, every password must be reset. */
  pepper: Buffer
  /** The one of before, while hashes under it are still about: they verify, and count as stale (PW-6). */
  previousPepper?: Buffer | null
  /** bcrypt's cost: each step doubles the time. */
  cost: number
}

export function createPasswordHasher(
  pool: HashPool,
  { pepper, previousPepper = null, cost }: HasherSettings,
): PasswordHasher {
  const pepperId = idOf(pepper)
  const peppers = new Map([...(previousPepper ? [previousPepper] : []), pepper].map((one) => [idOf(one), one]))
  const prehash = (password: string, id = pepperId) =>
    createHmac('sha384', peppers.get(id) ?? pepper)
      .update(password.normalize('NFC'), 'utf8')
      .digest('base64')
  // A bcrypt of no password at the present cost, so that an unknown name costs what a wrong password costs (EN-2).
  const dummy = `$2b$${String(cost).padStart(2, '0')}$${'abcdefghijklmnopqrstuu'}${'x'.repeat(31)}`

  // The dearest cost met so far, if PASSWORD_HASH_COST was once higher than today: every failure takes as long as that one's.
  let dearest = cost

  return {
    async hash(password, share, from) {
      const bcrypt = await pool.run({ text: prehash(password), cost }, share, from)
      return bcrypt === 'busy' ? null : `v1:${pepperId}:${bcrypt}`
    },

    async verify(password, stored, from) {
      const [, storedPepper = '', bcrypt, storedCost] = FORMAT.exec(stored ?? '') ?? []
      const comparable = bcrypt !== undefined && peppers.has(storedPepper)
      const text = prehash(isTooLong(password) ? '' : password, storedPepper)
      const compared = comparable ? Number(storedCost) : cost
      dearest = Math.max(dearest, compared)
      const work = { text, stored: comparable ? bcrypt : dummy, pad: padding(compared, dearest) }
      const match = await pool.run(work, 'whole', from)
      if (match === 'busy') return 'busy'
      if (match !== true || !comparable || text === prehash('', storedPepper)) return 'no-match'
      return Number(storedCost) < cost || storedPepper !== pepperId ? 'match-stale' : 'match'
    },
  }
}

/**
 * What a failed comparison at one cost is made as dear as another with: 2^4 + (2^4 + 2^5 + 2^6) = 2^7. A hash of an older, lower cost
 * would else answer faster than the dummy and say that there is an account (EN-2).
 */
function padding(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i)
}

/**
 * Nothing over the limit was ever stored (PW-2); hashing a megabyte would only serve an attacker. Counted after NFC, as the policy counts:
 * one code point is typed as four at most, of at most two units each, so what is longer than that needs no normalising.
 */
function isTooLong(password: string): boolean {
  return password.length > 8 * PASSWORD_MAX || [...password.normalize('NFC')].length > PASSWORD_MAX
}

/** Which pepper a stored hash is under. */
const idOf = (pepper: Buffer) => fingerprint(pepper).slice(0, 8)

/** A name for a secret that does not give it away: the database keeps it and refuses a start with another one. */
export function fingerprint(secret: Buffer): string {
  return createHash('sha256').update('latchkey fingerprint\0').update(secret).digest('hex')
}
