import { describe, expect, test } from 'vitest'
import { hours } from '#lib/core/duration'
import { fastHash } from '#lib/testing/fast-hasher'
import { testLatchkey } from '#lib/testing/test-latchkey'

const good = { email: 'Ada@EXAMPLE.com', username: 'ada', password: 'a few unrelated words' }
const TAKEN = {
  email: ['user with this email already exists.'],
  username: ['A user with that username already exists.'],
}

describe('registering', () => {
  test('makes an active account without rights, its address as typed but for the domain, its password hashed', async () => {
    const { register, rows, context } = testLatchkey()
    const outcome = await register({ input: good, context })
    const [user] = [...rows.users.values()]
    expect(outcome).toEqual({ kind: 'registered', user })
    expect(user).toMatchObject({ email: 'Ada@example.com', username: 'ada', passwordHash: fastHash(good.password) })
    expect(user).toMatchObject({ isActive: true, isStaff: false, isSuperuser: false, emailVerifiedAt: null })
  })

  test('logs nobody in', async () => {
    const { register, rows, minted, context } = testLatchkey()
    await register({ input: good, context })
    expect(rows.sessions.size).toBe(0)
    expect(minted).toEqual([])
  })

  test('AZ-3: rights in the input are ignored', async () => {
    const { register, rows, context } = testLatchkey()
    await register({
      input: { ...good, isStaff: true, is_superuser: true, isSuperuser: true, id: 'x', epoch: 9 },
      context,
    })
    const [user] = [...rows.users.values()]
    expect(user).toMatchObject({ isStaff: false, isSuperuser: false, epoch: 0 })
    expect(user?.id).not.toBe('x')
  })

  test('from the command line makes an administrator, and is audited as nobody’s act', async () => {
    const { register, rows } = testLatchkey()
    await register({ input: good, context: null, as: { isStaff: true, isSuperuser: true } })
    const [user] = [...rows.users.values()]
    expect(user).toMatchObject({ isStaff: true, isSuperuser: true })
    expect(rows.audit).toMatchObject([{ event: 'user.create', actorId: null, subjectId: user?.id, context: null }])
  })

  test('is audited as the act of the new user', async () => {
    const { register, rows, context } = testLatchkey()
    await register({ input: good, context })
    const [user] = [...rows.users.values()]
    expect(rows.audit).toMatchObject([
      { event: 'register', outcome: 'success', actorId: user?.id, subjectId: user?.id },
    ])
  })
})

describe('a refused registration', () => {
  const refusing = async (input: unknown) => {
    const latchkey = testLatchkey()
    latchkey.addUser()
    const outcome = await latchkey.register({ input, context: latchkey.context })
    expect(latchkey.rows.users.size).toBe(1)
    expect(latchkey.hasher.work).toEqual([])
    return { latchkey, errors: outcome.kind === 'invalid' ? outcome.errors : outcome }
  }

  test.each<[string, unknown, Record<string, unknown>]>([
    [
      'nothing given',
      {},
      Object.fromEntries(['email', 'username', 'password'].map((field) => [field, ['This field is required.']])),
    ],
    [
      'every field wrong',
      { email: 'plain', username: 'a b', password: 'short' },
      {
        email: ['Enter a valid email address.'],
        username: [expect.stringMatching(/^Enter a valid username/)],
        password: [expect.stringMatching(/too short/)],
      },
    ],
    ['both names taken', { ...good, email: 'ADA@example.COM', username: 'ADA' }, TAKEN],
    [
      'a taken email beside a weak password',
      { ...good, username: 'eve', password: 'short' },
      { email: TAKEN.email, password: [expect.stringMatching(/too short/)] },
    ],
    [
      'a taken email beside a username that is none',
      { ...good, username: 'a b' },
      { email: TAKEN.email, username: [expect.stringMatching(/^Enter a valid username/)] },
    ],
    [
      'a taken username beside a missing password',
      { email: 'eve@example.com', username: 'ada' },
      { username: TAKEN.username, password: ['This field is required.'] },
    ],
  ])('names all errors at once: %s', async (_, input, errors) => {
    const refused = (await refusing(input)).errors
    expect(refused).toEqual(errors)
    // In the order of the fields, whichever check found them.
    expect(Object.keys(refused)).toEqual(Object.keys(errors))
  })

  test.each<[string, RegExp]>([
    ['gzkwvhmxqbt', /too short/],
    ['gzkwvhmxqbtd'.repeat(11), /too long/],
    ['password1234', /first that attackers try/],
    ['lovelace-1234', /mostly your name/],
    ['countess-1234', /mostly your name/],
    ['latchkey-1234', /mostly your name/],
    ['gzkwvhmxqbtd\u0000', /Null characters/],
  ])('PW-2, PW-9: %s is refused before any hashing, and says why', async (password, sentence) => {
    const { errors } = await refusing({ email: 'countess@example.com', username: 'lovelace', password })
    expect(errors).toEqual({ password: [expect.stringMatching(sentence)] })
  })

  test('LG-4: is audited by the names of its fields, never with what stood in them', async () => {
    const { latchkey } = await refusing({ ...good, password: 'short' })
    const detail = { fields: 'email username password' }
    expect(latchkey.rows.audit).toMatchObject([{ event: 'register', outcome: 'failure', reason: 'invalid', detail }])
    expect(JSON.stringify(latchkey.rows.audit)).not.toMatch(/short|example/i)
  })
})

test('F8: of two registrations at once one makes the account, the other hears that its names are taken', async () => {
  const { register, rows, context } = testLatchkey()
  const outcomes = await Promise.all([register({ input: good, context }), register({ input: good, context })])
  expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['invalid', 'registered'])
  expect(outcomes.find(({ kind }) => kind === 'invalid')).toEqual({ kind: 'invalid', errors: TAKEN })
  expect(rows.users.size).toBe(1)
})

test('PW-13: with a full queue nothing is made and the answer is busy', async () => {
  const { register, rows, hasher, context } = testLatchkey()
  hasher.break('busy')
  expect(await register({ input: good, context })).toEqual({ kind: 'busy' })
  expect(rows.users.size).toBe(0)
})

describe('names that look like an address', () => {
  const refusal = async (input: Record<string, unknown>) => {
    const latchkey = testLatchkey()
    latchkey.addUser({ email: 'ada@example.com', username: 'eve@example.org' })
    const outcome = await latchkey.register({ input: { ...good, ...input }, context: latchkey.context })
    return outcome.kind === 'invalid' ? outcome.errors : outcome.kind
  }

  test.each<[string, Record<string, unknown>, unknown]>([
    [
      'a username that is another’s email',
      { email: 'new@example.com', username: 'Ada@Example.com' },
      { username: TAKEN.username },
    ],
    ['an email that is another’s username', { email: 'EVE@example.org', username: 'new' }, { email: TAKEN.email }],
    ['a username that is one’s own email', { email: 'new@example.com', username: 'new@example.com' }, 'registered'],
  ])('%s', async (_, input, expected) => expect(await refusal(input)).toEqual(expected))
})

describe('the throttle: 10 per hour and address', () => {
  const KEY = { name: 'register' as const, subject: '203.0.113.7' }
  const nth = (i: number) => ({ email: `n${i}@example.com`, username: `n${i}`, password: good.password })
  const world = () => {
    const latchkey = testLatchkey()
    latchkey.addUser()
    const send = (input: unknown, context = latchkey.context) => latchkey.register({ input, context })
    return { ...latchkey, send }
  }

  test('of fifteen registrations at once ten are made, and the others are told to wait until the hour is over', async () => {
    const { send, rows, hasher, throttle } = world()
    const outcomes = await Promise.all(Array.from({ length: 15 }, (_, i) => send(nth(i))))
    expect(outcomes.filter(({ kind }) => kind === 'registered')).toHaveLength(10)
    expect(outcomes.filter(({ kind }) => kind === 'throttled')).toEqual(
      Array(5).fill({ kind: 'throttled', retryAfterMs: hours(1) }),
    )
    expect(rows.users.size).toBe(11)
    expect(hasher.work).toHaveLength(10)
    expect(throttle.pending(KEY)).toBe(0)
    expect(rows.audit.filter(({ reason }) => reason === 'throttled')).toHaveLength(5)
  })

  test('being told that a name is taken counts too, and who must wait learns nothing of names', async () => {
    const { send, users, context } = world()
    for (let i = 0; i < 10; i++) await send({ ...good, username: `u${i}` })
    let asked = 0
    const takenFields = users.takenFields
    users.takenFields = (...names) => (asked++, takenFields(...names))
    expect((await send({ ...good, username: 'x' })).kind).toBe('throttled')
    expect(asked).toBe(0)
    const elsewhere = { ...context, ip: '198.51.100.1', network: '198.51.100.1' }
    expect((await send(nth(1), elsewhere)).kind).toBe('registered')
  })

  test('a form that was not filled in well does not count', async () => {
    const { send, throttle } = world()
    for (let i = 0; i < 200; i++) await send({ email: 'none', username: 'a b', password: 'short' })
    for (let i = 0; i < 30; i++) await send({ ...nth(i), password: 'short' })
    expect(throttle.count(KEY)).toBe(0)
    expect((await send(nth(1))).kind).toBe('registered')
  })

  test('nobody goes through a list of addresses by way of bad passwords: that many free names are not told either', async () => {
    const { send } = world()
    const outcomes = []
    for (let i = 0; i < 70; i++) outcomes.push(await send({ ...nth(i), password: 'short' }))
    expect(outcomes.filter(({ kind }) => kind === 'invalid')).toHaveLength(60)
  })

  test('TH-7: a fault of ours is thrown and counts nothing', async () => {
    const { send, hasher, throttle } = world()
    hasher.break('fault')
    await expect(send(nth(1))).rejects.toThrow()
    expect(throttle.keys().map((key) => [throttle.count(key), throttle.pending(key)])).toEqual([
      [0, 0],
      [0, 0],
    ])
  })

  test('the command line is not throttled, and has the whole queue; strangers have half', async () => {
    const { register, send, hasher, throttle, context } = world()
    for (let i = 0; i < 12; i++) expect((await register({ input: nth(i), context: null })).kind).toBe('registered')
    expect(throttle.keys()).toEqual([])
    hasher.shares.length = 0
    await register({ input: nth(20), context: null })
    await send(nth(21))
    expect(hasher.shares).toEqual(['whole', 'half'])
    expect(hasher.networks.slice(-2)).toEqual([undefined, context.network])
  })
})
