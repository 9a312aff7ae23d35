import { afterAll, describe, expect, test } from 'vitest'
import { createHashPool, type HashPool } from './hash-pool'
import { createPasswordHasher, fingerprint } from './password-hasher'

const COST = 4
const pepper = Buffer.alloc(32, 1)
const pool = createHashPool(1)
const hasher = createPasswordHasher(pool, { pepper, cost: COST })
afterAll(() => pool.close())

const stored = async (password: string, settings = { pepper, cost: COST }) =>
  (await createPasswordHasher(pool, settings).hash(password)) ?? ''

/** What the hasher asks of its pool. */
function watched(cost = COST) {
  const work: Parameters<HashPool['run']>[0][] = []
  const watching: HashPool = {
    run(job, share) {
      work.push(job)
      return pool.run(job, share)
    },
    close: async () => {},
  }
  return { work, hasher: createPasswordHasher(watching, { pepper, cost }) }
}

test('PW-5: the stored form names the version and the pepper, and holds a bcrypt of the configured cost', async () => {
  const id = fingerprint(pepper).slice(0, 8)
  expect(await hasher.hash('tea on the roof')).toMatch(new RegExp(`^v1:${id}:\\$2[aby]\\$04\\$.{53}$`))
})

test('PW-5: bcrypt is given 64 characters, never the password', async () => {
  const { hasher: watching, work } = watched()
  await watching.hash('tea on the roof')
  await watching.verify('tea on the roof', await stored('tea on the roof'))
  for (const { text } of work) expect(text).toMatch(/^[A-Za-z0-9+/]{64}$/)
})

test('the same password is stored differently each time', async () => {
  expect(await stored('tea on the roof')).not.toBe(await stored('tea on the roof'))
})

describe('which password opens which hash', () => {
  const long = 'x'.repeat(72)
  test.each<[string, string, string, string]>([
    ['the right one', 'tea on the roof', 'tea on the roof', 'match'],
    ['another one', 'tea on the roof', 'tea on the floor', 'no-match'],
    ['PW-5: one that agrees in its first 72 bytes', `${long}one`, `${long}two`, 'no-match'],
    ['PW-5: one cut at 72 bytes', `${long}one`, long, 'no-match'],
    ['PW-3: one in another case', 'tea on the roof', 'Tea on the roof', 'no-match'],
    ['PW-3: one with a leading space', 'tea on the roof', ' tea on the roof', 'no-match'],
    ['PW-3: composed for decomposed', 'cafe\u0301 on the roof', 'caf\u00e9 on the roof', 'match'],
    ['PW-3: decomposed for composed', 'caf\u00e9 on the roof', 'cafe\u0301 on the roof', 'match'],
    ['compatible forms are no equals', '\ufb01ne on the roof', 'fine on the roof', 'no-match'],
    ['128 letters', 'x'.repeat(128), 'x'.repeat(128), 'match'],
    ['128 emoji', '\u{1f600}'.repeat(128), '\u{1f600}'.repeat(128), 'match'],
    ['PW-2: 129 letters', 'x'.repeat(129), 'x'.repeat(129), 'no-match'],
    ['PW-2: 129 emoji', '\u{1f600}'.repeat(129), '\u{1f600}'.repeat(129), 'no-match'],
    // Counted after NFC, as the policy counts: on such a keyboard every letter is two code points.
    ['PW-3: 100 letters whose accents are typed apart', '\u00e9'.repeat(100), 'e\u0301'.repeat(100), 'match'],
    [
      'PW-3: 128 letters of four code points each',
      '\u1f82'.repeat(128),
      '\u1f82'.normalize('NFD').repeat(128),
      'match',
    ],
    ['PW-2: 129 letters whose accents are typed apart', '\u00e9'.repeat(129), 'e\u0301'.repeat(129), 'no-match'],
    ['a million letters', 'x'.repeat(1_000_000), 'x'.repeat(1_000_000), 'no-match'],
    ['the empty one, even for a hash of it', '', '', 'no-match'],
    ['an over-long one for a hash of the empty one', '', 'x'.repeat(129), 'no-match'],
    ['NUL and what follows it count', 'tea\u0000roof', 'tea\u0000floor', 'no-match'],
  ])('%s', async (_, kept, typed, expected) => {
    expect(await hasher.verify(typed, await stored(kept))).toBe(expected)
  })

  test.each<[string, number, string]>([
    ['PW-6: a lower cost is stale', 5, 'match-stale'],
    ['the same cost is not', 4, 'match'],
  ])('%s', async (_, cost, expected) => {
    const dearer = createPasswordHasher(pool, { pepper, cost })
    expect(await dearer.verify('tea on the roof', await stored('tea on the roof'))).toBe(expected)
  })

  test('a higher cost than today’s is not stale', async () => {
    expect(await hasher.verify('tea on the roof', await stored('tea on the roof', { pepper, cost: 5 }))).toBe('match')
  })

  test('a hash under another pepper is opened by nothing', async () => {
    const other = await stored('tea on the roof', { pepper: Buffer.alloc(32, 2), cost: COST })
    expect(await hasher.verify('tea on the roof', other)).toBe('no-match')
    const [, , bcrypt] = other.split(':')
    const renamed = (await stored('tea on the roof')).replace(/^v1:[0-9a-f]{8}:/, 'v1:00000000:')
    expect(await hasher.verify('tea on the roof', renamed)).toBe('no-match')
    expect(await hasher.verify('tea on the roof', `v1:${fingerprint(pepper).slice(0, 8)}:${bcrypt}`)).toBe('no-match')
  })

  test('PW-6, KY-5: beside the pepper of before its hashes open, and are stale; a new hash is under the new one', async () => {
    const former = Buffer.alloc(32, 2)
    const turning = createPasswordHasher(pool, { pepper, previousPepper: former, cost: COST })
    const old = await stored('tea on the roof', { pepper: former, cost: COST })
    expect(await turning.verify('tea on the roof', old)).toBe('match-stale')
    expect(await turning.verify('tea on the floor', old)).toBe('no-match')
    expect(await turning.verify('', await stored('', { pepper: former, cost: COST }))).toBe('no-match')
    const fresh = (await turning.hash('tea on the roof')) ?? ''
    expect(await turning.verify('tea on the roof', fresh)).toBe('match')
    expect(await hasher.verify('tea on the roof', fresh)).toBe('match')
    expect(
      await turning.verify(
        'tea on the roof',
        await stored('tea on the roof', { pepper: Buffer.alloc(32, 3), cost: COST }),
      ),
    ).toBe('no-match')
  })

  test.each(['', 'x', 'v1:', 'v0:00000000:$2b$04$', '$2b$04$abcdefghijklmnopqrstuuxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'])(
    'what is no stored form is opened by nothing: %j',
    async (text) => {
      expect(await hasher.verify('tea on the roof', text)).toBe('no-match')
    },
  )
})

describe('EN-2: where there is no hash, a dummy costs the same', () => {
  test.each([4, 12])('at cost %d', async (cost) => {
    const work: Parameters<HashPool['run']>[0][] = []
    const idle: HashPool = { run: async (job) => (work.push(job), false), close: async () => {} }
    const watching = createPasswordHasher(idle, { pepper, cost })
    expect(await watching.verify('tea on the roof', null)).toBe('no-match')
    const [job] = work
    expect(work).toHaveLength(1)
    expect(job && 'stored' in job && job.stored).toMatch(
      new RegExp(`^\\$2b\\$${String(cost).padStart(2, '0')}\\$.{53}$`),
    )
  })

  /** In units of cost 0: what a failure costs. */
  const price = ([job]: Parameters<HashPool['run']>[0][]) =>
    job && 'stored' in job
      ? [Number(job.stored.slice(4, 6)), ...(job.pad ?? [])].reduce((sum, cost) => sum + 2 ** cost, 0)
      : NaN

  test('a failure costs as much as an unknown name, whatever cost the hash is of', async () => {
    const { hasher: watching, work } = watched(8)
    const failing = async (hash: string | null) => {
      work.length = 0
      expect(await watching.verify('tea on the floor', hash)).toBe('no-match')
      expect(work).toHaveLength(1)
      return price(work)
    }
    const hashes = [null, 'nonsense']
    for (const cost of [4, 5, 8]) hashes.push(await stored('tea on the roof', { pepper, cost }))
    for (const hash of hashes) expect([hash, await failing(hash)]).toEqual([hash, 2 ** 8])
    // Where the cost was lowered, all failures take as long as the dearest hash that was met.
    hashes.push(await stored('tea on the roof', { pepper, cost: 9 }))
    await failing(hashes.at(-1)!)
    for (const hash of hashes) expect([hash, await failing(hash)]).toEqual([hash, 2 ** 9])
  })

  test('the dummy is a hash that bcrypt really computes, and that nothing opens', async () => {
    const { hasher: watching, work } = watched()
    expect(await watching.verify('', null)).toBe('no-match')
    expect(await watching.verify('tea on the roof', null)).toBe('no-match')
    expect(await watching.verify('x'.repeat(500), 'nonsense')).toBe('no-match')
    expect(work).toHaveLength(3)
  })

  test('PW-2: an over-long password costs one comparison like any other', async () => {
    const { hasher: watching, work } = watched()
    const hash = await stored('tea on the roof')
    await watching.verify('x'.repeat(100_000), hash)
    expect(work).toMatchObject([{ stored: hash.split(':')[2] }])
  })
})

test('PW-13: the pool hears of each hash and comparison from which network it is asked', async () => {
  const asked: unknown[] = []
  const noting: HashPool = { run: async (_, ...whose) => (asked.push(whose), false), close: async () => {} }
  const hasher = createPasswordHasher(noting, { pepper, cost: COST })
  await hasher.verify('tea on the roof', null, '192.0.2.7')
  await hasher.hash('tea on the roof', 'half', '192.0.2.8')
  expect(asked).toEqual([
    ['whole', '192.0.2.7'],
    ['half', '192.0.2.8'],
  ])
})

test('PW-13: a full queue is busy at a comparison and null at a hash', async () => {
  const full: HashPool = { run: async () => 'busy', close: async () => {} }
  const waiting = createPasswordHasher(full, { pepper, cost: COST })
  expect(await waiting.verify('tea on the roof', null)).toBe('busy')
  expect(await waiting.hash('tea on the roof')).toBeNull()
})

test('a fingerprint tells secrets apart and holds nothing of them', () => {
  expect(fingerprint(pepper)).toMatch(/^[0-9a-f]{64}$/)
  expect(fingerprint(pepper)).toBe(fingerprint(Buffer.alloc(32, 1)))
  expect(fingerprint(pepper)).not.toBe(fingerprint(Buffer.alloc(32, 2)))
  expect(fingerprint(pepper)).not.toContain(pepper.toString('hex').slice(0, 16))
})
