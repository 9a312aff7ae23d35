import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { hours, seconds } from '#lib/core/duration'
import type { KeyState, StoredKey } from '#lib/core/key-ring'
import { openLiveRing } from './key-ring'
import { makeSigningKey, openSigningKey } from './signing-keys'

const sealing = Buffer.alloc(32, 3)
const made = await Promise.all([1, 2, 3].map(() => makeSigningKey(sealing)))
const key = (i: number, state: KeyState): StoredKey => {
  const [one] = made.slice(i, i + 1)
  if (!one) throw new Error('So many keys were not made.')
  return { ...one, state, signsAt: new Date(0), expiresAt: null }
}
/** As long as a thumbprint. */
const unknown = (letter: string) => named(letter.repeat(43))
const named = (kid: string) => `${Buffer.from(JSON.stringify({ kid })).toString('base64url')}.e30.x`

async function aRing(first: StoredKey[]) {
  const database = { keys: first, readings: 0, broken: false, answers: Promise.resolve() }
  const clock = { at: 0, pauses: [] as number[] }
  const faults: unknown[] = []
  const ring = await openLiveRing({
    async read() {
      database.readings++
      if (database.broken) throw new Error('The database does not answer.')
      const { keys, answers } = database
      await answers
      return keys
    },
    openSigner: (stored) => openSigningKey(stored, sealing),
    onFault: (fault) => faults.push(fault),
    now: () => clock.at,
    async pause(ms) {
      clock.pauses.push(ms)
      // Whatever else comes in this moment comes first.
      await new Promise(setImmediate)
      clock.at += ms
    },
  })
  return { ring, database, clock, faults }
}

describe('the live ring', () => {
  test('signs with the current key, verifies with all, publishes all and no private member', async () => {
    const { ring } = await aRing([key(0, 'retiring'), key(1, 'current'), key(2, 'next')])
    const { signer, verifiers, published } = ring.keys()
    expect(signer?.kid).toBe(made[1]?.kid)
    expect([...verifiers.keys()]).toEqual(made.map(({ kid }) => kid))
    expect(published.map(({ kid }) => kid)).toEqual(made.map(({ kid }) => kid))
    for (const one of published) expect(Object.keys(one).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'])
  })

  test('what another instance has done is there after the next reading, and what is open stays open', async () => {
    const { ring, database } = await aRing([key(0, 'current')])
    const before = ring.keys().verifiers.get(made[0]?.kid ?? '')
    database.keys = [key(0, 'retiring'), key(1, 'current')]
    await ring.refresh()
    expect(ring.keys().signer?.kid).toBe(made[1]?.kid)
    expect(ring.keys().verifiers.get(made[0]?.kid ?? '')).toBe(before)
    database.keys = [key(1, 'current')]
    await ring.refresh()
    expect([...ring.keys().verifiers.keys()]).toEqual([made[1]?.kid])
  })

  test('a known key costs no reading; an unknown one costs one a second, whoever asks', async () => {
    const { ring, database, clock } = await aRing([key(0, 'current')])
    clock.at = seconds(1)
    await ring.ready(named(made[0]?.kid ?? ''))
    await ring.ready('no token at all')
    await ring.ready(named('x'.repeat(5000)))
    expect(database.readings).toBe(1)
    database.keys = [key(0, 'retiring'), key(1, 'current')]
    await Promise.all([
      ring.ready(named(made[1]?.kid ?? '')),
      ...['a', 'b', 'c'].map((one) => ring.ready(unknown(one))),
    ])
    expect(database.readings).toBe(2)
    expect(ring.keys().verifiers.has(made[1]?.kid ?? '')).toBe(true)
    clock.at += seconds(1)
    await ring.ready(unknown('d'))
    expect([database.readings, clock.pauses]).toEqual([3, [0, 0]])
  })

  test('what cannot be a thumbprint is no key of ours, and costs neither a reading nor time', async () => {
    const { ring, database, clock } = await aRing([key(0, 'current')])
    for (const kid of ['', 'a', 'a'.repeat(42), 'a'.repeat(44), `${'a'.repeat(42)}.`, `${'a'.repeat(42)}\n`])
      await ring.ready(named(kid))
    expect([database.readings, clock.pauses]).toEqual([1, []])
  })

  test('within a second of a miss nobody is refused unread: the next reading is waited for, by all together', async () => {
    const { ring, database, clock } = await aRing([key(0, 'current')])
    await ring.ready(unknown('a'))
    expect(database.readings).toBe(2)
    clock.at += 300
    // Another instance has begun a key that signs at once.
    database.keys = [key(0, 'retiring'), key(1, 'current')]
    const verdicts = Array.from({ length: 20 }, async (_, i) => {
      await ring.ready(i % 2 ? unknown('b') : named(made[1]?.kid ?? ''))
      return ring.keys().verifiers.has(made[1]?.kid ?? '')
    })
    expect(await Promise.all(verdicts)).toEqual(Array(20).fill(true))
    expect([database.readings, clock.pauses]).toEqual([3, [0, 700]])
    clock.at += 999
    await ring.ready(unknown('a'))
    expect([database.readings, clock.pauses]).toEqual([4, [0, 700, 1]])
    // A clock that was set ahead and back.
    clock.at -= hours(1)
    await ring.ready(unknown('a'))
    expect([database.readings, clock.pauses]).toEqual([5, [0, 700, 1, 1000]])
  })

  test.each([
    ['a fresh', seconds(1)],
    ['an old', seconds(6)],
  ])('beside %s reading a token that comes while one is under way waits for one that began after it', async (_, at) => {
    const { ring, database, clock } = await aRing([key(0, 'current')])
    let answer = () => {}
    clock.at = at
    database.answers = new Promise((resolve) => (answer = resolve))
    const under = ring.refresh()
    database.keys = [key(0, 'retiring'), key(1, 'current')]
    database.answers = Promise.resolve()
    const verdict = ring.ready(named(made[1]?.kid ?? ''))
    await pause(20)
    answer()
    await Promise.all([under, verdict])
    expect(ring.keys().verifiers.has(made[1]?.kid ?? '')).toBe(true)
  })

  test('a reading older than 5 s is trusted by nobody: a new one, or the fault', async () => {
    const { ring, database, clock } = await aRing([key(0, 'current')])
    clock.at = seconds(5)
    await ring.ready()
    expect(database.readings).toBe(1)
    clock.at += 1
    database.broken = true
    await expect(ring.ready(named(made[0]?.kid ?? ''))).rejects.toThrow('does not answer')
    database.broken = false
    database.keys = [key(1, 'current')]
    await ring.ready()
    expect([...ring.keys().verifiers.keys()]).toEqual([made[1]?.kid])
  })

  test('a current key under a secret that is not here: the one of before signs while it is in the ring, and that is told once', async () => {
    const { ring, database, faults } = await aRing([key(0, 'current')])
    const foreign = { ...(await makeSigningKey(Buffer.alloc(32, 4))), state: 'current' as const }
    const stored = { ...foreign, signsAt: new Date(0), expiresAt: null }
    database.keys = [key(0, 'retiring'), stored]
    await ring.refresh()
    expect(ring.keys().signer?.kid).toBe(made[0]?.kid)
    expect(ring.keys().verifiers.has(stored.kid)).toBe(true)
    await ring.refresh()
    expect(faults).toEqual([expect.objectContaining({ message: expect.stringContaining(stored.kid) })])
    database.keys = [stored]
    await expect(ring.refresh()).rejects.toThrow()
  })
})
