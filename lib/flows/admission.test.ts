/** Who is let in beyond the password: JWT_CHECK_USER_IS_ACTIVE, and the authentication rule of lib/hooks.ts. */
import { describe, expect, test } from 'vitest'
import type { Hooks } from '#lib/core/hooks'
import { minutes } from '#lib/core/duration'
import { PASSWORD, testLatchkey, type TestLatchkey, type TestOptions } from '#lib/testing/test-latchkey'

const login = (latchkey: TestLatchkey, kind: 'browser' | 'api' = 'api', password = PASSWORD) =>
  latchkey.login({
    ...{ input: { email: 'ada@example.com', password }, identifierKey: 'email', context: latchkey.context },
    session: { kind, persistent: true, supersedes: null },
  })

async function loggedIn(options: TestOptions = {}, kind: 'browser' | 'api' = 'api') {
  const latchkey = testLatchkey(options)
  const ada = latchkey.addUser()
  const outcome = await login(latchkey, kind)
  if (outcome.kind !== 'logged-in') throw new Error(outcome.kind)
  return { ...latchkey, ada, sid: outcome.session.id, tokens: outcome.tokens }
}

describe('JWT_CHECK_USER_IS_ACTIVE=false', () => {
  const inactive = (options: TestOptions = { apiIgnoresActive: true }) => {
    const latchkey = testLatchkey(options)
    const ada = latchkey.addUser({ isActive: false, isSuperuser: true, isStaff: true })
    latchkey.rows.grants.set(ada.id, { groups: ['staff'], permissions: ['view_reports'] })
    return latchkey
  }

  test('a deactivated user logs in over the API, and through: access, verify, refresh', async () => {
    const latchkey = inactive()
    const outcome = await login(latchkey)
    if (outcome.kind !== 'logged-in') throw new Error(outcome.kind)
    const { access, refresh } = outcome.tokens
    expect((await latchkey.identify(access.token, 'api')).kind).toBe('principal')
    expect((await latchkey.checkToken(access.token)).kind).toBe('good')
    expect((await latchkey.checkToken(refresh.token)).kind).toBe('good')
    expect((await latchkey.refreshApi(refresh.token, latchkey.context)).kind).toBe('refreshed')
  })

  test('but may do nothing there that takes a permission, a staff or a superuser flag', async () => {
    const latchkey = inactive()
    const outcome = await login(latchkey)
    if (outcome.kind !== 'logged-in') throw new Error(outcome.kind)
    expect(await latchkey.identify(outcome.tokens.access.token, 'api')).toMatchObject({
      principal: { user: { groups: ['staff'], permissions: [], isStaff: false, isSuperuser: false } },
    })
  })

  test('browsers stay checked: no login, and no check of a session that is still there', async () => {
    const latchkey = inactive()
    expect(await login(latchkey, 'browser')).toEqual({ kind: 'refused' })
    expect(latchkey.rows.audit).toMatchObject([{ outcome: 'failure', reason: 'inactive' }])
    const open = await loggedIn({ apiIgnoresActive: true }, 'browser')
    Object.assign(open.rows.users.get(open.ada.id) ?? {}, { isActive: false })
    expect(await open.identify(open.tokens.access.token, 'browser')).toMatchObject({ kind: 'over', reason: 'inactive' })
    open.clock.advance(minutes(11))
    expect((await open.refreshBrowser(open.tokens.refresh.token, open.context)).kind).toBe('denied')
  })

  test('the password is asked for all the same', async () => {
    expect(await login(inactive(), 'api', 'not the password')).toEqual({ kind: 'refused' })
  })

  test('deactivation still ends the sessions there are', async () => {
    const { users, identify, ada, tokens } = await loggedIn({ apiIgnoresActive: true })
    await users.setActive(ada.id, false)
    expect(await identify(tokens.access.token, 'api')).toMatchObject({ kind: 'over', reason: 'revoked' })
  })

  test('by default the API is checked too: login, access, verify and refresh', async () => {
    expect(await login(inactive({}))).toEqual({ kind: 'refused' })
    const { rows, ada, identify, checkToken, refreshApi, tokens, context } = await loggedIn()
    Object.assign(rows.users.get(ada.id) ?? {}, { isActive: false })
    const over = { kind: 'over', reason: 'inactive' }
    expect(await identify(tokens.access.token, 'api')).toMatchObject(over)
    expect(await checkToken(tokens.refresh.token)).toMatchObject(over)
    expect(await refreshApi(tokens.refresh.token, context)).toEqual(over)
  })
})

describe('JWT_USER_ID_FIELD', () => {
  test('a token that names an address the account no longer has finds no user; the next refresh names the new one', async () => {
    const { contractShape } = await import('#lib/core/token-shape')
    const shape = { ...contractShape, userIdField: 'email' as const }
    const { rows, ada, identify, refreshApi, tokens, context } = await loggedIn({ shape })
    expect((await identify(tokens.access.token, 'api')).kind).toBe('principal')
    Object.assign(rows.users.get(ada.id) ?? {}, { email: 'new@example.com' })
    expect(await identify(tokens.access.token, 'api')).toEqual({ kind: 'user-missing' })
    const next = await refreshApi(tokens.refresh.token, context)
    if (next.kind !== 'refreshed') throw new Error(next.kind)
    expect(await identify(next.access.token, 'api')).toMatchObject({
      principal: { user: { email: 'new@example.com' } },
    })
  })
})

describe('the authentication rule', () => {
  const rule = (answer: () => boolean): TestOptions => ({ hooks: { authenticationRule: () => answer() } })
  const no = rule(() => false)

  test.each(['browser', 'api'] as const)(
    'a no is the one answer to a login of a %s, audited under its own word',
    async (kind) => {
      const latchkey = testLatchkey(no)
      latchkey.addUser()
      expect(await login(latchkey, kind)).toEqual({ kind: 'refused' })
      expect(latchkey.rows.sessions.size).toBe(0)
      expect(latchkey.rows.audit).toMatchObject([{ event: 'login', outcome: 'failure', reason: 'not_admitted' }])
    },
  )

  test('is asked only of those who know the password, and is told of the account and its groups but not of the hash', async () => {
    const asked: unknown[] = []
    const latchkey = testLatchkey({ hooks: { authenticationRule: (user) => asked.push(user) > 0 } })
    const { id } = latchkey.addUser()
    latchkey.rows.grants.set(id, { groups: ['staff'], permissions: ['view_reports'] })
    await login(latchkey, 'api', 'not the password')
    expect(asked).toEqual([])
    await login(latchkey)
    expect(asked).toMatchObject([
      { id, email: 'ada@example.com', isActive: true, groups: ['staff'], permissions: ['view_reports'] },
    ])
    expect(JSON.stringify(asked)).not.toMatch(/hash|epoch/i)
  })

  test('is asked at a refresh: a no is what a deactivated user gets, and uses nothing up', async () => {
    let admitted = true
    const { refreshApi, tokens, context } = await loggedIn(rule(() => admitted))
    admitted = false
    expect(await refreshApi(tokens.refresh.token, context)).toEqual({ kind: 'over', reason: 'inactive' })
    admitted = true
    expect((await refreshApi(tokens.refresh.token, context)).kind).toBe('refreshed')
  })

  test('is not asked of an access token, as the original has it', async () => {
    let admitted = true
    const { identify, tokens } = await loggedIn(rule(() => admitted))
    admitted = false
    expect((await identify(tokens.access.token, 'api')).kind).toBe('principal')
  })

  test('bars the silent refresh of a browser, and no page sends it on as logged in; a later yes lets it go on', async () => {
    let admitted = true
    const { refreshBrowser, wouldRefresh, tokens, context, clock, rows, ada } = await loggedIn(
      rule(() => admitted),
      'browser',
    )
    clock.advance(minutes(11))
    admitted = false
    rows.audit.length = 0
    expect(await wouldRefresh(tokens.refresh.token)).toBe(false)
    expect(await refreshBrowser(tokens.refresh.token, context)).toEqual({ kind: 'denied', revokedReason: null })
    expect(rows.audit).toMatchObject([{ event: 'refresh.denied', reason: 'not_admitted', subjectId: ada.id }])
    admitted = true
    expect(await wouldRefresh(tokens.refresh.token)).toBe(true)
    expect((await refreshBrowser(tokens.refresh.token, context)).kind).toBe('refreshed')
  })

  test('a session that is over is told so under its own reason, whatever the rule says', async () => {
    let admitted = true
    const { refreshBrowser, tokens, context, logout, sid } = await loggedIn(
      rule(() => admitted),
      'browser',
    )
    await logout(sid, context)
    admitted = false
    expect(await refreshBrowser(tokens.refresh.token, context)).toEqual({ kind: 'denied', revokedReason: 'logout' })
  })

  test('who has just registered is asked too', async () => {
    const latchkey = testLatchkey(no)
    const user = latchkey.addUser()
    const session = { user, kind: 'browser' as const, persistent: true, amr: ['pwd'], supersedes: null }
    expect(await latchkey.openFirstSession({ ...session, context: latchkey.context })).toBeNull()
    expect(latchkey.rows.sessions.size).toBe(0)
  })

  test('a rule that throws is a fault: nobody is let in, the attempt is given back, and the error names the hook', async () => {
    const latchkey = testLatchkey({ hooks: { authenticationRule: () => Promise.reject(new Error('no directory')) } })
    latchkey.addUser()
    await expect(login(latchkey)).rejects.toThrow(
      /^The authenticationRule hook in lib\/hooks\.ts threw: Error: no directory/,
    )
    expect(latchkey.rows.sessions.size).toBe(0)
    const { throttle } = latchkey
    expect(throttle.keys().map((key) => [throttle.count(key), throttle.pending(key)])).toEqual(Array(3).fill([0, 0]))
  })

  test.each([undefined, 1, 'yes', null])('an answer of %j is neither yes nor no', async (answer) => {
    const latchkey = testLatchkey({ hooks: { authenticationRule: () => answer as unknown as boolean } })
    latchkey.addUser()
    await expect(login(latchkey)).rejects.toThrow('must answer true or false')
  })
})

describe('the claims hook', () => {
  const withClaims = (claims: Hooks['claims']): TestOptions => ({ hooks: { claims } })
  const payloadOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())

  test('is asked once for both tokens of a program and never for a browser', async () => {
    let asked = 0
    const options = withClaims({ names: ['plan'], of: () => ({ plan: `gold ${++asked}` }) })
    const { tokens } = await loggedIn(options)
    expect([tokens.access, tokens.refresh].map(({ token }) => payloadOf(token).plan)).toEqual(['gold 1', 'gold 1'])
    await loggedIn(options, 'browser')
    expect(asked).toBe(1)
  })

  test('F22: is asked anew at each refresh, and so are the roles', async () => {
    let plan = 'gold'
    const { refreshApi, tokens, context, rows, ada } = await loggedIn(
      withClaims({ names: ['plan'], of: () => ({ plan }) }),
    )
    expect(payloadOf(tokens.access.token)).toMatchObject({ plan: 'gold', roles: [] })
    plan = 'silver'
    rows.grants.set(ada.id, { groups: ['editors'], permissions: [] })
    const next = await refreshApi(tokens.refresh.token, context)
    if (next.kind !== 'refreshed') throw new Error(next.kind)
    for (const { token } of [next.access, next.refresh!])
      expect(payloadOf(token)).toMatchObject({ plan: 'silver', roles: ['editors'] })
  })

  test('cannot change what it is given', async () => {
    const vandal = (user: unknown) => {
      ;(user as { groups: string[] }).groups.push('root')
      return {}
    }
    const { tokens } = await loggedIn(withClaims({ names: [], of: vandal }))
    expect(payloadOf(tokens.access.token).roles).toEqual([])
  })

  test('one that throws at login is a fault that leaves no session', async () => {
    const latchkey = testLatchkey(
      withClaims({
        names: ['plan'],
        of: () => {
          throw new TypeError('broken')
        },
      }),
    )
    latchkey.addUser()
    await expect(login(latchkey)).rejects.toThrow(/^The claims hook in lib\/hooks\.ts threw: TypeError: broken/)
    expect([...latchkey.rows.sessions.values()].map(({ revokedAt }) => revokedAt !== null)).toEqual([true])
  })

  test.each([
    [
      'a hook that throws',
      () => {
        throw new Error('for a moment')
      },
    ],
    ['a token that is too large', () => ({ plan: 'x'.repeat(3000) })],
  ])('%s at a refresh uses nothing up: the same token is good afterwards', async (_, fail) => {
    let of = (): Record<string, string> => ({ plan: 'gold' })
    const { refreshApi, tokens, context } = await loggedIn(withClaims({ names: ['plan'], of: () => of() }))
    of = fail
    await expect(refreshApi(tokens.refresh.token, context)).rejects.toThrow()
    of = () => ({ plan: 'gold' })
    expect((await refreshApi(tokens.refresh.token, context)).kind).toBe('refreshed')
  })
})

describe('the login hooks', () => {
  test('hear of success with the account and of failure with what was typed, never of a password', async () => {
    const heard: unknown[] = []
    const hooks: Hooks = {
      onLoginSuccess: (user, facts) => void heard.push(['success', user.username, facts]),
      onLoginFailed: (attempt) => void heard.push(['failed', attempt]),
    }
    const latchkey = testLatchkey({ hooks })
    latchkey.addUser()
    await login(latchkey, 'api', 'a secret that nobody may hear')
    await login(latchkey, 'browser')
    const facts = { ip: '203.0.113.7', userAgent: 'Test', requestId: 'request-1' }
    expect(heard).toEqual([
      ['failed', { ...facts, kind: 'api', identifier: 'ada@example.com', reason: 'wrong_password' }],
      ['success', 'ada', { ...facts, kind: 'browser' }],
    ])
    expect(JSON.stringify(heard)).not.toMatch(/secret|unrelated words|hash/i)
  })

  test('one that throws is reported under its name, and the login’s answer stays', async () => {
    const broken = () => Promise.reject(new Error('no network'))
    const latchkey = testLatchkey({ hooks: { onLoginSuccess: broken, onLoginFailed: broken } })
    latchkey.addUser()
    expect((await login(latchkey)).kind).toBe('logged-in')
    expect((await login(latchkey, 'api', 'wrong')).kind).toBe('refused')
    expect(latchkey.faults.map((fault) => /The (\w+) hook/.exec(String(fault))?.[1])).toEqual([
      'onLoginSuccess',
      'onLoginFailed',
    ])
  })
})
