/** Users, sessions, throttle and audit against a real database, embedded and PostgreSQL alike: two at once, one winner. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { days, hours, minutes, seconds } from '#lib/core/duration'
import { foldEmail, foldUsername } from '#lib/core/identifiers'
import type { NewSession, SessionStore, Throttle, ThrottleKey, ThrottleVerdict, UserStore } from '#lib/core/ports'
import type { SessionView, UserRecord } from '#lib/core/records'
import { databases, type TestDatabase } from '#lib/testing/databases'
import { createAuditLog, createAuditReader, sessionMark } from './audit-store'
import { openDatabase } from './database'
import { openDatabaseClock } from './database-clock'
import { pruneSessions } from './session-prune'
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

    test('of accounts whose email is the other’s username one is created, however they cross', async () => {
      for (let round = 0; round < 10; round++) {
        const [one, other] = [0, 1].map(() => `u${randomUUID().slice(0, 8)}@example.com`) as [string, string]
        const wanted = [
          { email: one, username: other },
          { email: other, username: one.toUpperCase() },
          { email: `x${one}`, username: one },
          { email: `x${other}`, username: other },
        ]
        const results = await Promise.all(wanted.map((names) => users.create({ ...names, passwordHash: 'h' })))
        const made = results.flatMap((result) => (result.kind === 'created' ? [result.user] : []))
        const names = made.flatMap(({ email, username }) => [email, username.toLowerCase()])
        expect(new Set(names).size).toBe(names.length)
        expect(made.length).toBeGreaterThan(0)
        for (const result of results) if (result.kind === 'taken') expect(result.fields).not.toEqual([])
      }
    })

    test('a name is free again when its account is gone or is called otherwise, and one may have it twice', async () => {
      const user = await newUser()
      const rename = (data: { username?: string; email?: string }) =>
        db.prisma.user.update({
          where: { id: user.id },
          data: {
            ...data,
            ...(data.username ? { usernameFolded: foldUsername(data.username) } : {}),
            ...(data.email ? { emailFolded: foldEmail(data.email) } : {}),
          },
        })
      await rename({ username: user.email })
      expect(await users.takenFields('free@example.com', user.username)).toEqual([])
      expect(await users.takenFields(user.email, user.email)).toEqual(['email', 'username'])
      await rename({ email: `new.${user.email}` })
      expect(await users.takenFields(user.email, 'free')).toEqual(['email'])
      const other = await newUser()
      await expect(rename({ username: other.email })).rejects.toThrow()
      await users.delete(user.id)
      expect(await users.takenFields(user.email, `new.${user.email}`)).toEqual([])
    })

    test('by login name the email’s account is found before the username’s, which only old accounts can share', async () => {
      const [user, other] = [await newUser(), await newUser()]
      expect((await users.findByLoginName(user.email.toUpperCase()))?.id).toBe(user.id)
      expect((await users.findByLoginName(user.username.toUpperCase()))?.id).toBe(user.id)
      expect(await users.findByLoginName('nobody')).toBeNull()
      await db.prisma.loginName.deleteMany({ where: { name: user.email } })
      await db.prisma.user.update({ where: { id: other.id }, data: { usernameFolded: user.email } })
      expect((await users.findByLoginName(user.email))?.id).toBe(user.id)
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

    test('MAX_SESSIONS holds for logins in parallel, whatever ends others meanwhile', async () => {
      const user = await newUser()
      const [mine] = await Promise.all([start(user), start(user), start(user)])
      const ends = Array.from({ length: 10 }, () => sessions.revokeOthers(user.id, mine.session.id, 'ended_by_user'))
      await Promise.all([...Array.from({ length: 30 }, () => start(user, { supersedes: mine.session.id })), ...ends])
      expect((await sessions.listLive(user.id)).length).toBeLessThanOrEqual(3)
      await Promise.all(Array.from({ length: 10 }, () => start(user)))
      expect(await sessions.listLive(user.id)).toHaveLength(3)
    })

    test('a login in the instant of a deactivation leaves nothing that comes alive again', async () => {
      for (let round = 0; round < 20; round++) {
        const user = await newUser()
        const wanted = { user, kind: 'browser' as const, persistent: true, amr: ['pwd'], supersedes: null, context }
        const logins = Array.from({ length: 4 }, () => sessions.start(wanted))
        await Promise.all([...logins.slice(0, 2), users.setActive(user.id, false), ...logins.slice(2)])
        await users.setActive(user.id, true)
        expect(await sessions.listLive(user.id)).toEqual([])
      }
    })

    test('thousands of sessions of one user end, and go with the user', async () => {
      const user = await newUser()
      const many = (count: number) => db.prisma.$executeRaw`
        INSERT INTO sessions (id, user_id, kind, persistent, amr, epoch, user_agent, ip, auth_time, last_seen_at, created_at, idle_expires_at, absolute_expires_at)
        SELECT gen_random_uuid(), ${user.id}::uuid, 'api', true, '{}', 0, '', '', now(), now(), now(), now() + interval '1 day', now() + interval '30 days'
        FROM generate_series(1, ${count}::int)`
      await many(1200)
      expect(await sessions.revokeOthers(user.id, null, 'ended_by_user')).toHaveLength(1200)
      await many(1200)
      await users.setActive(user.id, false)
      expect(await db.prisma.session.count({ where: { userId: user.id, revokedReason: 'deactivated' } })).toBe(1200)
      expect(await users.delete(user.id)).toBe(true)
      expect(await db.prisma.session.count({ where: { userId: user.id } })).toBe(0)
    })

    test('a program’s session is forgotten a day after its refresh token has run out', async () => {
      const [old, recent] = [
        await start(await newUser(), { kind: 'api' }),
        await start(await newUser(), { kind: 'api' }),
      ]
      const browser = await start(await newUser())
      await age(old.session.id, 'idle_expires_at', hours(25))
      await age(recent.session.id, 'idle_expires_at', hours(23))
      await age(browser.session.id, 'idle_expires_at', hours(25))
      await pruneSessions(db.prisma)
      const kept = await Promise.all([old, recent, browser].map(({ session }) => find(session.id)))
      expect(kept.map(Boolean)).toEqual([false, true, true])
    })

    test('a login that comes too late ends nothing', async () => {
      const user = await newUser()
      const { session } = await start(user)
      const outdated = {
        user: { id: user.id, epoch: 7 },
        kind: 'browser' as const,
        persistent: true,
        amr: ['pwd'],
        context,
      }
      expect(await sessions.start({ ...outdated, supersedes: session.id })).toBeNull()
      expect((await find(session.id))?.revokedAt).toBeNull()
    })

    test('pruning forgets a session a day after its absolute end, and no sooner for having been ended', async () => {
      const one = async () => start(await newUser())
      const [old, recent, ended] = await Promise.all([one(), one(), one()])
      await age(old.session.id, 'absolute_expires_at', hours(25))
      await age(recent.session.id, 'absolute_expires_at', hours(23))
      await sessions.revoke(ended.session.id, 'logout')
      expect(await pruneSessions(db.prisma)).toBe(1)
      const kept = await Promise.all([old, recent, ended].map(({ session }) => find(session.id)))
      expect(kept.map(Boolean)).toEqual([false, true, true])
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
        (
          await sessions.presentApi(
            browser.session.id,
            shown,
            { rotate: true, singleUse: true, tolerant: false },
            context,
          )
        ).kind,
      ).toBe('denied')
    })
  })

  describe('refreshing an API session', () => {
    const shown = { generation: 0, tag: tag('a') }

    test('of eight at once exactly one wins; the others are returns of a used token and end the session', async () => {
      const { session } = await start(await newUser(), { kind: 'api' })
      const outcomes = await Promise.all(
        Array.from({ length: 8 }, () =>
          sessions.presentApi(session.id, shown, { rotate: true, singleUse: true, tolerant: false }, context),
        ),
      )
      expect(outcomes.filter(({ kind }) => kind === 'rotate')).toHaveLength(1)
      expect(outcomes.filter(({ kind }) => kind === 'reuse')).toHaveLength(1)
      expect(outcomes.filter(({ kind }) => kind === 'denied')).toHaveLength(6)
      expect((await find(session.id))?.revokedReason).toBe('reuse')
    })

    test.each([
      [{ rotate: false, singleUse: true, tolerant: false }, 'access-only'],
      [{ rotate: true, singleUse: false, tolerant: false }, 'both'],
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
        `UPDATE throttle_counters SET blocked_until = blocked_until - $1 * interval '1 millisecond', window_ends_at = window_ends_at - $1 * interval '1 millisecond', pending_until = pending_until - $1 * interval '1 millisecond'`,
        ms,
      )

    /** An attempt as a login makes it: room first, then some time, then its outcome. */
    const attempt = async (by: Throttle, keys: ThrottleKey[], right: boolean, ms = 5) => {
      const verdict = await by.reserve(keys)
      if (verdict.kind === 'wait') return verdict
      await new Promise((resolve) => setTimeout(resolve, ms))
      if (!right) await by.fail(keys)
      else {
        await by.release(keys)
        for (const key of keys.slice(1)) await by.clear(key)
      }
      return verdict
    }
    const wrong = (keys: ThrottleKey[]) => attempt(throttle, keys, false, 0)
    /** As two instances have it: each its own pool. */
    const twoInstances = async (run: (instances: Throttle[]) => Promise<void>) => {
      const second = openDatabase(db.connection)
      try {
        const settings = { hmacKey: Buffer.alloc(32, 7), scale: 1 }
        await run([db.prisma, second.prisma].map((prisma) => createThrottle(prisma, settings)))
      } finally {
        await second.close()
      }
    }
    const waitMs = (verdict: ThrottleVerdict) => (verdict.kind === 'wait' ? verdict.retryAfterMs : 0)

    test('TH-1 of fifty wrong ones at once, at two instances, five are judged and the others are told of the pause', () =>
      twoInstances(async (instances) => {
        const keys = [address(), pair()]
        const all = Array.from({ length: 50 }, (_, i) => attempt(instances[i % 2]!, keys, false))
        const verdicts = await Promise.all(all)
        expect(verdicts.filter(({ kind }) => kind === 'go')).toHaveLength(5)
        for (const verdict of verdicts.filter(({ kind }) => kind === 'wait'))
          expect(waitMs(verdict)).toBeGreaterThan(seconds(30))
      }))

    test('twelve right ones at once, at two instances, all pass, with wrong ones before them and without', () =>
      twoInstances(async (instances) => {
        for (const before of [0, 4]) {
          const keys = [address(), pair()]
          for (let i = 0; i < before; i++) await wrong(keys)
          const all = Array.from({ length: 12 }, (_, i) => attempt(instances[i % 2]!, keys, true))
          expect((await Promise.all(all)).map(({ kind }) => kind)).toEqual(Array(12).fill('go'))
        }
      }))

    test('forty people of one address, who log in at once, all pass', async () => {
      const [office] = [address()]
      const all = Array.from({ length: 40 }, () => attempt(throttle, [office, pair()], true))
      expect((await Promise.all(all)).map(({ kind }) => kind)).toEqual(Array(40).fill('go'))
    })

    test('who is not patient is told to come back while the others are under way', async () => {
      const key = pair()
      for (let i = 0; i < 5; i++) expect((await throttle.reserve([key])).kind).toBe('go')
      expect(await throttle.reserve([key], { patient: false })).toEqual({ kind: 'wait', retryAfterMs: seconds(1) })
      await throttle.release([key])
      expect((await throttle.reserve([key], { patient: false })).kind).toBe('go')
    })

    test('an attempt whose process has ended holds its room for a minute and no longer', async () => {
      const key = pair()
      for (let i = 0; i < 5; i++) await throttle.reserve([key])
      await elapse(seconds(59))
      expect((await throttle.reserve([key], { patient: false })).kind).toBe('wait')
      await elapse(seconds(2))
      for (let i = 0; i < 5; i++) expect((await throttle.reserve([key], { patient: false })).kind).toBe('go')
    })

    test('the pause is a minute, then doubles with each further failure, up to an hour', async () => {
      const key = pair()
      for (let i = 0; i < 5; i++) await wrong([key])
      for (const wait of [1, 2, 4, 8, 16, 32, 60, 60]) {
        const ms = waitMs(await throttle.reserve([key]))
        expect(ms).toBeGreaterThan(minutes(wait) - seconds(10))
        expect(ms).toBeLessThanOrEqual(minutes(wait))
        await elapse(minutes(wait))
        expect((await wrong([key])).kind).toBe('go')
      }
    })

    test('after the pause one at a time may try: of ten wrong ones at once one is judged', async () => {
      const key = pair()
      for (let i = 0; i < 5; i++) await wrong([key])
      await elapse(minutes(1))
      const verdicts = await Promise.all(Array.from({ length: 10 }, () => attempt(throttle, [key], false)))
      expect(verdicts.filter(({ kind }) => kind === 'go')).toHaveLength(1)
    })

    test('a quarter of an hour without failures forgets them', async () => {
      const key = pair()
      for (let i = 0; i < 4; i++) await wrong([key])
      await elapse(minutes(15))
      for (let i = 0; i < 5; i++) expect((await wrong([key])).kind).toBe('go')
      expect((await throttle.reserve([key])).kind).toBe('wait')
    })

    test('thirty failures of one address block it to the end of its window, whatever the account', async () => {
      const key = address()
      for (let i = 0; i < 30; i++) expect((await wrong([key, pair()])).kind).toBe('go')
      const verdict = await throttle.reserve([key, pair()])
      expect(verdict.kind).toBe('wait')
      expect(waitMs(verdict)).toBeLessThanOrEqual(minutes(15))
      expect(waitMs(verdict)).toBeGreaterThan(minutes(14))
    })

    test('TH-5 a good login forgets the pair and leaves the failures of the address', async () => {
      const [office, mine] = [address(), pair()]
      for (let i = 0; i < 4; i++) await wrong([office, mine])
      for (let i = 0; i < 30; i++) expect((await attempt(throttle, [office, mine], true, 0)).kind).toBe('go')
      for (let i = 0; i < 4; i++) expect((await wrong([office, mine])).kind).toBe('go')
      for (let i = 0; i < 22; i++) expect((await wrong([office])).kind).toBe('go')
      expect((await throttle.reserve([office])).kind).toBe('wait')
    })

    test('a caller who must wait for one counter is counted and held on no other', async () => {
      const keys = { pair: pair(), address: address() }
      for (let i = 0; i < 5; i++) await wrong([keys.pair])
      for (let i = 0; i < 40; i++) expect((await throttle.reserve([keys.address, keys.pair])).kind).toBe('wait')
      for (let i = 0; i < 40; i++) expect((await throttle.take([keys.address, keys.pair])).kind).toBe('wait')
      for (let i = 0; i < 30; i++) expect((await throttle.reserve([keys.address], { patient: false })).kind).toBe('go')
    })

    test('an attempt given back takes its pause along, also beyond the limit', async () => {
      const key = pair()
      for (let i = 0; i < 6; i++) {
        await throttle.take([key])
        await elapse(minutes(2))
      }
      await throttle.take([key])
      expect((await throttle.take([key])).kind).toBe('wait')
      await throttle.refund([key])
      expect((await throttle.take([key])).kind).toBe('go')
    })

    test('a rate counts at once: of a hundred at once sixty go', async () => {
      const key = { name: 'refreshApi' as const, subject: randomUUID() }
      const verdicts = await Promise.all(Array.from({ length: 100 }, () => throttle.take([key])))
      expect(verdicts.filter(({ kind }) => kind === 'go')).toHaveLength(60)
    })

    test('below the limit nobody is ever refused, however many statements of two instances overlap', () =>
      twoInstances(async (instances) => {
        const refused: string[] = []
        for (let round = 0; round < 20; round++) {
          const [taken, held] = [address(), address()]
          const verdicts = await Promise.all(
            Array.from({ length: 28 }, async (_, i) => {
              const by = instances[i % 2]!
              const [one, other] = [await by.take([taken]), await by.reserve([held], { patient: false })]
              await by.fail([held])
              return [one.kind, other.kind]
            }),
          )
          refused.push(...verdicts.flat().filter((kind) => kind !== 'go'))
        }
        expect(refused).toEqual([])
      }))

    test('pruning removes what counts nothing any more', async () => {
      const key = pair()
      await throttle.take([key])
      await elapse(days(1))
      expect(await pruneThrottle(db.prisma)).toBeGreaterThan(0)
    })
  })

  describe('clock', () => {
    test('a machine an hour behind knows that the database is an hour ahead, and takes a new measure when asked', async () => {
      let behindMs = hours(1)
      const clock = await openDatabaseClock(db.prisma, () => Date.now() - behindMs)
      expect(Math.abs(clock.aheadMs() - hours(1))).toBeLessThan(seconds(10))
      behindMs = 0
      await clock.measure()
      expect(Math.abs(clock.aheadMs())).toBeLessThan(seconds(10))
      expect(clock.at(new Date(1e12)).getTime()).toBe(1e12 + clock.aheadMs())
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

    test('LG-6 what a stranger repeats does not fill the table: the first rows, then one that says how many were left out', async () => {
      const requestId = randomUUID()
      const audit = createAuditLog(db.prisma, () => {}, { first: 3, windowMs: 300, most: 100 })
      const refused = { event: 'csrf.refused' as const, outcome: 'failure' as const, reason: 'cross_site' }
      await Promise.all(
        Array.from({ length: 50 }, () => audit.append({ ...refused, context: { ...context, requestId } })),
      )
      const rows = () => db.prisma.auditEvent.findMany({ where: { requestId }, orderBy: { id: 'asc' } })
      await expect.poll(async () => (await rows()).length, { timeout: 10_000 }).toBe(4)
      expect((await rows()).at(-1)).toMatchObject({ reason: 'left_out', ip: context.ip, detail: { left_out: 47 } })
    })

    test('what is still owed at the end of the process is written then', async () => {
      const requestId = randomUUID()
      const audit = createAuditLog(db.prisma, () => {}, { first: 1, windowMs: minutes(10), most: 100 })
      const denied = { event: 'refresh.denied' as const, outcome: 'failure' as const, reason: 'expired' }
      for (let i = 0; i < 3; i++) await audit.append({ ...denied, context: { ...context, requestId } })
      await audit.flush()
      expect(await db.prisma.auditEvent.count({ where: { requestId } })).toBe(2)
    })

    test('LG-7 a failing write is reported and stops nobody', async () => {
      const faults: unknown[] = []
      const audit = createAuditLog(db.prisma, (fault) => faults.push(fault))
      await audit.append({ event: 'login', outcome: 'success', actorId: 'no uuid', context })
      expect(faults).toHaveLength(1)
    })
  })
})
