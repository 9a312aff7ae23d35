import { describe, expect, test } from 'vitest'
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
