import { describe, expect, test } from 'vitest'
import { fastHash } from '#lib/testing/fast-hasher'
import { testLatchkey } from '#lib/testing/test-latchkey'

async function world() {
  const latchkey = testLatchkey()
  const ada = latchkey.addUser()
  const eve = latchkey.addUser({ email: 'eve@example.com', username: 'ada@example.com' })
  const sessions = [await latchkey.open(ada), await latchkey.open(ada, 'api')]
  const eves = await latchkey.open(eve)
  const reasons = () => [...sessions, eves].map(({ session }) => latchkey.rows.sessions.get(session.id)?.revokedReason)
  return { ...latchkey, ...latchkey.administer, ada, eve, sids: sessions.map(({ session }) => session.id), reasons }
}
const byOperator = { outcome: 'success', reason: 'command_line', actorId: null, context: null }

test.each<[string, string | null]>([
  ['ADA@example.com', 'ada'],
  ['Ada', 'ada'],
  ['eve@example.com', 'ada@example.com'],
  ['nobody', null],
])('a user is found by email, else by username: %s', async (identifier, username) => {
  const { findUser } = await world()
  expect((await findUser(identifier))?.username ?? null).toBe(username)
})

test('all users are listed', async () => {
  const { listUsers } = await world()
  expect((await listUsers()).map(({ email }) => email)).toEqual(['ada@example.com', 'eve@example.com'])
})

describe('every act of an operator is carried out and leaves a row without an actor', () => {
  test('deactivating ends the user’s sessions, activating brings none back', async () => {
    const { setActive, ada, rows, reasons } = await world()
    await setActive(ada, false)
    expect(rows.users.get(ada.id)?.isActive).toBe(false)
    expect(reasons()).toEqual(['deactivated', 'deactivated', null])
    await setActive(ada, true)
    expect(rows.users.get(ada.id)?.isActive).toBe(true)
    expect(reasons()).toEqual(['deactivated', 'deactivated', null])
    const about = { ...byOperator, subjectId: ada.id }
    expect(rows.audit).toMatchObject([
      { event: 'user.deactivate', ...about },
      { event: 'user.activate', ...about },
    ])
  })

  test('deleting takes the sessions along and leaves the audit', async () => {
    const { deleteUser, ada, rows, sids } = await world()
    await deleteUser(ada)
    expect(rows.users.has(ada.id)).toBe(false)
    expect(sids.some((sid) => rows.sessions.has(sid))).toBe(false)
    expect(rows.audit).toMatchObject([{ event: 'user.delete', ...byOperator, subjectId: ada.id }])
  })

  test('SE-3: setting a password ends every session of that user, and of nobody else', async () => {
    const { setPassword, ada, rows, reasons } = await world()
    expect(await setPassword(ada, 'four other unrelated words')).toBeNull()
    expect(rows.users.get(ada.id)).toMatchObject({ passwordHash: fastHash('four other unrelated words'), epoch: 1 })
    expect(reasons()).toEqual(['password_changed', 'password_changed', null])
    expect(rows.audit).toMatchObject([{ event: 'password.set', ...byOperator, subjectId: ada.id }])
    expect(JSON.stringify(rows.audit)).not.toContain('unrelated')
  })

  test.each(['', 'short', 'password1234', 'latchkey-1234'])(
    'the password policy binds operators too: %j',
    async (password) => {
      const { setPassword, ada, rows, reasons } = await world()
      expect(await setPassword(ada, password)).toMatch(/\.$/)
      expect(rows.users.get(ada.id)?.epoch).toBe(0)
      expect(reasons()).toEqual([null, null, null])
      expect(rows.audit).toEqual([])
    },
  )

  test('with a full queue the password stays and the operator is told', async () => {
    const { setPassword, ada, hasher, rows } = await world()
    hasher.break('busy')
    expect(await setPassword(ada, 'four other unrelated words')).toMatch(/Try again/)
    expect(rows.users.get(ada.id)?.epoch).toBe(0)
  })

  test('revoking a session ends that one, once', async () => {
    const { revokeSession, sids, ada, reasons, rows } = await world()
    expect(await revokeSession(sids[0] ?? '')).toBe(true)
    expect(await revokeSession(sids[0] ?? '')).toBe(false)
    expect(await revokeSession('9b2c7a54-6d1e-4f3a-8b2c-1d2e3f4a5b6c')).toBe(false)
    expect(reasons()).toEqual(['ended_by_operator', null, null])
    expect(rows.audit).toMatchObject([{ event: 'session.end', ...byOperator, subjectId: ada.id, sessionId: sids[0] }])
  })

  test('revoking all of a user’s sessions says how many there were', async () => {
    const { revokeAllSessions, administer, ada, reasons, rows } = await world()
    expect(await administer.listSessions(ada)).toHaveLength(2)
    expect(await revokeAllSessions(ada)).toBe(2)
    expect(await revokeAllSessions(ada)).toBe(0)
    expect(reasons()).toEqual(['ended_by_operator', 'ended_by_operator', null])
    expect(rows.audit).toHaveLength(2)
  })
})
