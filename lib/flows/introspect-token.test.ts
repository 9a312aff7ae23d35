/** Introspection and revocation on real tokens: what a client is told, and what it ends. */
import { describe, expect, test } from 'vitest'
import { days, minutes } from '#lib/core/duration'
import { START } from '#lib/testing/fixed-clock'
import { ISSUER } from '#lib/testing/test-tokens'
import { testLatchkey, type TestOptions } from '#lib/testing/test-latchkey'

async function world(options?: TestOptions) {
  const latchkey = testLatchkey(options)
  const ada = latchkey.addUser()
  const { session, tokens } = await latchkey.open(ada, 'api')
  const row = () => latchkey.rows.sessions.get(session.id)
  const client = { id: '3f0c6a52-8d0b-4b7e-9f55-2a1c7e90d4b8', name: 'billing', createdAt: START, lastUsedAt: null }
  const ask = async (token: string, hint?: string) => {
    const outcome = await latchkey.introspectToken({ token, ...(hint ? { token_type_hint: hint } : {}) })
    return outcome.kind === 'told' ? outcome.answer : outcome.errors
  }
  const revoke = (token: unknown, hint?: string) =>
    latchkey.revokeToken(client, { token, ...(hint ? { token_type_hint: hint } : {}) }, latchkey.context)
  const refresh = async (token: string) => {
    const outcome = await latchkey.refreshApi(token, latchkey.context)
    if (outcome.kind !== 'refreshed' || !outcome.refresh) throw new Error('not refreshed')
    return { access: outcome.access.token, refresh: outcome.refresh.token }
  }
  const [access, first] = [tokens.access.token, tokens.refresh.token]
  return { ...latchkey, ada, client, sid: session.id, tokens, access, first, row, ask, revoke, refresh }
}

const inactive = { active: false }
const hints = [undefined, 'access_token', 'refresh_token', 'nonsense']
const seconds = (at: Date) => at.getTime() / 1000

describe('introspection', () => {
  test.each(hints)(
    'with a hint of %s, both tokens of a living session are active, each as what it is',
    async (hint) => {
      const { ask, access, first, tokens, ada, sid } = await world()
      const common = { active: true, sub: ada.id, username: 'ada', sid, iss: ISSUER, iat: seconds(START) }
      expect(await ask(access, hint)).toEqual({
        ...{ ...common, token_use: 'access', token_type: 'Bearer', roles: [] },
        ...{ jti: tokens.access.id, exp: seconds(tokens.access.expiresAt) },
      })
      expect(await ask(first, hint)).toEqual({
        ...{ ...common, token_use: 'refresh', jti: tokens.refresh.id, exp: seconds(tokens.refresh.expiresAt) },
      })
    },
  )

  test('asking changes nothing', async () => {
    const { ask, access, first, row, rows, refresh } = await world()
    const second = await refresh(first)
    const before = structuredClone([row(), rows.audit])
    for (const token of [access, first, second.access, second.refresh, 'nonsense']) await ask(token)
    expect([row(), rows.audit]).toEqual(before)
    expect((await refresh(second.refresh)).access).toEqual(expect.any(String))
  })

  test.each(['nonsense', 'a.b.c', 'x'.repeat(10_000), 'null', '{}'])('%.20s is not active', async (token) => {
    expect(await (await world()).ask(token)).toEqual(inactive)
  })

  test('nor is a tampered one', async () => {
    const { ask, access, first } = await world()
    for (const token of [access, first]) {
      const [head, body] = token.split('.')
      expect(await ask(`${head}.${body}.${'A'.repeat(86)}`)).toEqual(inactive)
    }
  })

  test('nor are a browser’s: they never leave its cookies', async () => {
    const { ask, open, ada } = await world()
    const { tokens } = await open(ada, 'browser')
    for (const { token } of [tokens.access, tokens.refresh])
      for (const hint of hints) expect(await ask(token, hint)).toEqual(inactive)
  })

  test('nor an expired or a used one', async () => {
    const { ask, access, first, clock, refresh } = await world()
    clock.advance(minutes(10) - 1)
    expect(await ask(access)).toMatchObject({ active: true })
    clock.advance(1)
    expect(await ask(access)).toEqual(inactive)
    const second = await refresh(first)
    expect(await ask(first)).toEqual(inactive)
    expect(await ask(second.refresh)).toMatchObject({ active: true })
    clock.advance(days(1))
    expect(await ask(second.refresh)).toEqual(inactive)
  })

  test.each(['logged out', 'deactivated', 'deleted', 'given a new password'])(
    'TK-9: nor any of a user who was %s, at once',
    async (what) => {
      const { ask, access, first, users, ada, logout, sid, context } = await world()
      if (what === 'logged out') await logout(sid, context)
      if (what === 'deactivated') await users.setActive(ada.id, false)
      if (what === 'deleted') await users.delete(ada.id)
      if (what === 'given a new password') await users.setPassword(ada.id, 'other')
      for (const token of [access, first]) expect(await ask(token)).toEqual(inactive)
    },
  )

  test('JWT_CHECK_USER_IS_ACTIVE=false: nor of a deactivated user, for whom the API itself still opens', async () => {
    const { ask, users, ada, open, checkToken } = await world({ apiIgnoresActive: true })
    await users.setActive(ada.id, false)
    const { tokens } = await open({ ...ada, isActive: false, epoch: 1 }, 'api')
    for (const { token } of [tokens.access, tokens.refresh]) {
      expect((await checkToken(token)).kind).toBe('good')
      expect(await ask(token)).toEqual(inactive)
    }
    await users.setActive(ada.id, true)
    expect(await ask(tokens.access.token)).toMatchObject({ active: true })
  })

  test('the username is today’s', async () => {
    const { ask, access, rows, ada } = await world()
    Object.assign(rows.users.get(ada.id) ?? {}, { username: 'countess' })
    expect(await ask(access)).toMatchObject({ username: 'countess' })
  })

  test('without a token there is no answer', async () => {
    const { introspectToken } = await world()
    expect(await introspectToken({})).toEqual({ kind: 'invalid', errors: { token: ['This field is required.'] } })
    expect(await introspectToken({ token: { $ne: '' } })).toMatchObject({ kind: 'invalid' })
  })
})

describe('revocation', () => {
  test.each(['access', 'first'] as const)(
    'RV-1 the %s token ends its session with both tokens, audited once',
    async (which) => {
      const { revoke, ask, rows, row, client, ada, sid, ...tokens } = await world()
      expect(await revoke(tokens[which])).toEqual({ kind: 'done' })
      expect(await revoke(tokens[which])).toEqual({ kind: 'done' })
      expect(row()?.revokedReason).toBe('ended_by_client')
      for (const token of [tokens.access, tokens.first]) expect(await ask(token)).toEqual(inactive)
      expect((await tokens.refreshApi(tokens.first, tokens.context)).kind).toBe('over')
      const what = { event: 'session.end', outcome: 'success', reason: 'ended_by_client' }
      const who = { actorId: null, subjectId: ada.id, sessionId: sid, context: tokens.context }
      expect(rows.audit).toEqual([{ ...what, ...who, detail: { client: client.id, client_name: 'billing' } }])
    },
  )

  test.each(hints)('a hint of %s does not matter', async (hint) => {
    const { revoke, access, row } = await world()
    await revoke(access, hint)
    expect(row()?.revokedAt).not.toBeNull()
  })

  test('a used refresh token ends its session as its return would', async () => {
    const { revoke, refresh, ask, first } = await world()
    const second = await refresh(first)
    await revoke(first)
    for (const token of [second.access, second.refresh]) expect(await ask(token)).toEqual(inactive)
  })

  test('what is no token of a program’s living session ends nothing, and is no fault', async () => {
    const { revoke, open, ada, rows, access, clock, row } = await world()
    const browser = await open(ada, 'browser')
    const [head, body] = access.split('.')
    const foreign = [
      'nonsense',
      `${head}.${body}.${'A'.repeat(86)}`,
      browser.tokens.access.token,
      browser.tokens.refresh.token,
    ]
    for (const token of foreign) expect(await revoke(token)).toEqual({ kind: 'done' })
    clock.advance(minutes(10))
    expect(await revoke(access)).toEqual({ kind: 'done' })
    expect(row()?.revokedAt).toBeNull()
    expect(rows.sessions.get(browser.session.id)?.revokedAt).toBeNull()
    expect(rows.audit).toEqual([])
  })

  test('a session that has run out is not ended once more', async () => {
    const { revoke, first, row, rows, clock } = await world()
    Object.assign(row() ?? {}, { idleExpiresAt: clock.now() })
    await revoke(first)
    expect(row()?.revokedAt).toBeNull()
    expect(rows.audit).toEqual([])
  })

  test('whoever comes second is told the same, and is not audited', async () => {
    const { revoke, first, rows } = await world({ sessions: (store) => ({ ...store, revoke: async () => false }) })
    expect(await revoke(first)).toEqual({ kind: 'done' })
    expect(rows.audit).toEqual([])
  })

  test('other sessions of the user go on', async () => {
    const { revoke, first, open, ada, rows } = await world()
    const others = [await open(ada, 'api'), await open(ada)]
    await revoke(first)
    for (const { session } of others) expect(rows.sessions.get(session.id)?.revokedAt).toBeNull()
  })

  test('without a token there is nothing to revoke', async () => {
    const { revoke, row } = await world()
    expect(await revoke(undefined)).toEqual({ kind: 'invalid', errors: { token: ['This field is required.'] } })
    expect(row()?.revokedAt).toBeNull()
  })
})
