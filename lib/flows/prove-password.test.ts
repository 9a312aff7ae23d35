import { expect, test } from 'vitest'
import { aContext, aUser } from '#lib/testing/builders'
import { fastHash, fastHasher } from '#lib/testing/fast-hasher'
import { fixedClock } from '#lib/testing/fixed-clock'
import { memoryRows } from '#lib/testing/memory-rows'
import { memoryThrottle } from '#lib/testing/memory-throttle'
import { memoryUserStore } from '#lib/testing/memory-user-store'
import { createProvePassword } from './prove-password'

const password = 'a few unrelated words'
const stale = fastHash(password, { stale: true })

/** Proves the password of an account whose hash is stale, while `meanwhile` happens to the row. */
async function prove(meanwhile: { passwordHash: string; epoch?: number } | null) {
  const clock = fixedClock()
  const rows = memoryRows(clock)
  const user = aUser({ passwordHash: stale })
  rows.users.set(user.id, structuredClone(user))
  const users = memoryUserStore(rows)
  const hasher = fastHasher()
  const rehash: typeof users.rehash = (...given) => {
    const row = rows.users.get(user.id)
    if (row) Object.assign(row, meanwhile)
    return users.rehash(...given)
  }
  const provePassword = createProvePassword({ throttle: memoryThrottle(clock), hasher, users: { ...users, rehash } })
  const proof = await provePassword({ user, identifier: user.email, password, context: aContext() })
  return {
    proven: proof.kind === 'proven' ? proof.user.passwordHash : proof.kind,
    stored: rows.users.get(user.id)?.passwordHash,
  }
}

test('PW-6: the hash that is handed on after a rehash is the one that is stored', async () => {
  const { proven, stored } = await prove(null)
  expect(proven).toBe(fastHash(password))
  expect(stored).toBe(proven)
})

test('another login’s rehash is handed on, being the one that is stored', async () => {
  const { proven, stored } = await prove({ passwordHash: 'the same password, hashed anew' })
  expect(stored).toBe('the same password, hashed anew')
  expect(proven).toBe(stored)
})

test('the hash of another password is not handed on: nobody has proven it', async () => {
  const { proven, stored } = await prove({ passwordHash: 'the hash of another password', epoch: 1 })
  expect(stored).toBe('the hash of another password')
  expect(proven).toBe(stale)
})
