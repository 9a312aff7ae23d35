import { describe, expect, test } from 'vitest'
import { days, hours, minutes } from '#lib/core/duration'
import { signToken } from '#lib/crypto/signed-token'
import { later } from '#lib/testing/fixed-clock'
import { testLatchkey, type TestOptions } from '#lib/testing/test-latchkey'
import { testKeys } from '#lib/testing/test-tokens'

async function world(options?: TestOptions) {
  const latchkey = testLatchkey(options)
  const ada = latchkey.addUser()
  const { session, tokens } = await latchkey.open(ada, 'api')
  const row = () => latchkey.rows.sessions.get(session.id)
  const refresh = (token: string) => latchkey.refreshApi(token, latchkey.context)
  const blacklist = (token: string) => latchkey.blacklistToken(token, latchkey.context)
  const [access, first] = [tokens.access.token, tokens.refresh.token]
  return { ...latchkey, ada, sid: session.id, access, first, row, refresh, blacklist }
}

const payloadOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
const used = { kind: 'over', token: 'refresh', reason: 'used' }

describe('verify: whether a token is good', () => {
  test('both tokens of a living session are, and asking changes nothing', async () => {
    const { checkToken, access, first, sid, ada, row } = await world()
    const before = structuredClone(row())
    for (const token of [access, first]) expect(await checkToken(token)).toEqual({ kind: 'good', sid, userId: ada.id })
    expect(row()).toEqual(before)
  })

  test.each(['', 'nonsense', 'a.b.c'])('%j is not', async (token) => {
    const { checkToken } = await world()
    expect(await checkToken(token)).toEqual({ kind: 'token-fault', fault: 'invalid' })
  })

  test('a browser’s tokens are not, for programs', async () => {
    const { checkToken, open, ada } = await world()
    const { tokens } = await open(ada, 'browser')
    for (const { token } of [tokens.access, tokens.refresh])
      expect(await checkToken(token)).toEqual({ kind: 'token-fault', fault: 'invalid' })
  })

  test.each([
    ['names a browser’s session', 'browser', false],
    ['names another user than its session’s', 'api', true],
  ] as const)('TK-2: a refresh token that %s is none, well signed, and ends nothing', async (_, kind, strange) => {
    const out = await world()
    const { session } = await out.open(out.ada, kind)
    const user = strange ? out.addUser({ email: 'eve@example.com', username: 'eve' }) : out.ada
    const view = { session, user, now: out.clock.now(), grants: { groups: [], permissions: [] } }
    const { token } = await signToken('refresh', view, later(view.now, days(1)), await testKeys())
    for (const ask of [out.checkToken, out.blacklist, out.refresh])
      expect(await ask(token)).toEqual({ kind: 'token-fault', fault: 'invalid' })
    expect(out.rows.sessions.get(session.id)?.revokedAt).toBeNull()
  })

  test('an access token is for ten minutes, a refresh token for a day', async () => {
    const { checkToken, access, first, clock } = await world()
    clock.advance(minutes(10))
    expect(await checkToken(access)).toEqual({ kind: 'token-fault', fault: 'expired' })
    clock.advance(days(1) - minutes(10) - 1)
    expect((await checkToken(first)).kind).toBe('good')
    clock.advance(1)
    expect(await checkToken(first)).toEqual({ kind: 'token-fault', fault: 'expired' })
  })

  test('F3: a used refresh token is not, and asking raises no alarm', async () => {
    const { checkToken, refresh, first, row } = await world()
    await refresh(first)
    expect(await checkToken(first)).toEqual(used)
    expect(row()?.revokedAt).toBeNull()
  })

  test('a refresh token of a generation never issued is not, as refresh has it (a restored backup)', async () => {
    const { checkToken, blacklist, refresh, first, row } = await world()
    const outcome = await refresh(first)
    if (outcome.kind !== 'refreshed' || !outcome.refresh) throw new Error('not rotated')
    Object.assign(row() ?? {}, { generation: 0 })
    for (const ask of [checkToken, blacklist]) expect(await ask(outcome.refresh.token)).toEqual(used)
    expect(await refresh(outcome.refresh.token)).toEqual({ kind: 'over', reason: 'used' })
    expect(row()?.revokedAt).toBeNull()
  })

  test('no token of an ended session or a disabled or deleted user is', async () => {
    const out = await world()
    await out.logout(out.sid, out.context)
    expect(await out.checkToken(out.access)).toEqual({ kind: 'over', token: 'access', reason: 'revoked' })
    expect(await out.checkToken(out.first)).toEqual({ kind: 'over', token: 'refresh', reason: 'revoked' })
    const disabled = await world()
    await disabled.users.setActive(disabled.ada.id, false)
    expect(await disabled.checkToken(disabled.first)).toMatchObject({ reason: 'inactive' })
    expect(await disabled.checkToken(disabled.access)).toMatchObject({ reason: 'inactive' })
    const deleted = await world()
    await deleted.users.delete(deleted.ada.id)
    expect(await deleted.checkToken(deleted.first)).toMatchObject({ reason: 'user-missing' })
    expect(await deleted.checkToken(deleted.access)).toMatchObject({ token: 'access', reason: 'user-missing' })
  })
})

describe('blacklist: the logout of a program', () => {
  test('F11: ends the session, its access token too, and is audited once', async () => {
    const { blacklist, checkToken, access, first, ada, sid, rows, row } = await world()
    expect(await blacklist(first)).toEqual({ kind: 'good', sid, userId: ada.id })
    expect(row()?.revokedReason).toBe('logout')
    expect(await checkToken(access)).toMatchObject({ kind: 'over' })
    expect(await blacklist(first)).toMatchObject({ kind: 'over', reason: 'revoked' })
    const who = { actorId: ada.id, subjectId: ada.id, sessionId: sid }
    expect(rows.audit).toMatchObject([{ event: 'logout', outcome: 'success', ...who, detail: { kind: 'api' } }])
  })

  test('an access token, a used one and a stranger’s end nothing', async () => {
    const { blacklist, refresh, access, first, row, rows } = await world()
    expect(await blacklist(access)).toEqual({ kind: 'token-fault', fault: 'wrong-type' })
    expect(await blacklist('a.b.c')).toEqual({ kind: 'token-fault', fault: 'invalid' })
    await refresh(first)
    expect(await blacklist(first)).toEqual(used)
    expect(row()?.revokedAt).toBeNull()
    expect(rows.audit).toEqual([])
  })

  test('other sessions of the user go on', async () => {
    const { blacklist, first, open, ada, rows } = await world()
    const others = [await open(ada, 'api'), await open(ada)]
    await blacklist(first)
    for (const { session } of others) expect(rows.sessions.get(session.id)?.revokedAt).toBeNull()
  })
})

describe('refresh of a program', () => {
  test('by default both tokens of the next generation, and the old one is used up', async () => {
    const { refresh, first, row, minted, readRefresh } = await world()
    const outcome = await refresh(first)
    expect(outcome).toMatchObject({ kind: 'refreshed', refresh: { token: expect.any(String) } })
    expect(minted).toEqual(['access', 'refresh'])
    expect(row()).toMatchObject({ generation: 1, revokedAt: null })
    expect(await readRefresh(first)).toBeNull()
  })

  test('F1: a used token that comes back ends the session, the winner’s new tokens included', async () => {
    const { refresh, checkToken, first, row, rows } = await world()
    const winner = await refresh(first)
    if (winner.kind !== 'refreshed' || !winner.refresh) throw new Error('not refreshed')
    expect(await refresh(first)).toEqual({ kind: 'over', reason: 'used' })
    expect(row()?.revokedReason).toBe('reuse')
    for (const { token } of [winner.access, winner.refresh]) expect((await checkToken(token)).kind).toBe('over')
    expect(rows.audit).toMatchObject([{ event: 'refresh.reuse', outcome: 'failure' }])
  })

  test('F2: of eight at once exactly one wins', async () => {
    const { refresh, first } = await world()
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => refresh(first)))
    expect(outcomes.filter(({ kind }) => kind === 'refreshed')).toHaveLength(1)
  })

  test.each([
    [{ rotate: false, singleUse: true, tolerant: false }, ['access'], 0],
    [{ rotate: false, singleUse: false, tolerant: false }, ['access'], 0],
    [{ rotate: true, singleUse: false, tolerant: false }, ['access', 'refresh'], 0],
  ])('with %j the old token stays good', async (apiPolicy, expected, generation) => {
    const { refresh, first, row, minted } = await world({ apiPolicy })
    expect((await refresh(first)).kind).toBe('refreshed')
    expect(minted).toEqual(expected)
    expect((await refresh(first)).kind).toBe('refreshed')
    expect(row()).toMatchObject({ generation, revokedAt: null })
  })

  test('tolerant: while nobody has shown the child, its parent has both tokens again, with the claims of the hook', async () => {
    const hooks = { claims: { names: ['plan'], of: async () => ({ plan: 'gold' }) } }
    const apiPolicy = { rotate: true, singleUse: true, tolerant: true }
    const { refresh, checkToken, first, row } = await world({ apiPolicy, hooks })
    const shown = async (token: string) => {
      const outcome = await refresh(token)
      if (outcome.kind !== 'refreshed' || !outcome.refresh) throw new Error(outcome.kind)
      return [outcome.access.token, outcome.refresh.token] as const
    }
    const [lost, again] = [await shown(first), await shown(first)]
    expect(row()).toMatchObject({ generation: 1, revokedAt: null })
    for (const token of [...lost, ...again]) {
      expect((await checkToken(token)).kind).toBe('good')
      expect(payloadOf(token)).toMatchObject({ plan: 'gold', g: 1 })
    }
    // Either child counts; with it the other is a parent, and the first a grandparent.
    const grown = await shown(again[1])
    expect(row()).toMatchObject({ generation: 2, revokedAt: null })
    expect(await refresh(first)).toEqual({ kind: 'over', reason: 'used' })
    expect(row()?.revokedReason).toBe('reuse')
    for (const token of grown) expect((await checkToken(token)).kind).toBe('over')
  })

  test.each(['inactive', 'user-missing', 'password_changed', 'revoked'] as const)(
    'of a session that is over: %s',
    async (reason) => {
      const { refresh, first, users, ada, logout, sid, context, minted } = await world()
      if (reason === 'inactive') await users.setActive(ada.id, false)
      if (reason === 'user-missing') await users.delete(ada.id)
      if (reason === 'password_changed') await users.setPassword(ada.id, 'other')
      if (reason === 'revoked') await logout(sid, context)
      expect(await refresh(first)).toEqual({ kind: 'over', reason })
      expect(minted).toEqual([])
    },
  )

  test('an access token refreshes nothing', async () => {
    const { refresh, access, row } = await world()
    expect(await refresh(access)).toEqual({ kind: 'token-fault', fault: 'wrong-type' })
    expect(row()?.generation).toBe(0)
  })

  test('no refresh outlives the absolute end', async () => {
    const { refresh, first, clock, row } = await world()
    let token = first
    for (let i = 0; i < 40; i++) {
      clock.advance(hours(23))
      const outcome = await refresh(token)
      if (outcome.kind !== 'refreshed') break
      expect(outcome.refresh?.expiresAt.getTime()).toBeLessThanOrEqual(row()?.absoluteExpiresAt.getTime() ?? 0)
      token = outcome.refresh?.token ?? ''
    }
    expect(clock.now().getTime()).toBeGreaterThanOrEqual((row()?.absoluteExpiresAt.getTime() ?? 0) - days(1))
    expect((await refresh(token)).kind).not.toBe('refreshed')
  })
})
