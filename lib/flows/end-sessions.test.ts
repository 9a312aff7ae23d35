import { describe, expect, test } from 'vitest'
import { days } from '#lib/core/duration'
import { aPrincipal } from '#lib/testing/builders'
import { testLatchkey } from '#lib/testing/test-latchkey'

async function world() {
  const latchkey = testLatchkey()
  const ada = latchkey.addUser()
  const eve = latchkey.addUser({ email: 'eve@example.com', username: 'eve' })
  const mine = await latchkey.open(ada)
  const other = await latchkey.open(ada)
  const program = await latchkey.open(ada, 'api')
  const eves = await latchkey.open(eve)
  const reasons = () =>
    [mine, other, program, eves].map(({ session }) => latchkey.rows.sessions.get(session.id)?.revokedReason)
  return { ...latchkey, ada, mine, other, program, eves, principal: aPrincipal(mine), reasons }
}

describe('ending sessions of one’s own', () => {
  test('one by its id ends that one', async () => {
    const { endSessions, principal, other, context, reasons, rows } = await world()
    expect(await endSessions(principal, { sid: other.session.id }, context)).toEqual({ ended: 1 })
    expect(reasons()).toEqual([null, 'ended_by_user', null, null])
    const who = { actorId: principal.user.id, subjectId: principal.user.id, sessionId: other.session.id }
    expect(rows.audit).toMatchObject([{ event: 'session.end', outcome: 'success', reason: 'ended_by_user', ...who }])
  })

  test('all others ends every one but this, programs too, and notes each', async () => {
    const { endSessions, principal, context, reasons, rows } = await world()
    expect(await endSessions(principal, 'others', context)).toEqual({ ended: 2 })
    expect(reasons()).toEqual([null, 'ended_by_user', 'ended_by_user', null])
    expect(rows.audit).toHaveLength(2)
  })

  test('AZ-2: another user’s session is not found, not ended and not audited', async () => {
    const { endSessions, principal, eves, context, reasons, rows } = await world()
    expect(await endSessions(principal, { sid: eves.session.id }, context)).toEqual({ ended: 0 })
    expect(reasons()).toEqual([null, null, null, null])
    expect(rows.audit).toEqual([])
  })

  test('one that is over already keeps its reason and is not noted twice', async () => {
    const { endSessions, principal, other, context, reasons, rows } = await world()
    await endSessions(principal, { sid: other.session.id }, context)
    expect(await endSessions(principal, { sid: other.session.id }, context)).toEqual({ ended: 0 })
    expect(reasons()).toEqual([null, 'ended_by_user', null, null])
    expect(rows.audit).toHaveLength(1)
  })
})

describe('logging out', () => {
  test('SE-2: ends the session at once, its access token too, and is audited', async () => {
    const { logout, mine, ada, context, reasons, identify, rows } = await world()
    await logout(mine.session.id, context)
    expect(reasons()).toEqual(['logout', null, null, null])
    expect(await identify(mine.tokens.access.token, 'browser')).toMatchObject({ kind: 'over', reason: 'revoked' })
    expect(rows.audit).toMatchObject([
      { event: 'logout', outcome: 'success', actorId: ada.id, sessionId: mine.session.id },
    ])
  })

  test('twice, or of a session that never was, changes and notes nothing more', async () => {
    const { logout, mine, context, rows } = await world()
    await logout(mine.session.id, context)
    await logout(mine.session.id, context)
    await logout('9b2c7a54-6d1e-4f3a-8b2c-1d2e3f4a5b6c', context)
    expect(rows.audit).toHaveLength(1)
  })

  test('a session that was superseded keeps that reason', async () => {
    const { logout, open, ada, mine, context, reasons } = await world()
    await open(ada, 'browser', mine.session.id)
    await logout(mine.session.id, context)
    expect(reasons()[0]).toBe('superseded')
  })
})

describe('listing sessions', () => {
  test('shows the living ones of this user, the present one first', async () => {
    const { listSessions, principal, mine, other, program, logout, context } = await world()
    const ids = async () => (await listSessions(principal)).map(({ id }) => id)
    expect((await ids())[0]).toBe(mine.session.id)
    expect((await ids()).sort()).toEqual([mine, other, program].map(({ session }) => session.id).sort())
    await logout(other.session.id, context)
    expect(await ids()).not.toContain(other.session.id)
  })

  test('leaves out those past their end', async () => {
    const { listSessions, principal, clock } = await world()
    clock.advance(days(1))
    expect((await listSessions(principal)).map(({ kind }) => kind)).toEqual(['browser', 'browser'])
  })
})
