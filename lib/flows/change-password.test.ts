import { describe, expect, test } from 'vitest'
import { aPrincipal } from '#lib/testing/builders'
import { fastHash } from '#lib/testing/fast-hasher'
import { PASSWORD, testLatchkey, type TestOptions } from '#lib/testing/test-latchkey'

const NEW = 'four other unrelated words'
const WRONG_CURRENT = { kind: 'invalid', errors: { current_password: ['This is not your current password.'] } }

async function world(options?: TestOptions) {
  const latchkey = testLatchkey(options)
  const ada = latchkey.addUser()
  const mine = await latchkey.open(ada)
  const principal = aPrincipal(mine)
  const change = (current: unknown = PASSWORD, wanted: unknown = NEW, as = principal) =>
    latchkey.changePassword(as, { current_password: current, new_password: wanted }, latchkey.context)
  const user = () => latchkey.rows.users.get(ada.id)
  const session = (sid: string) => latchkey.rows.sessions.get(sid)
  return { ...latchkey, ada, mine, principal, change, user, session }
}

describe('a changed password', () => {
  test('opens the account from now on, and the old one does not', async () => {
    const { change, user, login, context } = await world()
    expect((await change()).kind).toBe('changed')
    expect(user()).toMatchObject({ passwordHash: fastHash(NEW), epoch: 1 })
    const session = { kind: 'browser' as const, persistent: true, supersedes: null }
    const attempt = (password: string) =>
      login({ input: { identifier: 'ada', password }, identifierKey: 'identifier', session, context })
    expect((await attempt(PASSWORD)).kind).toBe('refused')
    expect((await attempt(NEW)).kind).toBe('logged-in')
  })

  test('SE-1, SE-3: ends every session of the user, API sessions too; this one goes on under a new id', async () => {
    const { change, open, ada, mine, session, rows, minted } = await world()
    const others = [await open(ada), await open(ada, 'api')]
    const outcome = await change()
    if (outcome.kind !== 'changed') throw new Error(outcome.kind)
    for (const { session: old } of [mine, ...others])
      expect(session(old.id)).toMatchObject({ revokedReason: 'password_changed' })
    expect(outcome.session.id).not.toBe(mine.session.id)
    expect(session(outcome.session.id)).toMatchObject({ revokedAt: null, epoch: 1, kind: 'browser', persistent: true })
    expect(rows.sessions.size).toBe(4)
    expect(minted).toEqual(['access', 'refresh'])
  })

  test('leaves the sessions of others alone', async () => {
    const { change, open, addUser, session } = await world()
    const eves = await open(addUser({ email: 'eve@example.com', username: 'eve' }))
    await change()
    expect(session(eves.session.id)).toMatchObject({ revokedAt: null })
  })

  test('of a session of the browser window leaves it one', async () => {
    const { change, principal, session } = await world()
    const brief = { ...principal, session: { ...principal.session, persistent: false } }
    const outcome = await change(PASSWORD, NEW, brief)
    if (outcome.kind !== 'changed') throw new Error(outcome.kind)
    expect(session(outcome.session.id)?.persistent).toBe(false)
  })

  test('is audited under the session it was made in, without either password', async () => {
    const { change, ada, mine, rows } = await world()
    expect((await change()).kind).toBe('changed')
    const who = { actorId: ada.id, subjectId: ada.id, sessionId: mine.session.id }
    expect(rows.audit).toMatchObject([{ event: 'password.change', outcome: 'success', ...who }])
    expect(JSON.stringify(rows.audit)).not.toMatch(/words/)
  })

  test.each<[string, () => Promise<null>, number]>([
    ['a fault of the database', async () => Promise.reject(new Error('no database')), 1],
    ['a user disabled at that moment', async () => null, 0],
  ])('is changed and audited also when %s leaves it without a session', async (_, start, faultCount) => {
    let broken = false
    const { change, user, rows, faults } = await world({
      sessions: (store) => ({ ...store, start: (session) => (broken ? start() : store.start(session)) }),
    })
    broken = true
    expect(await change()).toEqual({ kind: 'changed-and-out' })
    expect(user()).toMatchObject({ passwordHash: fastHash(NEW), epoch: 1 })
    expect(rows.audit).toMatchObject([{ event: 'password.change', outcome: 'success' }])
    expect(faults).toHaveLength(faultCount)
  })
})

describe('a change that is refused', () => {
  test('PW-10: a wrong current password changes nothing, counts as a failed login and is audited', async () => {
    const { change, user, mine, session, throttle, rows } = await world()
    expect(await change('not the password')).toEqual(WRONG_CURRENT)
    expect(user()).toMatchObject({ passwordHash: fastHash(PASSWORD), epoch: 0 })
    expect(session(mine.session.id)?.revokedAt).toBeNull()
    expect(throttle.keys().map((key) => throttle.count(key))).toEqual([1, 1])
    expect(rows.audit).toMatchObject([{ event: 'password.change', outcome: 'failure', reason: 'wrong_password' }])
  })

  test('TH-6: the lock of the login holds here too, and ends no session', async () => {
    const { change, mine, session } = await world()
    for (let i = 0; i < 5; i++) await change('not the password')
    expect((await change()).kind).toBe('throttled')
    expect(session(mine.session.id)?.revokedAt).toBeNull()
  })

  test.each<[unknown, unknown, string, RegExp]>([
    [PASSWORD, 'short', 'new_password', /too short/],
    [PASSWORD, 'password1234', 'new_password', /attackers try/],
    [PASSWORD, 'gzkwvhmxqbtd'.repeat(11), 'new_password', /too long/],
    [PASSWORD, '', 'new_password', /blank/],
    [PASSWORD, undefined, 'new_password', /required/],
    ['', NEW, 'current_password', /blank/],
    [undefined, NEW, 'current_password', /required/],
    [['x'], NEW, 'current_password', /valid string/],
  ])('%j to %j is refused beside %s, before any hashing', async (current, wanted, field, sentence) => {
    const { changePassword, principal, context, user, hasher, throttle } = await world()
    const outcome = await changePassword(principal, { current_password: current, new_password: wanted }, context)
    expect(outcome).toEqual({ kind: 'invalid', errors: { [field]: [expect.stringMatching(sentence)] } })
    expect([hasher.work, throttle.keys()]).toEqual([[], []])
    expect(user()?.epoch).toBe(0)
  })

  test('of two changes at once one wins, and the other finds its current password outdated', async () => {
    const { change, user, rows } = await world()
    const outcomes = await Promise.all([change(PASSWORD, NEW), change(PASSWORD, 'yet another set of words')])
    expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['changed', 'invalid'])
    expect(user()?.epoch).toBe(1)
    expect([...rows.sessions.values()].filter(({ revokedAt }) => revokedAt === null)).toHaveLength(1)
  })

  test('for a user disabled meanwhile is refused', async () => {
    const { change, users, ada, user } = await world()
    await users.setActive(ada.id, false)
    expect(await change()).toEqual(WRONG_CURRENT)
    expect(user()?.passwordHash).toBe(fastHash(PASSWORD))
  })

  test('PW-13: with a full queue nothing changes and nothing is counted', async () => {
    const { change, hasher, user, throttle } = await world()
    hasher.break('busy')
    expect(await change()).toEqual({ kind: 'busy' })
    expect(user()?.epoch).toBe(0)
    expect(throttle.keys().map((key) => throttle.count(key))).toEqual([0, 0])
  })

  test('TH-7: a fault of ours is thrown and gives the attempt back', async () => {
    const { change, hasher, throttle } = await world()
    hasher.break('fault')
    await expect(change()).rejects.toThrow()
    expect(throttle.keys().map((key) => throttle.count(key))).toEqual([0, 0])
  })
})
