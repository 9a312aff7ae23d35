import { describe, expect, test } from 'vitest'
import { days, minutes, seconds } from '#lib/core/duration'
import { aContext } from '#lib/testing/builders'
import { later } from '#lib/testing/fixed-clock'
import { testLatchkey, type TestOptions } from '#lib/testing/test-latchkey'

const R = minutes(5)
const G = seconds(30)

/** A session of Ada's, whose first generation is unconfirmed. */
async function world(options?: TestOptions) {
  const latchkey = testLatchkey(options)
  const ada = latchkey.addUser()
  const { session, tokens } = await latchkey.open(ada)
  const row = () => latchkey.rows.sessions.get(session.id)
  const refresh = (token: string, context = latchkey.context) => latchkey.refreshBrowser(token, context)
  return { ...latchkey, ada, sid: session.id, first: tokens.refresh.token, row, refresh }
}

/** As above, refreshed until the row is at generation 1: the parent is `first`, the child is `second`. */
async function rotated() {
  const latchkey = await world()
  await latchkey.refresh(latchkey.first)
  latchkey.clock.advance(R)
  const outcome = await latchkey.refresh(latchkey.first)
  if (outcome.kind !== 'refreshed' || !outcome.refresh) throw new Error('not rotated')
  latchkey.minted.length = 0
  return { ...latchkey, second: outcome.refresh.token }
}

describe('what each outcome mints, and what the row then holds', () => {
  test('an unconfirmed generation is confirmed and gets an access token only', async () => {
    const { refresh, first, row, minted, clock } = await world()
    expect(await refresh(first)).toMatchObject({ kind: 'refreshed', refresh: null })
    expect(minted).toEqual(['access'])
    expect(row()).toMatchObject({ generation: 0, confirmedAt: clock.now(), rotatedAt: null })
  })

  test('confirmed less than R ago it gets an access token only', async () => {
    const { refresh, first, row, minted, clock } = await world()
    await refresh(first)
    minted.length = 0
    clock.advance(R - 1)
    expect(await refresh(first)).toMatchObject({ kind: 'refreshed', refresh: null })
    expect(minted).toEqual(['access'])
    expect(row()).toMatchObject({ generation: 0, rotatedAt: null })
  })

  test('confirmed R ago it is rotated: both tokens, of the next generation, which nobody has confirmed', async () => {
    const { refresh, first, row, minted, clock, readRefresh, readAccess } = await world()
    await refresh(first)
    minted.length = 0
    clock.advance(R)
    const outcome = await refresh(first)
    if (outcome.kind !== 'refreshed' || !outcome.refresh) throw new Error('not rotated')
    const parent = await readRefresh(first)
    expect(minted).toEqual(['access', 'refresh'])
    expect(await readRefresh(outcome.refresh.token)).toMatchObject({ sid: row()?.id, g: 1 })
    expect(await readAccess(outcome.access.token)).toMatchObject({ claims: { g: 1 } })
    expect(row()).toMatchObject({ generation: 1, parentTag: parent?.jti, confirmedAt: null, rotatedAt: clock.now() })
  })

  test('a lost reply is asked for again: both tokens of the same generation, under a tag of their own', async () => {
    const { refresh, first, second, row, minted, clock, readRefresh } = await rotated()
    clock.advance(days(1))
    const outcome = await refresh(first)
    if (outcome.kind !== 'refreshed' || !outcome.refresh) throw new Error('not issued again')
    expect(minted).toEqual(['access', 'refresh'])
    const [one, other] = [await readRefresh(second), await readRefresh(outcome.refresh.token)]
    expect([one?.g, other?.g, row()?.generation]).toEqual([1, 1, 1])
    expect(one?.jti).not.toBe(other?.jti)
    expect(row()?.confirmedAt).toBeNull()
  })

  test.each<[string, number, 'refreshed' | 'denied']>([
    ['G after the confirmation of the child the parent is late', G, 'refreshed'],
    ['G + 1 ms after it the parent is a copy', G + 1, 'denied'],
  ])('%s', async (_, wait, kind) => {
    const { refresh, first, second, row, clock } = await rotated()
    await refresh(second)
    clock.advance(wait)
    expect((await refresh(first)).kind).toBe(kind)
    expect(row()?.revokedReason).toBe(kind === 'denied' ? 'reuse' : null)
  })

  test('RF-3: reuse ends the session for both holders, mints nothing and is audited once', async () => {
    const { refresh, first, second, sid, ada, clock, minted, rows, wouldRefresh } = await rotated()
    await refresh(second)
    minted.length = 0
    clock.advance(G + 1)
    expect(await refresh(first)).toEqual({ kind: 'denied', revokedReason: 'reuse' })
    expect(await refresh(second)).toEqual({ kind: 'denied', revokedReason: 'reuse' })
    expect(minted).toEqual([])
    expect(await wouldRefresh(second)).toBe(false)
    const alarms = rows.audit.filter(({ event }) => event === 'refresh.reuse')
    expect(alarms).toMatchObject([
      { outcome: 'failure', subjectId: ada.id, sessionId: sid, detail: { presented: 0, current: 1 } },
    ])
  })

  test('RF-2: twenty at once leave one generation, and all of them pass', async () => {
    const { refresh, first, row, clock } = await world()
    await refresh(first)
    clock.advance(R)
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => refresh(first)))
    expect(outcomes.map(({ kind }) => kind)).toEqual(Array(20).fill('refreshed'))
    const tokens = outcomes.map((outcome) => outcome.kind === 'refreshed' && outcome.refresh?.token)
    expect(new Set(tokens).size).toBe(20)
    expect(row()).toMatchObject({ generation: 1, revokedAt: null })
  })
})

describe('a denied refresh', () => {
  test.each(['', 'nonsense', 'a.b.c'])(
    'of what is no token of ours touches nothing and is not audited: %j',
    async (token) => {
      const { refresh, rows, minted } = await world()
      expect(await refresh(token)).toEqual({ kind: 'denied', revokedReason: null })
      expect([rows.audit, minted]).toEqual([[], []])
    },
  )

  test('TK-8: of a forged token with a real session and tag revokes nothing', async () => {
    const { refresh, first, row } = await rotated()
    const [header, payload] = first.split('.')
    expect((await refresh(`${header}.${payload}.${'A'.repeat(43)}`)).kind).toBe('denied')
    expect(row()?.revokedAt).toBeNull()
  })

  test('says why the session ended and is audited with that reason', async () => {
    const { refresh, first, logout, sid, context, rows } = await world()
    await logout(sid, context)
    expect(await refresh(first)).toEqual({ kind: 'denied', revokedReason: 'logout' })
    expect(rows.audit.at(-1)).toMatchObject({
      event: 'refresh.denied',
      outcome: 'failure',
      reason: 'logout',
      sessionId: sid,
    })
  })

  test('of a deleted user has no row and no reason', async () => {
    const { refresh, first, users, ada } = await world()
    await users.delete(ada.id)
    expect(await refresh(first)).toEqual({ kind: 'denied', revokedReason: null })
  })

  test('RF-6: of a disabled user mints nothing', async () => {
    const { refresh, first, users, ada, minted } = await world()
    await users.setActive(ada.id, false)
    expect(await refresh(first)).toEqual({ kind: 'denied', revokedReason: 'deactivated' })
    expect(minted).toEqual([])
  })

  test('an old generation of a session that is over raises no alarm', async () => {
    const { refresh, first, logout, sid, context, rows } = await rotated()
    await logout(sid, context)
    await refresh(first)
    expect(rows.audit.map(({ event }) => event)).not.toContain('refresh.reuse')
  })

  test('a fault of the database is thrown, never turned into a verdict', async () => {
    const broken = async () => Promise.reject(new Error('no database'))
    const { refresh, first, rows } = await world({ sessions: (store) => ({ ...store, present: broken }) })
    await expect(refresh(first)).rejects.toThrow('no database')
    expect(rows.audit).toEqual([])
  })

  test('TK-2: an API session’s refresh token is none of a browser', async () => {
    const latchkey = await world()
    const { tokens } = await latchkey.open(latchkey.ada, 'api')
    expect(await latchkey.refresh(tokens.refresh.token)).toEqual({ kind: 'denied', revokedReason: null })
  })
})

describe('lifetimes', () => {
  test('every successful refresh moves the idle end, also one that gives an access token only', async () => {
    const { refresh, first, row, clock } = await world()
    await refresh(first)
    clock.advance(minutes(4))
    await refresh(first)
    expect(row()).toMatchObject({ idleExpiresAt: later(clock.now(), days(14)), lastSeenAt: clock.now() })
  })

  test('PR-3: no rotation moves the absolute end, and at 30 days the refresh is denied', async () => {
    const { refresh, first, row, clock } = await world()
    const absolute = row()?.absoluteExpiresAt
    let token = first
    for (let day = 0; day < 29; day++) {
      clock.advance(days(1))
      const outcome = await refresh(token)
      if (outcome.kind !== 'refreshed') throw new Error('denied early')
      token = outcome.refresh?.token ?? token
    }
    clock.advance(days(1) - 1)
    const last = await refresh(token)
    expect(last.kind).toBe('refreshed')
    expect(row()?.absoluteExpiresAt).toEqual(absolute)
    expect(row()?.idleExpiresAt).toEqual(absolute)
    expect(last.kind === 'refreshed' && last.access.expiresAt).toEqual(absolute)
    clock.advance(1)
    expect((await refresh(token)).kind).toBe('denied')
  })

  test('the idle end is the last instant: 1 ms before it the session goes on, at it it is over', async () => {
    const alive = await world()
    alive.clock.advance(days(14) - 1)
    expect((await alive.refresh(alive.first)).kind).toBe('refreshed')
    const over = await world()
    over.clock.advance(days(14))
    expect(await over.refresh(over.first)).toEqual({ kind: 'denied', revokedReason: null })
    expect(over.rows.audit.at(-1)).toMatchObject({ reason: 'expired' })
  })

  test('the row tells where the session was last seen', async () => {
    const { refresh, first, row } = await world()
    await refresh(first, aContext({ ip: '198.51.100.9', userAgent: 'Other' }))
    expect(row()).toMatchObject({ ip: '198.51.100.9', userAgent: 'Other' })
  })
})

describe('foreseeing a refresh', () => {
  test('says what presenting would say, and presents nothing', async () => {
    const { wouldRefresh, first, second, row, clock, refresh } = await rotated()
    expect([await wouldRefresh(first), await wouldRefresh(second)]).toEqual([true, true])
    expect(row()?.confirmedAt).toBeNull()
    await refresh(second)
    clock.advance(G + 1)
    const before = structuredClone(row())
    expect([await wouldRefresh(first), await wouldRefresh(second)]).toEqual([false, true])
    expect(row()).toEqual(before)
  })

  test('is no for what is no token, for a session that is over and for one of a program', async () => {
    const { wouldRefresh, first, sid, logout, context, open, ada } = await world()
    expect(await wouldRefresh('nonsense')).toBe(false)
    expect(await wouldRefresh((await open(ada, 'api')).tokens.refresh.token)).toBe(false)
    expect(await wouldRefresh(first)).toBe(true)
    await logout(sid, context)
    expect(await wouldRefresh(first)).toBe(false)
  })
})
