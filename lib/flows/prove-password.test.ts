import { describe, expect, test } from 'vitest'
import type { ThrottleKey } from '#lib/core/ports'
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

test('the queue of the hashes hears whose work it is, a rehash’s too: a network has its share of it and no more', async () => {
  const clock = fixedClock()
  const rows = memoryRows(clock)
  const user = aUser({ passwordHash: stale })
  rows.users.set(user.id, user)
  const hasher = fastHasher()
  const provePassword = createProvePassword({ throttle: memoryThrottle(clock), hasher, users: memoryUserStore(rows) })
  const context = aContext({ network: '198.51.100.1' })
  await provePassword({ user, identifier: user.email, password, context })
  await provePassword({ user: null, identifier: 'nobody', password, context })
  expect([hasher.work, hasher.networks]).toEqual([['verify', 'hash', 'dummy'], Array(3).fill('198.51.100.1')])
})

describe('the networks of one IPv6 site', () => {
  const SITE: ThrottleKey = { name: 'loginSite', subject: '2001:db8:7::/48' }
  const from = (network: string) => aContext({ network })
  const nth = (i: number) => `2001:db8:7:${i.toString(16)}::/64`
  const world = () => {
    const clock = fixedClock()
    const throttle = memoryThrottle(clock)
    const user = aUser({ passwordHash: fastHash(password) })
    const provePassword = createProvePassword({
      throttle,
      hasher: fastHasher(),
      users: memoryUserStore(memoryRows(clock)),
    })
    const attempt = async (network: string, given: string) =>
      (await provePassword({ user, identifier: user.email, password: given, context: from(network) })).kind
    return { throttle, attempt, user, provePassword }
  }

  test('count together: after three hundred failures of as many networks none of them is heard, and others are', async () => {
    const { attempt } = world()
    for (let i = 0; i < 300; i++) expect(await attempt(nth(i), 'wrong')).toBe('failed')
    expect(await attempt(nth(300), password)).toBe('throttled')
    expect(await attempt('2001:db8:8:0::/64', password)).toBe('proven')
    expect(await attempt('192.0.2.7', password)).toBe('proven')
  })

  test('get an attempt back that was right, and nothing else by it', async () => {
    const { attempt, throttle } = world()
    for (const given of ['wrong', password]) await attempt(nth(1), given)
    expect([throttle.count(SITE), throttle.pending(SITE)]).toEqual([1, 0])
  })

  test('count where the session names the account, too', async () => {
    const { provePassword, throttle, user } = world()
    await provePassword({ user, identifier: null, password: 'wrong', context: from(nth(1)) })
    expect(throttle.count(SITE)).toBe(1)
  })
})
