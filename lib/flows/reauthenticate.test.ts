import { expect, test } from 'vitest'
import { minutes } from '#lib/core/duration'
import { aPrincipal } from '#lib/testing/builders'
import { PASSWORD, testLatchkey } from '#lib/testing/test-latchkey'

async function world() {
  const latchkey = testLatchkey()
  const ada = latchkey.addUser()
  const mine = await latchkey.open(ada)
  latchkey.clock.advance(minutes(20))
  const again = (password: unknown) => latchkey.reauthenticate(aPrincipal(mine), { password }, latchkey.context)
  return { ...latchkey, ada, mine, again, row: () => latchkey.rows.sessions.get(mine.session.id) }
}

test('SE-1: the right password opens a session under a new id with a fresh auth_time; the former one is superseded', async () => {
  const { again, clock, mine, row, rows } = await world()
  const outcome = await again(PASSWORD)
  if (outcome.kind !== 'logged-in') throw new Error(outcome.kind)
  expect(outcome.session.id).not.toBe(mine.session.id)
  expect(rows.sessions.get(outcome.session.id)).toMatchObject({
    authTime: clock.now(),
    revokedAt: null,
    persistent: true,
  })
  expect(row()).toMatchObject({ revokedReason: 'superseded' })
})

test('other sessions of the user go on', async () => {
  const { again, open, ada, rows } = await world()
  const other = await open(ada)
  await again(PASSWORD)
  expect(rows.sessions.get(other.session.id)?.revokedAt).toBeNull()
})

test('a wrong password opens nothing, ends nothing and counts as a failed login', async () => {
  const { again, row, rows, minted, throttle } = await world()
  expect(await again('not the password')).toEqual({ kind: 'refused' })
  expect(row()?.revokedAt).toBeNull()
  expect([rows.sessions.size, minted]).toEqual([1, []])
  expect(throttle.keys().map((key) => throttle.count(key))).toEqual([1, 1])
})

test('TH-6: the lock of the login holds here too, and ends no running session', async () => {
  const { again, row, login, context } = await world()
  const session = { kind: 'browser' as const, persistent: true, supersedes: null }
  for (let i = 0; i < 5; i++)
    await login({ input: { identifier: 'ada', password: 'wrong' }, identifierKey: 'identifier', session, context })
  expect(await again(PASSWORD)).toEqual({ kind: 'throttled', retryAfterMs: minutes(1) })
  expect(row()?.revokedAt).toBeNull()
})

test('an empty password is an error of the form and is not counted', async () => {
  const { again, throttle } = await world()
  expect(await again('')).toEqual({ kind: 'invalid', errors: { password: ['This field may not be blank.'] } })
  expect(throttle.keys()).toEqual([])
})

test('success and failure are audited, without the password', async () => {
  const { again, ada, mine, rows } = await world()
  await again('wrong and secret')
  const outcome = await again(PASSWORD)
  if (outcome.kind !== 'logged-in') throw new Error(outcome.kind)
  const who = { event: 'reauthenticate', actorId: ada.id, subjectId: ada.id }
  expect(rows.audit).toMatchObject([
    { ...who, outcome: 'failure', reason: 'wrong_password', sessionId: mine.session.id },
    { ...who, outcome: 'success', sessionId: outcome.session.id },
  ])
  expect(JSON.stringify(rows.audit)).not.toMatch(/secret|unrelated/)
})

test('a user disabled meanwhile is refused, also with the right password', async () => {
  const { again, users, ada, rows } = await world()
  await users.setActive(ada.id, false)
  expect(await again(PASSWORD)).toEqual({ kind: 'refused' })
  expect(rows.sessions.size).toBe(1)
})
