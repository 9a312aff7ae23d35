/**
 * The secrets of clients: 256 random bits, shown once and kept as SHA-256. Nobody can guess one, so nothing slow or
 * salted is needed, as a password needs it.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { ClientSecrets } from '#lib/core/ports'

/** Lets scanners of code and logs know one when they see it. Nothing in a secret needs escaping in HTTP Basic. */
const PREFIX = 'latchkey_'

const digest = (text: string) => createHash('sha256').update(text).digest()
/** What is compared where there is no client: the hash of nothing that was ever given out. */
const nobody = randomBytes(32)

export const clientSecrets: ClientSecrets = {
  make() {
    const secret = PREFIX + randomBytes(32).toString('base64url')
    return { secret, hash: digest(secret).toString('base64url') }
  },

  matches(secret, stored) {
    const expected = stored === null ? nobody : Buffer.from(stored, 'base64url')
    return timingSafeEqual(digest(secret), expected) && stored !== null
  },
}
