/** A password hasher that costs nothing and counts its work. It keeps the port's promises, not the secret. */
import type { HashShare, PasswordHasher } from '#lib/core/ports'

export interface FastHasher extends PasswordHasher {
  /** Of which share of the queue each hash was asked. */
  shares: HashShare[]
  /** From which network each hash and each comparison was asked. */
  networks: (string | undefined)[]
  /** What was asked of it, in order; `dummy` is a comparison for want of a stored hash. */
  work: ('hash' | 'verify' | 'dummy')[]
  /** From here on it is out of order: its queue is full, or it breaks at its work. */
  break(how: 'busy' | 'fault'): void
}

const CURRENT = 'fast:2:'

/** The stored form; with `stale` one of an older cost. */
export const fastHash = (password: string, { stale = false } = {}) =>
  (stale ? 'fast:1:' : CURRENT) + Buffer.from(password.normalize('NFC')).toString('hex')

export function fastHasher(): FastHasher {
  const work: FastHasher['work'] = []
  const shares: HashShare[] = []
  const networks: (string | undefined)[] = []
  let broken: 'busy' | 'fault' | null = null
  const fault = () => {
    if (broken === 'fault') throw new Error('The hasher is broken.')
  }
  return {
    work,
    shares,
    networks,
    break(how) {
      broken = how
    },
    async hash(password, share = 'whole', from) {
      networks.push(from)
      work.push('hash')
      shares.push(share)
      fault()
      return broken === 'busy' ? null : fastHash(password)
    },
    async verify(password, stored, from) {
      networks.push(from)
      work.push(stored === null ? 'dummy' : 'verify')
      fault()
      if (broken === 'busy') return 'busy'
      if (stored === fastHash(password)) return 'match'
      return stored === fastHash(password, { stale: true }) ? 'match-stale' : 'no-match'
    },
  }
}
