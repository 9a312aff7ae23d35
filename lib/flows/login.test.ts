import { describe, expect, test } from 'vitest'
import { minutes } from '#lib/core/duration'
import { aContext } from '#lib/testing/builders'
import { fastHash } from '#lib/testing/fast-hasher'
import { PASSWORD, testLatchkey, type TestLatchkey, type TestOptions } from '#lib/testing/test-latchkey'

const browser = { kind: 'browser' as const, persistent: true, supersedes: null }
const WRONG = 'not the password at all'
const PAIR = (subject: string) => ({ name: 'loginPair' as const, subject: `${subject}\n203.0.113.7` })
const ADDRESS = { name: 'loginAddress' as const, subject: '203.0.113.7' }

const world = (options?: TestOptions) => {
  const latchkey = testLatchkey(options)
  return { ...latchkey, ada: latchkey.addUser() }
}
const attempt = ({ login, context }: TestLatchkey, identifier: string, password: string, session = browser) =>
  login({ input: { identifier, password }, identifierKey: 'identifier', session, context })

describe('a good login', () => {
  test.each(['ada@example.com', 'ADA@Example.COM', ' ada@example.com ', 'ada', 'ADA'])(
    'is named by %j',
    async (name) => {
      const latchkey = world()
      const outcome = await attempt(latchkey, name, PASSWORD)
      expect(outcome).toMatchObject({ kind: 'logged-in', user: { id: latchkey.ada.id } })
    },
  )

  test('opens one session of that user, with both tokens of its first generation', async () => {
    const latchkey = world()
    const outcome = await attempt(latchkey, 'ada', PASSWORD)
    if (outcome.kind !== 'logged-in') throw new Error(outcome.kind)
    const [row] = [...latchkey.rows.sessions.values()]
    expect(latchkey.rows.sessions.size).toBe(1)
    expect(row).toMatchObject({ id: outcome.session.id, userId: latchkey.ada.id, generation: 0, confirmedAt: null })
    expect(row).toMatchObject({ kind: 'browser', persistent: true, amr: ['pwd'], authTime: latchkey.clock.now() })
    expect(latchkey.minted).toEqual(['access', 'refresh'])
    expect(await latchkey.readRefresh(outcome.tokens.refresh.token)).toMatchObject({ sid: row?.id, g: 0 })
  })

  test('PR-2: without "Stay signed in" the session ends after a day', async () => {
    const latchkey = world()
    await attempt(latchkey, 'ada', PASSWORD, { ...browser, persistent: false })
    const [row] = [...latchkey.rows.sessions.values()]
    expect(row?.persistent).toBe(false)
    expect((row?.absoluteExpiresAt.getTime() ?? 0) - latchkey.clock.now().getTime()).toBe(minutes(24 * 60))
  })

  test('SE-1: it supersedes the session this browser held, without an alarm', async () => {
    const latchkey = world()
    const former = await latchkey.open(latchkey.ada)
    await attempt(latchkey, 'ada', PASSWORD, { ...browser, supersedes: former.session.id as never })
    expect(latchkey.rows.sessions.get(former.session.id)).toMatchObject({ revokedReason: 'superseded' })
    expect(latchkey.rows.audit.map(({ event }) => event)).toEqual(['login'])
  })

  test('A7.1.2: beyond the most sessions of one account the longest unseen ends', async () => {
    const latchkey = world({ maxSessions: 2 })
    const first = await latchkey.open(latchkey.ada)
    latchkey.clock.advance(1)
    const second = await latchkey.open(latchkey.ada)
    latchkey.clock.advance(1)
    await attempt(latchkey, 'ada', PASSWORD)
    expect(latchkey.rows.sessions.get(first.session.id)).toMatchObject({ revokedReason: 'too_many_sessions' })
    expect(latchkey.rows.sessions.get(second.session.id)).toMatchObject({ revokedReason: null })
  })

  test.each([true, false])('records the login when that is asked for: %s', async (recordsLastLogin) => {
    const latchkey = world({ recordsLastLogin })
    await attempt(latchkey, 'ada', PASSWORD)
    const { lastLoginAt } = latchkey.rows.users.get(latchkey.ada.id) ?? {}
    expect(lastLoginAt).toEqual(recordsLastLogin ? latchkey.clock.now() : null)
  })

  test('takes an email first and a username only when no account has that email', async () => {
    const latchkey = world()
    const eve = latchkey.addUser({
      email: 'eve@example.com',
      username: 'ada@example.com',
      passwordHash: fastHash(WRONG),
    })
    expect(await attempt(latchkey, 'ada@example.com', WRONG)).toEqual({ kind: 'refused' })
    expect(await attempt(latchkey, 'ada@example.com', PASSWORD)).toMatchObject({ user: { id: latchkey.ada.id } })
    expect(await attempt(latchkey, 'eve@example.com', WRONG)).toMatchObject({ user: { id: eve.id } })
  })

  test('PW-6: replaces a stale hash by a fresh one, and the password still opens the account', async () => {
    const latchkey = world()
    const bob = latchkey.addUser({
      email: 'bob@example.com',
      username: 'bob',
      passwordHash: fastHash(PASSWORD, { stale: true }),
    })
    expect((await attempt(latchkey, 'bob', PASSWORD)).kind).toBe('logged-in')
    expect(latchkey.rows.users.get(bob.id)?.passwordHash).toBe(fastHash(PASSWORD))
    expect((await attempt(latchkey, 'bob', PASSWORD)).kind).toBe('logged-in')
  })

  test('PW-6: where another login replaced the stale hash first, that one is the account’s', async () => {
    const latchkey = world()
    const bob = latchkey.addUser({
      email: 'bob@example.com',
      username: 'bob',
      passwordHash: fastHash(PASSWORD, { stale: true }),
    })
    const proofs = await Promise.all(
      [1, 2].map(() =>
        latchkey.provePassword({ user: bob, identifier: 'bob', password: PASSWORD, context: latchkey.context }),
      ),
    )
    for (const proof of proofs)
      expect(proof).toMatchObject({ kind: 'proven', user: { passwordHash: fastHash(PASSWORD) } })
  })

  test('PW-6: where the password was changed meanwhile, the hash that was proven is not passed off as the account’s', async () => {
    const latchkey = world()
    const stale = fastHash(PASSWORD, { stale: true })
    const bob = latchkey.addUser({ email: 'bob@example.com', username: 'bob', passwordHash: stale })
    await latchkey.users.setPassword(bob.id, fastHash('another set of words'))
    const proof = await latchkey.provePassword({
      user: bob,
      identifier: 'bob',
      password: PASSWORD,
      context: latchkey.context,
    })
    expect(proof).toMatchObject({ kind: 'proven', user: { passwordHash: stale, epoch: 0 } })
    expect(await latchkey.users.findById(bob.id)).toMatchObject({ passwordHash: fastHash('another set of words') })
  })

  test('a hash that is up to date is left alone', async () => {
    const latchkey = world()
    await attempt(latchkey, 'ada', PASSWORD)
    expect(latchkey.hasher.work).toEqual(['verify'])
  })
})

const failures: [string, Partial<ReturnType<TestLatchkey['addUser']>> | null, string, string][] = [
  ['an unknown account', null, PASSWORD, 'unknown_user'],
  ['a wrong password', {}, WRONG, 'wrong_password'],
  ['a disabled account with the right password', { isActive: false }, PASSWORD, 'inactive'],
  ['a disabled account with a wrong password', { isActive: false }, WRONG, 'inactive'],
  ['an account without a password', { passwordHash: null }, PASSWORD, 'no_password'],
  ['a password of spaces', {}, '   ', 'wrong_password'],
]

describe.each(failures)('EN-1: %s', (_, account, password, reason) => {
  const failing = async () => {
    const latchkey = testLatchkey()
    if (account) latchkey.addUser({ email: 'bob@example.com', username: 'bob', ...account })
    return { latchkey, outcome: await attempt(latchkey, 'bob@example.com', password) }
  }

  test('gets the one answer, and nothing is opened or minted', async () => {
    const { latchkey, outcome } = await failing()
    expect(outcome).toEqual({ kind: 'refused' })
    expect(latchkey.rows.sessions.size).toBe(0)
    expect(latchkey.minted).toEqual([])
  })

  test('EN-2: costs exactly one comparison of a hash', async () => {
    const { latchkey } = await failing()
    expect(latchkey.hasher.work).toHaveLength(1)
  })

  test('counts against the address, the name and the account', async () => {
    const { latchkey } = await failing()
    const [address, ...others] = latchkey.throttle.keys()
    expect(address).toEqual(ADDRESS)
    expect(others.map(({ name }) => name)).toEqual(['loginName', 'loginPair'])
    expect(latchkey.throttle.keys().map((key) => latchkey.throttle.count(key))).toEqual([1, 1, 1])
    expect(latchkey.throttle.keys().map((key) => latchkey.throttle.pending(key))).toEqual([0, 0, 0])
  })

  test('LG-4: is audited with its reason, and without the password or what was typed for an unknown account', async () => {
    const { latchkey } = await failing()
    expect(latchkey.rows.audit).toMatchObject([{ event: 'login', outcome: 'failure', reason }])
    const written = JSON.stringify(latchkey.rows.audit)
    expect(written).not.toContain('bob')
    expect(written).not.toContain(JSON.stringify(password).slice(1, -1))
    expect(latchkey.rows.audit[0]?.detail?.identifier).toBe(account ? undefined : `mark-of-${'bob@example.com'.length}`)
  })
})

describe('the throttle', () => {
  test('TH-1: of fifty wrong logins at once five are judged and the rest wait', async () => {
    const latchkey = world()
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => attempt(latchkey, 'ada', WRONG)))
    expect(outcomes.filter(({ kind }) => kind === 'refused')).toHaveLength(5)
    expect(outcomes.filter(({ kind }) => kind === 'throttled')).toHaveLength(45)
    expect(latchkey.hasher.work).toHaveLength(5)
  })

  test('who must wait is not hashed, also with the right password, and a stranger’s name waits just as long', async () => {
    const latchkey = world()
    for (let i = 0; i < 5; i++) await attempt(latchkey, 'ada', WRONG)
    for (let i = 0; i < 5; i++) await attempt(latchkey, 'nobody', WRONG)
    latchkey.hasher.work.length = 0
    const known = await attempt(latchkey, 'ada', PASSWORD)
    expect(known).toEqual({ kind: 'throttled', retryAfterMs: minutes(1) })
    expect(await attempt(latchkey, 'nobody', PASSWORD)).toEqual(known)
    expect(latchkey.hasher.work).toEqual([])
  })

  const names = ['ada', 'ADA', 'ada@example.com', 'ADA@example.com', 'ada']
  test('one account is one budget, whether it is named by email or by username: beyond it no password is looked at', async () => {
    const latchkey = world()
    for (const name of names) await attempt(latchkey, name, WRONG)
    expect(latchkey.throttle.count(PAIR(latchkey.ada.id))).toBe(5)
    latchkey.hasher.work.length = 0
    for (const name of ['ada@example.com', 'ada'])
      expect((await attempt(latchkey, name, PASSWORD)).kind).toBe('refused')
    expect(latchkey.hasher.work).toEqual(['dummy', 'dummy'])
    expect(latchkey.rows.audit.at(-1)).toMatchObject({ outcome: 'failure', reason: 'account_paused' })
    // It made nothing worse for the account: after its minute the right password is judged.
    latchkey.clock.advance(minutes(1))
    expect((await attempt(latchkey, 'ada', PASSWORD)).kind).toBe('logged-in')
  })

  test('EN-1: from what a stranger is told nobody learns that an email and a username are one account', async () => {
    const guesses = (one: string, other: string) => [
      ...names.map((_, i) => (i % 3 ? one : other)),
      ...Array(7).fill(one),
      ...Array(7).fill(other),
    ]
    const told = async (one: string, other: string) => {
      const latchkey = world()
      latchkey.addUser({ email: 'bob@example.com', username: 'bob' })
      const outcomes = []
      for (const name of guesses(one, other)) outcomes.push(await attempt(latchkey, name, WRONG))
      return { outcomes, work: latchkey.hasher.work.length }
    }
    const linked = await told('ada@example.com', 'ada')
    expect(linked.outcomes.map(({ kind }) => kind)).toContain('throttled')
    expect(await told('ada@example.com', 'bob')).toEqual(linked)
    expect(await told('ada@example.com', 'nobody')).toEqual(linked)
    expect(await told('somebody', 'nobody')).toEqual(linked)
  })

  test.each([0, 4])('twelve right logins at once all pass, also after %d wrong ones', async (wrong) => {
    const latchkey = world()
    for (let i = 0; i < wrong; i++) await attempt(latchkey, 'ada', WRONG)
    const outcomes = await Promise.all(Array.from({ length: 12 }, () => attempt(latchkey, 'ada', PASSWORD)))
    expect(outcomes.map(({ kind }) => kind)).toEqual(Array(12).fill('logged-in'))
    expect(latchkey.throttle.keys().map((key) => latchkey.throttle.pending(key))).toEqual([0, 0, 0])
    expect(latchkey.throttle.count(ADDRESS)).toBe(wrong)
  })

  test('a good login clears the account before the name: who comes in by the name finds room for the account', async () => {
    const latchkey = world()
    await attempt(latchkey, 'ada', WRONG)
    const cleared: string[] = []
    const { clear } = latchkey.throttle
    latchkey.throttle.clear = (key) => (cleared.push(key.name), clear(key))
    await attempt(latchkey, 'ada', PASSWORD)
    expect(cleared).toEqual(['loginPair', 'loginName'])
  })

  test('forty people of one address log in at once', async () => {
    const latchkey = world()
    const people = Array.from({ length: 40 }, (_, i) =>
      latchkey.addUser({ email: `p${i}@example.com`, username: `p${i}` }),
    )
    const outcomes = await Promise.all(people.map(({ username }) => attempt(latchkey, username, PASSWORD)))
    expect(outcomes.filter(({ kind }) => kind === 'logged-in')).toHaveLength(40)
  })

  test('of wrong and right ones at once those that found room are judged, and nothing stays held', async () => {
    const latchkey = world()
    const all = Array.from({ length: 30 }, (_, i) => attempt(latchkey, 'ada', i % 2 ? PASSWORD : WRONG))
    const kinds = (await Promise.all(all)).map(({ kind }) => kind)
    expect(kinds).toContain('logged-in')
    expect(latchkey.throttle.keys().map((key) => latchkey.throttle.pending(key))).toEqual([0, 0, 0])
  })

  test('TH-3: another address is not held up by it', async () => {
    const latchkey = world()
    for (let i = 0; i < 6; i++) await attempt(latchkey, 'ada', WRONG)
    const elsewhere = { ...latchkey, context: aContext({ ip: '198.51.100.1', network: '198.51.100.1' }) }
    expect((await attempt(elsewhere, 'ada', PASSWORD)).kind).toBe('logged-in')
  })

  test('TH-4: all addresses of one network count together', async () => {
    const latchkey = world()
    const at = (ip: string) => ({ ...latchkey, context: aContext({ ip, network: '2001:db8:0:0::/64' }) })
    for (let i = 1; i <= 5; i++) await attempt(at(`2001:db8::${i}`), 'ada', WRONG)
    expect((await attempt(at('2001:db8::6'), 'ada', PASSWORD)).kind).toBe('throttled')
  })

  test('TH-5: a good login clears the pair and gives only itself back to the address', async () => {
    const latchkey = world()
    for (let i = 0; i < 4; i++) await attempt(latchkey, 'ada', WRONG)
    expect((await attempt(latchkey, 'ada', PASSWORD)).kind).toBe('logged-in')
    expect(latchkey.throttle.count(PAIR(latchkey.ada.id))).toBe(0)
    expect(latchkey.throttle.count(ADDRESS)).toBe(4)
  })

  test('after its minute the next try is judged', async () => {
    const latchkey = world()
    for (let i = 0; i < 5; i++) await attempt(latchkey, 'ada', WRONG)
    latchkey.clock.advance(minutes(1) - 1)
    expect((await attempt(latchkey, 'ada', PASSWORD)).kind).toBe('throttled')
    latchkey.clock.advance(1)
    expect((await attempt(latchkey, 'ada', PASSWORD)).kind).toBe('logged-in')
  })

  test.each(['ada', 'nobody'])('TH-7: a fault of ours is thrown and gives the attempt back: %s', async (name) => {
    const latchkey = world()
    latchkey.hasher.break('fault')
    await expect(attempt(latchkey, name, WRONG)).rejects.toThrow('The hasher is broken.')
    expect(latchkey.throttle.keys().map((key) => latchkey.throttle.count(key))).toEqual([0, 0, 0])
    expect(latchkey.throttle.keys().map((key) => latchkey.throttle.pending(key))).toEqual([0, 0, 0])
  })

  test('PW-13: a full queue is busy, not wrong, and gives the attempt back', async () => {
    const latchkey = world()
    latchkey.hasher.break('busy')
    expect(await attempt(latchkey, 'ada', PASSWORD)).toEqual({ kind: 'busy' })
    expect(latchkey.throttle.keys().map((key) => latchkey.throttle.count(key))).toEqual([0, 0, 0])
    expect(latchkey.throttle.keys().map((key) => latchkey.throttle.pending(key))).toEqual([0, 0, 0])
    expect(latchkey.rows.audit).toMatchObject([{ outcome: 'failure', reason: 'busy' }])
  })

  test('a form that is not filled in is not counted, hashed or audited', async () => {
    const latchkey = world()
    const outcome = await attempt(latchkey, ' ', '')
    expect(outcome).toEqual({
      kind: 'invalid',
      errors: { identifier: ['This field may not be blank.'], password: ['This field may not be blank.'] },
    })
    expect([latchkey.throttle.keys(), latchkey.hasher.work, latchkey.rows.audit]).toEqual([[], [], []])
  })
})

test('a user disabled between the password and the session gets the one answer and no tokens', async () => {
  const latchkey = world({ sessions: (store) => ({ ...store, start: async () => null }) })
  expect(await attempt(latchkey, 'ada', PASSWORD)).toEqual({ kind: 'refused' })
  expect(latchkey.minted).toEqual([])
})

test('a login is audited with the session it opened and the kind of it, and without a secret', async () => {
  const latchkey = world()
  const outcome = await attempt(latchkey, 'ada', PASSWORD)
  if (outcome.kind !== 'logged-in') throw new Error(outcome.kind)
  const { id } = latchkey.ada
  const who = { actorId: id, subjectId: id, sessionId: outcome.session.id, detail: { kind: 'browser' } }
  expect(latchkey.rows.audit).toMatchObject([{ event: 'login', outcome: 'success', ...who }])
  const written = JSON.stringify(latchkey.rows.audit)
  for (const secret of [PASSWORD, outcome.tokens.access.token, outcome.tokens.refresh.token])
    expect(written).not.toContain(secret)
})
