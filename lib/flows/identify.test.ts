import { describe, expect, test } from 'vitest'
import { minutes, seconds } from '#lib/core/duration'
import { later } from '#lib/testing/fixed-clock'
import { testLatchkey } from '#lib/testing/test-latchkey'

async function world(kind: 'browser' | 'api' = 'browser') {
  const latchkey = testLatchkey()
  const ada = latchkey.addUser()
  const { session, tokens } = await latchkey.open(ada, kind)
  const row = () => latchkey.rows.sessions.get(session.id)
  return { ...latchkey, ada, sid: session.id, access: tokens.access, refresh: tokens.refresh, row }
}

describe('who an access token stands for', () => {
  test('is its user and its session, with times of its own and the start of its id', async () => {
    const { identify, access, ada, sid, clock } = await world()
    const identity = await identify(access.token, 'browser')
    if (identity.kind !== 'principal') throw new Error(identity.kind)
    expect(identity.principal.user).toMatchObject({ id: ada.id, email: ada.email, username: ada.username })
    expect(identity.principal.session).toMatchObject({ id: sid, kind: 'browser', generation: 0, authTime: clock.now() })
    expect(identity.principal.access).toEqual({
      ...{ id: access.id.slice(0, 8), issuedAt: clock.now(), expiresAt: later(clock.now(), minutes(10)) },
    })
  })

  test('the principal holds no password hash', async () => {
    const { identify, access, ada } = await world()
    const identity = await identify(access.token, 'browser')
    expect(JSON.stringify(identity.kind === 'principal' && identity.principal)).not.toContain(ada.passwordHash)
  })

  test('TK-9: roles and address come from the row of this instant, never from the claims', async () => {
    const { identify, access, ada, rows } = await world()
    Object.assign(rows.users.get(ada.id) ?? {}, { isStaff: true, email: 'new@example.com' })
    const identity = await identify(access.token, 'browser')
    expect(identity).toMatchObject({ principal: { user: { isStaff: true, email: 'new@example.com' } } })
  })

  test('a token of an older generation still stands for its living session', async () => {
    const { identify, access, row } = await world()
    Object.assign(row() ?? {}, { generation: 3 })
    expect(await identify(access.token, 'browser')).toMatchObject({ principal: { session: { generation: 3 } } })
  })

  test('asking changes nothing: only the gate confirms', async () => {
    const { identify, access, row } = await world()
    const before = structuredClone(row())
    await identify(access.token, 'browser')
    expect(row()).toEqual(before)
  })
})

describe('a token that stands for nobody', () => {
  test('is good for its whole ten minutes, and expired at their end', async () => {
    const { identify, access, clock } = await world()
    clock.advance(minutes(10) - 1)
    expect((await identify(access.token, 'browser')).kind).toBe('principal')
    clock.advance(1)
    expect(await identify(access.token, 'browser')).toEqual({ kind: 'token-fault', fault: 'expired' })
  })

  test('TK-11: each kind of session is good in its own place only', async () => {
    const browser = await world('browser')
    const api = await world('api')
    expect(await browser.identify(browser.access.token, 'api')).toEqual({ kind: 'token-fault', fault: 'invalid' })
    expect(await api.identify(api.access.token, 'browser')).toEqual({ kind: 'token-fault', fault: 'invalid' })
    expect((await api.identify(api.access.token, 'api')).kind).toBe('principal')
  })

  test('TK-2: no refresh token of either kind is an access token', async () => {
    const browser = await world('browser')
    const api = await world('api')
    expect(await browser.identify(browser.refresh.token, 'browser')).toEqual({ kind: 'token-fault', fault: 'invalid' })
    expect(await api.identify(api.refresh.token, 'api')).toEqual({ kind: 'token-fault', fault: 'wrong-type' })
  })

  test('a session that belongs to somebody else than the token says is refused', async () => {
    const { identify, access, row, addUser } = await world()
    Object.assign(row() ?? {}, { userId: addUser({ email: 'eve@example.com', username: 'eve' }).id })
    expect(await identify(access.token, 'browser')).toEqual({ kind: 'token-fault', fault: 'invalid' })
  })

  test('of a deleted user finds no user', async () => {
    const { identify, access, users, ada } = await world()
    await users.delete(ada.id)
    expect(await identify(access.token, 'browser')).toEqual({ kind: 'user-missing' })
  })

  test('TK-9: a disabled user, a changed password and a logout act at once, each under its reason', async () => {
    const disabled = await world()
    await disabled.users.setActive(disabled.ada.id, false)
    const changed = await world()
    await changed.users.setPassword(changed.ada.id, 'other')
    const out = await world()
    await out.logout(out.sid, out.context)
    for (const [{ identify, access }, reason] of [
      [disabled, 'inactive'],
      [changed, 'password_changed'],
      [out, 'revoked'],
    ] as const)
      expect(await identify(access.token, 'browser')).toMatchObject({ kind: 'over', reason })
  })

  test('deactivation ends sessions for good: an account made active again has none', async () => {
    const { users, ada, identify, access } = await world()
    await users.setActive(ada.id, false)
    await users.setActive(ada.id, true)
    expect(await identify(access.token, 'browser')).toMatchObject({ kind: 'over', reason: 'revoked' })
  })
})

describe('shortening an access token', () => {
  test('gives one of the same session that ends sooner', async () => {
    const { shortenAccess, sid, clock, identify, minted } = await world()
    const short = await shortenAccess(sid, seconds(5), later(clock.now(), minutes(1)))
    expect(short?.access.expiresAt).toEqual(later(clock.now(), seconds(5)))
    expect(await identify(short?.access.token ?? '', 'browser')).toMatchObject({ principal: { session: { id: sid } } })
    expect(minted).toEqual(['access'])
  })

  test('never lengthens it, and gives none for a session that is over', async () => {
    const { shortenAccess, sid, clock, logout, context } = await world()
    const far = later(clock.now(), minutes(60))
    expect((await shortenAccess(sid, minutes(60), far))?.access.expiresAt).toEqual(later(clock.now(), minutes(10)))
    await logout(sid, context)
    expect(await shortenAccess(sid, seconds(5), far)).toBeNull()
  })

  test('a copied access token cannot outlive itself by asking for shorter ones', async () => {
    const { shortenAccess, sid, clock } = await world()
    const end = later(clock.now(), seconds(2))
    expect((await shortenAccess(sid, seconds(5), end))?.access.expiresAt).toEqual(end)
    expect(await shortenAccess(sid, seconds(5), clock.now())).toBeNull()
  })
})
