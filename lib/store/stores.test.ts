/** Users, sessions, throttle and audit against a real database, embedded and PostgreSQL alike: two at once, one winner. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { days, hours, minutes, seconds } from '#lib/core/duration'
import type { NewSession, SessionStore, Throttle, UserStore } from '#lib/core/ports'
import type { SessionView, UserRecord } from '#lib/core/records'
import { databases, type TestDatabase } from '#lib/testing/databases'
import { createAuditLog, createAuditReader, sessionMark } from './audit-store'
import { createSessionStore } from './session-store'
import { createThrottle, pruneThrottle } from './throttle-store'
import { createUserStore } from './user-store'

const context = { ip: '192.0.2.7', network: '192.0.2.7', userAgent: 'Test/1', requestId: 'r1' }
const policy = { rotationAgeMs: minutes(5), lateWindowMs: seconds(30) }
const lifetimes = { idleMs: days(14), absoluteMs: days(30), windowMs: hours(24), apiIdleMs: days(1), maxSessions: 3 }
const tag = (letter: string) => letter.repeat(32)

describe.each(databases)('on $name', ({ available, open }) => {
  if (!available) {
    test.skip('the store suite (skipped: set TEST_DATABASE_URL to a PostgreSQL server)', () => {})
    return
  }

  let db: TestDatabase
  let users: UserStore
  let sessions: SessionStore

  beforeAll(async () => {
    db = await open()
    users = createUserStore(db.prisma)
    sessions = createSessionStore(db.prisma, lifetimes)
  })
  afterAll(() => db.close())

  const newUser = async (): Promise<UserRecord> => {
    const name = `u${randomUUID().slice(0, 8)}`
    const created = await users.create({ email: `${name}@example.com`, username: name, passwordHash: 'hash' })
    if (created.kind !== 'created') throw new Error('taken')
    return created.user
  }
  const start = async (user: UserRecord, wish: Partial<NewSession> = {}): Promise<SessionView> => {
    const wanted = {
      user,
      kind: 'browser' as const,
      persistent: true,
      amr: ['pwd'],
      supersedes: null,
      context,
      ...wish,
    }
    const view = await sessions.start(wanted)
    if (!view) throw new Error('not started')
    return view
  }
  /** Moves a session's times into the past, on the database's own clock. */
  const age = (sid: string, column: 'confirmed_at' | 'idle_expires_at' | 'absolute_expires_at', ms: number) =>
    db.prisma.$executeRawUnsafe(
      `UPDATE sessions SET ${column} = now() - $1 * interval '1 millisecond' WHERE id = $2::uuid`,
      ms,
      sid,
    )
  const find = async (sid: string) => (await sessions.find(sid))?.session

  describe('users', () => {
    test('of ten registrations of one name at once one is created, and the others are told both fields', async () => {
      const name = `u${randomUUID().slice(0, 8)}`
      const wanted = [name, name.toUpperCase()].map((spelling) => ({
        email: `${spelling}@example.com`,
        username: spelling,
        passwordHash: 'h',
      }))
      const results = await Promise.all(Array.from({ length: 10 }, (_, i) => users.create(wanted[i % 2]!)))
      expect(results.filter(({ kind }) => kind === 'created')).toHaveLength(1)
      for (const result of results) if (result.kind === 'taken') expect(result.fields).toEqual(['email', 'username'])
    })

    test('EM-4 an account is found by its email in any capitals, never by email when asked by username', async () => {
      const user = await newUser()
      expect((await users.findByEmail(user.email.toUpperCase()))?.id).toBe(user.id)
      expect((await users.findByUsername(user.username.toUpperCase()))?.id).toBe(user.id)
      expect(await users.findByUsername(user.email)).toBeNull()
    })

    test('of two password changes at once one wins, since each names the hash it has checked', async () => {
      const user = await newUser()
      const results = await Promise.all(['a', 'b', 'c'].map((hash) => users.changePassword(user.id, 'hash', hash)))
      expect(results.filter(Boolean)).toHaveLength(1)
      expect((await users.findById(user.id))?.epoch).toBe(1)
    })

    test('a new password ends every session, and names the reason on the row', async () => {
      const user = await newUser()
      const { session } = await start(user)
      await users.setPassword(user.id, 'other')
      expect((await find(session.id))?.revokedReason).toBe('password_changed')
      // Whoever checked the old password a moment ago gets no session any more.
      expect(
        await sessions.start({ user, kind: 'browser', persistent: true, amr: [], supersedes: null, context }),
      ).toBeNull()
    })

    test('deactivation ends the sessions for good', async () => {
      const user = await newUser()
      const { session } = await start(user)
      await users.setActive(user.id, false)
      expect(
        await sessions.start({ user, kind: 'browser', persistent: true, amr: [], supersedes: null, context }),
      ).toBeNull()
      await users.setActive(user.id, true)
      expect((await find(session.id))?.revokedReason).toBe('deactivated')
    })

    test('PW-6 a rehash replaces the checked hash and no newer one', async () => {
      const user = await newUser()
      expect(await users.rehash(user.id, 'another', 'stale')).toBe(false)
      expect((await users.findById(user.id))?.passwordHash).toBe('hash')
      expect(await users.rehash(user.id, 'hash', 'fresh')).toBe(true)
      expect((await users.findById(user.id))?.passwordHash).toBe('fresh')
    })

    test('a deleted user takes its sessions along and leaves its audit rows', async () => {
      const user = await newUser()
      const { session } = await start(user)
      await createAuditLog(db.prisma, () => {}).append({
        event: 'login',
        outcome: 'success',
        subjectId: user.id,
        context,
      })
      expect(await users.delete(user.id)).toBe(true)
      expect(await users.delete(user.id)).toBe(false)
      expect(await sessions.find(session.id)).toBeNull()
      expect(await db.prisma.auditEvent.count({ where: { subjectId: user.id } })).toBe(1)
    })
  })

  describe('starting sessions', () => {
    const lasts = ({ session, now }: SessionView) =>
      [session.idleExpiresAt, session.absoluteExpiresAt].map((end) => end.getTime() - now.getTime())

    test('PR-2 lifetimes: lasting 14 and 30 days, of the window 24 hours, of a program 1 and 30 days', async () => {
      const user = await newUser()
      expect(lasts(await start(user))).toEqual([days(14), days(30)])
      expect(lasts(await start(user, { persistent: false }))).toEqual([hours(24), hours(24)])
      expect(lasts(await start(user, { kind: 'api' }))).toEqual([days(1), days(30)])
    })

    test('SE-1 the session it takes the place of is over, without an alarm', async () => {
      const user = await newUser()
      const { session: former } = await start(user)
      await start(user, { supersedes: former.id })
      expect((await find(former.id))?.revokedReason).toBe('superseded')
      const outcome = await sessions.present(former.id, { generation: 0, tag: tag('a') }, policy, context)
      expect(outcome).toMatchObject({ kind: 'denied', revokedReason: 'superseded' })
    })

    test('MAX_SESSIONS: the one longest unseen ends, with an audit row; programs do not count', async () => {
      const user = await newUser()
      await start(user, { kind: 'api' })
      const [first, ...others] = [await start(user), await start(user), await start(user), await start(user)]
      expect((await find(first!.session.id))?.revokedReason).toBe('too_many_sessions')
      for (const { session } of others) expect((await find(session.id))?.revokedAt).toBeNull()
      const noted = await db.prisma.auditEvent.findFirst({ where: { session: sessionMark(first!.session.id) } })
      expect(noted).toMatchObject({ event: 'session.end', reason: 'too_many_sessions', subjectId: user.id })
      expect(await sessions.listLive(user.id)).toHaveLength(4)
    })

    test('AZ-2 only an owner ends a session, and only once', async () => {
      const [user, stranger] = [await newUser(), await newUser()]
      const { session } = await start(user)
      expect(await sessions.revoke(session.id, 'ended_by_user', stranger.id)).toBe(false)
      expect(await sessions.revoke(session.id, 'ended_by_user', user.id)).toBe(true)
      expect(await sessions.revoke(session.id, 'ended_by_user', user.id)).toBe(false)
      expect(await sessions.revoke(randomUUID(), 'logout')).toBe(false)
    })

    test('ending all others leaves the present one', async () => {
      const user = await newUser()
      const [mine, other] = [await start(user), await start(user)]
      expect(await sessions.revokeOthers(user.id, mine.session.id, 'ended_by_user')).toEqual([other.session.id])
      expect((await sessions.listLive(user.id)).map(({ id }) => id)).toEqual([mine.session.id])
    })
  })

  describe('presenting a browser refresh token', () => {
    const rotated = async () => {
      const view = await start(await newUser())
      await sessions.confirm(view.session.id, 0)
      await age(view.session.id, 'confirmed_at', policy.rotationAgeMs)
      return view.session.id
    }

    test('RF-2 of 300 presentations of one token at once one rotates, and all pass in one generation', async () => {
      const sid = await rotated()
      const shown = { generation: 0, tag: tag('a') }
      const outcomes = await Promise.all(
        Array.from({ length: 300 }, () => sessions.present(sid, shown, policy, context)),
      )
      const kinds = outcomes.map(({ kind }) => kind)
      expect(kinds.filter((kind) => kind === 'rotate')).toHaveLength(1)
      expect(kinds.filter((kind) => kind === 'reissue')).toHaveLength(299)
      expect(outcomes.map((outcome) => ('session' in outcome ? outcome.session.generation : null))).toEqual(
        Array(300).fill(1),
      )
      expect(await find(sid)).toMatchObject({ generation: 1, parentTag: tag('a'), confirmedAt: null, revokedAt: null })
    })

    test('RF-3 of two holders of one generation one is found out, once, with an audit row', async () => {
      const sid = await rotated()
      expect((await sessions.present(sid, { generation: 0, tag: tag('a') }, policy, context)).kind).toBe('rotate')
      const copies = await Promise.all(
        Array.from({ length: 20 }, () => sessions.present(sid, { generation: 0, tag: tag('b') }, policy, context)),
      )
      expect(copies.filter(({ kind }) => kind === 'reuse')).toHaveLength(1)
      expect(copies.filter(({ kind }) => kind === 'denied')).toHaveLength(19)
      expect((await find(sid))?.revokedReason).toBe('reuse')
      const alarms = await db.prisma.auditEvent.findMany({
        where: { event: 'refresh.reuse', session: sessionMark(sid) },
      })
      expect(alarms).toHaveLength(1)
      expect(alarms[0]).toMatchObject({ ip: context.ip, requestId: 'r1', detail: { presented: 0, current: 1 } })
      // Both parties are out: the one with the current generation too.
      expect((await sessions.present(sid, { generation: 1, tag: tag('c') }, policy, context)).kind).toBe('denied')
    })

    test('RF-3 reuse is judged before the token could expire, and a session that is over never alarms', async () => {
      const sid = await rotated()
      await sessions.present(sid, { generation: 0, tag: tag('a') }, policy, context)
      await age(sid, 'absolute_expires_at', 0)
      expect((await sessions.present(sid, { generation: 0, tag: tag('b') }, policy, context)).kind).toBe('denied')
    })

    test('access-only moves the idle end and never past the absolute end', async () => {
      const { session } = await start(await newUser())
      await sessions.confirm(session.id, 0)
      await age(session.id, 'absolute_expires_at', -hours(1))
      const outcome = await sessions.present(session.id, { generation: 0, tag: tag('a') }, policy, context)
      expect(outcome.kind).toBe('access-only')
      const row = await find(session.id)
      expect(row?.idleExpiresAt).toEqual(row?.absoluteExpiresAt)
    })

    test('PR-3 one second past the absolute end it is refused, however lively the session was', async () => {
      const { session } = await start(await newUser())
      await age(session.id, 'absolute_expires_at', seconds(1))
      expect((await sessions.present(session.id, { generation: 0, tag: tag('a') }, policy, context)).kind).toBe(
        'denied',
      )
    })

    test('confirming takes the current generation only, and only once', async () => {
      const { session } = await start(await newUser())
      await sessions.confirm(session.id, 1)
      expect((await find(session.id))?.confirmedAt).toBeNull()
      await sessions.confirm(session.id, 0)
      const first = (await find(session.id))?.confirmedAt
      await sessions.confirm(session.id, 0)
      expect((await find(session.id))?.confirmedAt).toEqual(first)
    })

    test('an API session is none of the browser statement’s, and the other way round', async () => {
      const user = await newUser()
      const api = await start(user, { kind: 'api' })
      const browser = await start(user)
      const shown = { generation: 0, tag: tag('a') }
      expect((await sessions.present(api.session.id, shown, policy, context)).kind).toBe('denied')
      expect(
        (await sessions.presentApi(browser.session.id, shown, { rotate: true, singleUse: true }, context)).kind,
      ).toBe('denied')
    })
  })

  describe('refreshing an API session', () => {
    const shown = { generation: 0, tag: tag('a') }

    test('of eight at once exactly one wins; the others are returns of a used token and end the session', async () => {
      const { session } = await start(await newUser(), { kind: 'api' })
      const outcomes = await Promise.all(
        Array.from({ length: 8 }, () =>
          sessions.presentApi(session.id, shown, { rotate: true, singleUse: true }, context),
        ),
      )
      expect(outcomes.filter(({ kind }) => kind === 'rotate')).toHaveLength(1)
      expect(outcomes.filter(({ kind }) => kind === 'reuse')).toHaveLength(1)
      expect(outcomes.filter(({ kind }) => kind === 'denied')).toHaveLength(6)
      expect((await find(session.id))?.revokedReason).toBe('reuse')
    })

    test.each([
      [{ rotate: false, singleUse: true }, 'access-only'],
      [{ rotate: true, singleUse: false }, 'both'],
    ] as const)('with %o the token stays good', async (apiPolicy, kind) => {
      const { session } = await start(await newUser(), { kind: 'api' })
      for (let use = 0; use < 3; use++)
        expect((await sessions.presentApi(session.id, shown, apiPolicy, context)).kind).toBe(kind)
    })
  })

  describe('throttle', () => {
    let throttle: Throttle
    beforeAll(() => {
      throttle = createThrottle(db.prisma, { hmacKey: Buffer.alloc(32, 7), scale: 1 })
    })
    const pair = () => ({ name: 'loginPair' as const, subject: randomUUID() })
    const address = () => ({ name: 'loginAddress' as const, subject: randomUUID() })
    const elapse = (ms: number) =>
      db.prisma.$executeRawUnsafe(
        `UPDATE throttle_counters SET blocked_until = blocked_until - $1 * interval '1 millisecond', window_ends_at = window_ends_at - $1 * interval '1 millisecond'`,
        ms,
      )

    test('TH-1 of fifty attempts at once five go', async () => {
      const keys = [address(), pair()]
      const verdicts = await Promise.all(Array.from({ length: 50 }, () => throttle.take(keys)))
      expect(verdicts.filter(({ kind }) => kind === 'go')).toHaveLength(5)
    })

    test('the pause is a minute, then doubles with each further failure, up to an hour', async () => {
      const key = pair()
      for (let i = 0; i < 5; i++) await throttle.take([key])
      for (const wait of [1, 2, 4, 8, 16, 32, 60, 60]) {
        const verdict = await throttle.take([key])
        const ms = verdict.kind === 'wait' ? verdict.retryAfterMs : 0
        expect(ms).toBeGreaterThan(minutes(wait) - seconds(10))
        expect(ms).toBeLessThanOrEqual(minutes(wait))
        await elapse(minutes(wait))
        expect((await throttle.take([key])).kind).toBe('go')
      }
    })

    test('a quarter of an hour without failures forgets them', async () => {
      const key = pair()
      for (let i = 0; i < 4; i++) await throttle.take([key])
      await elapse(minutes(15))
      for (let i = 0; i < 5; i++) expect((await throttle.take([key])).kind).toBe('go')
      expect((await throttle.take([key])).kind).toBe('wait')
    })

    test('thirty failures of one address block it to the end of its window, whatever the account', async () => {
      const key = address()
      for (let i = 0; i < 30; i++) expect((await throttle.take([key, pair()])).kind).toBe('go')
      const verdict = await throttle.take([key, pair()])
      expect(verdict.kind).toBe('wait')
      expect(verdict.kind === 'wait' && verdict.retryAfterMs).toBeLessThanOrEqual(minutes(15))
    })

    test('TH-5 a good login clears the pair and gives the address its attempt back', async () => {
      const keys = { pair: pair(), address: address() }
      for (let i = 0; i < 30; i++) {
        expect((await throttle.take([keys.address, keys.pair])).kind).toBe('go')
        await throttle.clear(keys.pair)
        await throttle.refund([keys.address])
      }
      expect((await throttle.take([keys.address, keys.pair])).kind).toBe('go')
    })

    test('a caller who must wait for one counter is not counted on the other', async () => {
      const keys = { pair: pair(), address: address() }
      for (let i = 0; i < 5; i++) await throttle.take([keys.pair])
      for (let i = 0; i < 40; i++) expect((await throttle.take([keys.address, keys.pair])).kind).toBe('wait')
      expect((await throttle.take([keys.address])).kind).toBe('go')
    })

    test('pruning removes what counts nothing any more', async () => {
      const key = pair()
      await throttle.take([key])
      await elapse(days(1))
      expect(await pruneThrottle(db.prisma)).toBeGreaterThan(0)
    })
  })

  describe('audit', () => {
    test('LG-6 rows can be inserted and read, and neither changed nor removed', async () => {
      const audit = createAuditLog(db.prisma, () => {})
      await audit.append({
        event: 'login',
        outcome: 'failure',
        reason: 'wrong_password',
        context,
        sessionId: randomUUID(),
      })
      const [row] = await createAuditReader(db.prisma).tail(1)
      expect(row).toMatchObject({ event: 'login', outcome: 'failure', reason: 'wrong_password', ip: context.ip })
      expect(row?.session).toMatch(/^[0-9a-f]{12}$/)
      await expect(db.prisma.auditEvent.updateMany({ data: { reason: 'edited' } })).rejects.toThrow()
      await expect(db.prisma.auditEvent.deleteMany()).rejects.toThrow()
      await expect(db.prisma.$executeRaw`TRUNCATE audit_events`).rejects.toThrow()
      expect(await createAuditReader(db.prisma).after((row?.id ?? 0n) - 1n)).not.toHaveLength(0)
    })

    test('LG-7 a failing write is reported and stops nobody', async () => {
      const faults: unknown[] = []
      const audit = createAuditLog(db.prisma, (fault) => faults.push(fault))
      await audit.append({ event: 'login', outcome: 'success', actorId: 'no uuid', context })
      expect(faults).toHaveLength(1)
    })
  })
})
