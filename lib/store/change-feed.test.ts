/** The feed and the view it keeps true, on both databases: what was ended anywhere is refused here, without a query for what was not. */
import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { days, hours, minutes, seconds } from '#lib/core/duration'
import { LiveView, type Change } from '#lib/core/live-view'
import type { SessionStore, UserStore } from '#lib/core/ports'
import type { SessionView, UserRecord } from '#lib/core/records'
import { databases, type TestDatabase } from '#lib/testing/databases'
import { openChangeFeed, pruneChanges, type ChangeFeed } from './change-feed'
import { createLiveSessions, FEED_STALE_MS } from './live-sessions'
import { createSessionStore } from './session-store'
import { createUserStore } from './user-store'

const context = { ip: '192.0.2.7', network: '192.0.2.7', userAgent: 'Test/1', requestId: 'r1' }
const lifetimes = { idleMs: days(14), absoluteMs: days(30), windowMs: hours(24), apiIdleMs: days(1), maxSessions: 100 }
// Only what a test asks for is polled.
const never = minutes(10)

describe.each(databases)('on $name', ({ name, available, open }) => {
  if (!available) {
    test.skip('the change feed (skipped: set TEST_DATABASE_URL to a PostgreSQL server)', () => {})
    return
  }

  let db: TestDatabase
  let users: UserStore
  let sessions: SessionStore
  const feeds: ChangeFeed[] = []

  beforeAll(async () => {
    db = await open()
    users = createUserStore(db.prisma)
    sessions = createSessionStore(db.prisma, lifetimes)
  })
  afterEach(async () => {
    for (const feed of feeds.splice(0)) await feed.close()
  })
  afterAll(() => db.close())

  async function newSession(): Promise<SessionView> {
    const unique = `u${randomUUID().slice(0, 8)}`
    const created = await users.create({ email: `${unique}@example.com`, username: unique, passwordHash: 'h' })
    if (created.kind !== 'created') throw new Error('taken')
    return start(created.user)
  }
  async function start(user: UserRecord): Promise<SessionView> {
    const wanted = { user, kind: 'browser' as const, persistent: true, amr: ['pwd'], supersedes: null, context }
    const view = await sessions.start(wanted)
    if (!view) throw new Error('not started')
    return view
  }
  async function openFeed(onChange: (change: Change) => void, options: { listen?: boolean; everyMs?: number } = {}) {
    const connection = options.listen ? db.connection : null
    const feed = await openChangeFeed({ db: db.prisma, connection, onChange, everyMs: options.everyMs ?? never })
    feeds.push(feed)
    return feed
  }

  describe('what is noted', () => {
    const cases: [string, (view: SessionView) => Promise<unknown>, 'session' | 'user' | 'both'][] = [
      ['a revoked session', ({ session }) => sessions.revoke(session.id, 'logout'), 'session'],
      [
        'all of a user’s sessions ended',
        ({ user }) => sessions.revokeOthers(user.id, null, 'ended_by_user'),
        'session',
      ],
      ['a user switched off', ({ user }) => users.setActive(user.id, false), 'both'],
      ['a new password', ({ user }) => users.setPassword(user.id, 'other'), 'both'],
      ['a deleted user', ({ user }) => users.delete(user.id), 'both'],
      [
        'a session ended by hand in SQL',
        ({ session }) => raw('UPDATE sessions SET revoked_at = now() WHERE id = $1::uuid', session.id),
        'session',
      ],
      [
        'a session deleted by hand in SQL',
        ({ session }) => raw('DELETE FROM sessions WHERE id = $1::uuid', session.id),
        'session',
      ],
      [
        'a superuser no more, by hand in SQL',
        ({ user }) => raw('UPDATE users SET is_superuser = true WHERE id = $1::uuid', user.id),
        'user',
      ],
    ]
    const raw = (sql: string, id: string) => db.prisma.$executeRawUnsafe(sql, id)

    test.each(cases)('%s', async (_, act, what) => {
      const view = await newSession()
      const heard: Change[] = []
      const feed = await openFeed((change) => heard.push(change))
      heard.length = 0
      await act(view)
      await feed.poll()
      const sids = heard.map(({ sessionId }) => sessionId)
      const uids = heard.map(({ userId }) => userId)
      expect([sids.includes(view.session.id), uids.includes(view.user.id)]).toEqual([
        what !== 'user',
        what !== 'session',
      ])
    })

    test('a login, a refresh and a rehash are none', async () => {
      const { session, user } = await newSession()
      const heard: Change[] = []
      const feed = await openFeed((change) => heard.push(change))
      heard.length = 0
      await users.recordLogin(user.id)
      await users.rehash(user.id, 'h', 'h2')
      await sessions.confirm(session.id, 0)
      await sessions.present(
        session.id,
        { generation: 0, tag: 'a'.repeat(32) },
        { rotationAgeMs: 0, lateWindowMs: seconds(30) },
        context,
      )
      await start(user)
      await feed.poll()
      expect(heard.filter(({ sessionId, userId }) => sessionId === session.id || userId === user.id)).toEqual([])
    })
  })

  test('everything is forgotten when a table is emptied by hand', async () => {
    const heard: Change[] = []
    const feed = await openFeed((change) => heard.push(change))
    heard.length = 0
    await db.prisma.$executeRawUnsafe('TRUNCATE memberships')
    await feed.poll()
    expect(heard).toContainEqual({ sessionId: null, userId: null })
  })

  test('a membership that changes hands by hand is news for both', async () => {
    const [{ user: from }, { user: to }] = [await newSession(), await newSession()]
    const group = await db.prisma.group.create({ data: { id: randomUUID(), name: from.username } })
    await db.prisma.membership.create({ data: { userId: from.id, groupId: group.id } })
    const heard: Change[] = []
    const feed = await openFeed((change) => heard.push(change))
    heard.length = 0
    await db.prisma.$executeRaw`UPDATE memberships SET user_id = ${to.id}::uuid WHERE user_id = ${from.id}::uuid`
    await feed.poll()
    expect(heard.map(({ userId }) => userId)).toEqual(expect.arrayContaining([from.id, to.id]))
  })

  test('more news than can be told is told as one: everything', async () => {
    const heard: Change[] = []
    const feed = await openFeed((change) => heard.push(change))
    heard.length = 0
    await db.prisma.$executeRaw`INSERT INTO changes (session_id) SELECT gen_random_uuid() FROM generate_series(1, 6000)`
    await feed.poll()
    expect(heard).toEqual([{ sessionId: null, userId: null }])
  })

  test('an instance that was away for long starts from nothing', async () => {
    const heard: Change[] = []
    await openFeed((change) => heard.push(change))
    expect(heard).toEqual([{ sessionId: null, userId: null }])
  })

  test('pruning leaves what somebody may not have heard yet', async () => {
    const { session } = await newSession()
    await sessions.revoke(session.id, 'logout')
    await db.prisma
      .$executeRaw`UPDATE changes SET at = now() - interval '61 minutes' WHERE id = (SELECT min(id) FROM changes)`
    expect(await pruneChanges(db.prisma)).toBe(1)
    expect(await db.prisma.change.count({ where: { sessionId: session.id } })).toBe(1)
  })

  describe('finding a session', () => {
    async function instance(options: { ageMs?: () => number } = {}) {
      const view = new LiveView(1000)
      const feed = await openFeed((change) => view.changed(change))
      let reads = 0
      const read = async (sid: string) => {
        reads++
        return sessions.find(sid)
      }
      const clock = { at: () => new Date() }
      const live = createLiveSessions({ view, feed: { ageMs: options.ageMs ?? feed.ageMs }, clock, read })
      return { live, feed, reads: () => reads }
    }

    test('costs one read, and then none', async () => {
      const { session } = await newSession()
      const { live, reads } = await instance()
      for (let i = 0; i < 20; i++) expect((await live.find(session.id, 0))?.session.id).toBe(session.id)
      expect(reads()).toBe(1)
    })

    test('what is done to an answer does not last', async () => {
      const { session } = await newSession()
      const { live } = await instance()
      await live.find(session.id, 0)
      const answer = await live.find(session.id, 0)
      answer?.grants.permissions.push('everything')
      answer?.session.authTime.setFullYear(2999)
      const next = await live.find(session.id, 0)
      expect(next?.grants.permissions).toEqual([])
      expect(next?.session.authTime).toEqual(session.authTime)
    })

    test('what another instance has ended is refused as soon as the news is here', async () => {
      const { session } = await newSession()
      const { live, feed } = await instance()
      await live.find(session.id, 0)
      await sessions.revoke(session.id, 'ended_by_user')
      await feed.poll()
      expect((await live.find(session.id, 0))?.session.revokedReason).toBe('ended_by_user')
    })

    test('with news that is too old every check reads the row', async () => {
      const { session } = await newSession()
      let age = 0
      const { live, reads } = await instance({ ageMs: () => age })
      await live.find(session.id, 0)
      age = FEED_STALE_MS
      await sessions.revoke(session.id, 'logout')
      expect((await live.find(session.id, 0))?.session.revokedReason).toBe('logout')
      await live.find(session.id, 0)
      expect(reads()).toBe(3)
    })

    test('a token of a generation that is news here reads the row', async () => {
      const { session } = await newSession()
      const { live, reads } = await instance()
      await live.find(session.id, 0)
      await sessions.confirm(session.id, 0)
      await db.prisma
        .$executeRaw`UPDATE sessions SET confirmed_at = now() - interval '1 hour' WHERE id = ${session.id}::uuid`
      await sessions.present(
        session.id,
        { generation: 0, tag: 'a'.repeat(32) },
        { rotationAgeMs: minutes(5), lateWindowMs: seconds(30) },
        context,
      )
      expect((await live.find(session.id, 1))?.session.generation).toBe(1)
      expect(reads()).toBe(2)
    })

    test('a session that is over is never answered from memory', async () => {
      const { session } = await newSession()
      const { live, reads } = await instance()
      await sessions.revoke(session.id, 'logout')
      for (let i = 0; i < 3; i++) await live.find(session.id, 0)
      expect(reads()).toBe(3)
    })
  })

  test.skipIf(name === 'embedded')(
    'a commit that comes late is not missed (embedded: one transaction at a time)',
    async () => {
      const [slow, quick] = [await newSession(), await newSession()]
      const heard: Change[] = []
      const feed = await openFeed((change) => heard.push(change))
      const other = new pg.Client(db.connection)
      await other.connect()
      try {
        await other.query('BEGIN')
        await other.query('UPDATE sessions SET revoked_at = now() WHERE id = $1', [slow.session.id])
        await sessions.revoke(quick.session.id, 'logout')
        await feed.poll()
        await sessions.revoke((await newSession()).session.id, 'logout')
        await feed.poll()
        expect(heard.some(({ sessionId }) => sessionId === slow.session.id)).toBe(false)
        await other.query('COMMIT')
        await feed.poll()
        expect(heard.some(({ sessionId }) => sessionId === slow.session.id)).toBe(true)
      } finally {
        await other.end()
      }
    },
  )

  test('the news comes by itself: by notification on PostgreSQL, by asking on the embedded database', async () => {
    const { session } = await newSession()
    let heardOf: (sid: string) => void = () => {}
    await openFeed(({ sessionId }) => sessionId && heardOf(sessionId), {
      listen: name !== 'embedded',
      everyMs: name === 'embedded' ? 200 : never,
    })
    // LISTEN begins in the background.
    await pause(1000)
    const heard = new Promise<void>((resolve) => (heardOf = (sid) => sid === session.id && resolve()))
    await sessions.revoke(session.id, 'logout')
    const outcome = await Promise.race([heard.then(() => 'heard'), pause(10_000, 'not heard')])
    expect(outcome).toBe('heard')
  })

  test.skipIf(name === 'embedded')('a listener that is cut off listens again (embedded: nobody listens)', async () => {
    const heard: (string | null)[] = []
    await openFeed(({ sessionId }) => heard.push(sessionId), { listen: true })
    await pause(1000)
    await db.prisma
      .$executeRaw`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'LISTEN latchkey_changes' AND datname = current_database()`
    await pause(2500)
    const { session } = await newSession()
    await sessions.revoke(session.id, 'logout')
    await pause(1500)
    expect(heard).toContain(session.id)
  })
})
