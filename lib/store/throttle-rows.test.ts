/** What the throttle leaves in its table, on the embedded database and PostgreSQL alike: no row for nothing, none for ever. */
import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { minutes, seconds } from '#lib/core/duration'
import type { Throttle, ThrottleKey } from '#lib/core/ports'
import { databases, type TestDatabase } from '#lib/testing/databases'
import { pruneChanges } from './change-feed'
import { openDatabase } from './database'
import { createThrottle, pruneThrottle } from './throttle-store'

describe.each(databases)('on $name', ({ name, available, open }) => {
  if (!available) {
    test.skip('the rows of the throttle (skipped: set TEST_DATABASE_URL to a PostgreSQL server)', () => {})
    return
  }

  let db: TestDatabase
  let throttle: Throttle
  beforeAll(async () => {
    db = await open()
    throttle = createThrottle(db.prisma, { hmacKey: Buffer.alloc(32, 7), scale: 1 })
  })
  afterAll(() => db.close())
  beforeEach(() => db.prisma.throttleCounter.deleteMany())

  const address = (): ThrottleKey => ({ name: 'loginAddress', subject: randomUUID() })
  const typed = (): ThrottleKey => ({ name: 'loginName', subject: randomUUID() })
  const rows = () => db.prisma.throttleCounter.count()
  const wrong = async (keys: ThrottleKey[]) => {
    expect((await throttle.reserve(keys)).kind).toBe('go')
    await throttle.fail(keys)
  }
  const kinds = async (keys: ThrottleKey[], times: number) => {
    const found: string[] = []
    for (let i = 0; i < times; i++) found.push((await throttle.reserve(keys, { patient: false })).kind)
    return found
  }
  /** The same database, and how many statements it was asked for. */
  const counted = () => {
    let statements = 0
    const prisma = db.prisma.$extends({
      query: {
        $allOperations({ args, query }) {
          statements++
          return query(args)
        },
      },
    }) as unknown as TestDatabase['prisma']
    return { prisma, statements: () => statements }
  }
  /** Moves all counters into the past, on the database's own clock. */
  const elapse = (ms: number) =>
    db.prisma.$executeRawUnsafe(
      `UPDATE throttle_counters SET blocked_until = blocked_until - $1 * interval '1 millisecond', window_ends_at = window_ends_at - $1 * interval '1 millisecond', pending_until = pending_until - $1 * interval '1 millisecond'`,
      ms,
    )

  test('a stranger whose address pauses adds no row, whatever names he types', async () => {
    const office = address()
    for (let i = 0; i < 30; i++) await wrong([office])
    for (let i = 0; i < 100; i++) expect((await throttle.reserve([office, typed()])).kind).toBe('wait')
    expect(await rows()).toBe(1)
  })

  test('he is refused without a single row being written: by the one statement, and the one that asks for how long', async () => {
    const [office, name] = [address(), typed()]
    for (let i = 0; i < 30; i++) await wrong([office])
    const { prisma, statements } = counted()
    const verdict = await createThrottle(prisma, { hmacKey: Buffer.alloc(32, 7), scale: 1 }).reserve([office, name])
    expect([verdict.kind, statements()]).toEqual(['wait', 2])
  })

  test('nor does one whose name pauses, for his address', async () => {
    const name = typed()
    for (let i = 0; i < 5; i++) await wrong([name])
    for (let i = 0; i < 20; i++) expect((await throttle.reserve([address(), name])).kind).toBe('wait')
    expect(await rows()).toBe(1)
  })

  test('three counters in one statement: whichever pauses, those after it are not touched and those before it get their room back', async () => {
    const site: ThrottleKey = { name: 'loginSite', subject: randomUUID() }
    const office = address()
    for (let i = 0; i < 30; i++) await wrong([site, office])
    expect(await kinds([site, office, typed()], 20)).toEqual(Array(20).fill('wait'))
    expect(await rows()).toBe(2)
    for (let i = 0; i < 270; i++) await wrong([site])
    expect(await kinds([site, address(), typed()], 20)).toEqual(Array(20).fill('wait'))
    expect(await rows()).toBe(2)
    await elapse(minutes(15))
    expect(await kinds([site, office, typed()], 1)).toEqual(['go'])
  })

  test('hundreds at once at two instances, on counters they share: none is refused, and no row is left', async () => {
    // As patient as the first: this is about outcomes, not about time.
    const patient = { connectionTimeoutMillis: 60_000, statement_timeout: 60_000, query_timeout: 60_000 }
    const second = openDatabase({ ...db.connection, ...patient })
    const settings = { hmacKey: Buffer.alloc(32, 7), scale: 100 }
    const instances = [db.prisma, second.prisma].map((prisma) => createThrottle(prisma, settings))
    const [site, offices, names] = [address(), [address(), address()], [typed(), typed(), typed()]]
    try {
      const verdicts = await Promise.all(
        Array.from({ length: 240 }, async (_, i) => {
          const by = instances[i % 2]!
          const keys = [site, offices[i % 2]!, names[i % 3]!]
          const { kind } = await by.reserve(keys)
          await by.release(keys)
          return kind
        }),
      )
      expect(new Set(verdicts)).toEqual(new Set(['go']))
      expect(await rows()).toBe(0)
    } finally {
      await second.close()
    }
  })

  test('an attempt given back leaves no row that counts nothing, also of several at once', async () => {
    const keys = [address(), typed()]
    const five = Array.from({ length: 5 }, () => throttle.reserve(keys))
    expect((await Promise.all(five)).map(({ kind }) => kind)).toEqual(Array(5).fill('go'))
    await throttle.release(keys)
    expect(await rows()).toBe(2)
    await Promise.all(Array.from({ length: 4 }, () => throttle.release(keys)))
    expect(await rows()).toBe(0)
  })

  test('one given back leaves the failures of others, and their room', async () => {
    const [failed, held] = [typed(), typed()]
    for (let i = 0; i < 4; i++) await wrong([failed])
    for (let i = 0; i < 5; i++) await throttle.reserve([held])
    expect(await kinds([failed], 1)).toEqual(['go'])
    await throttle.release([failed, held])
    expect(await kinds([failed], 2)).toEqual(['go', 'wait'])
    expect(await kinds([held], 2)).toEqual(['go', 'wait'])
  })

  test('attempts whose process has ended are forgotten after a minute, however many others come and go', async () => {
    const office = typed()
    for (let i = 0; i < 4; i++) await throttle.reserve([office])
    for (let i = 0; i < 5; i++) {
      await elapse(seconds(12.5))
      expect(await kinds([office], 1)).toEqual(['go'])
      await throttle.release([office])
    }
    expect(await kinds([office], 6)).toEqual([...Array<string>(5).fill('go'), 'wait'])
  })

  test('an attempt that takes longer than that still counts when it fails, and all of those with it', async () => {
    const name = typed()
    for (let i = 0; i < 5; i++) await throttle.reserve([name])
    await elapse(seconds(61))
    for (let i = 0; i < 5; i++) await throttle.fail([name])
    const verdict = await throttle.reserve([name])
    expect(verdict.kind === 'wait' && verdict.retryAfterMs).toBeGreaterThan(seconds(30))
  })

  /** Rows of the kind, of which nothing is worth keeping. */
  const dead = {
    counters: (n: number) => db.prisma.$executeRaw`
      INSERT INTO throttle_counters (key, count, window_ends_at, blocked_until)
      SELECT 'dead' || i, 1, now() - interval '1 day', now() - interval '1 day' FROM generate_series(1, ${n}::int) AS i`,
    changes: (n: number) => db.prisma.$executeRaw`
      INSERT INTO changes (at) SELECT now() - interval '1 day' FROM generate_series(1, ${n}::int)`,
  }
  const prunes = { counters: pruneThrottle, changes: pruneChanges }
  test.each(['counters', 'changes'] as const)(
    '%s are pruned a part at a time, each a short statement',
    async (kind) => {
      await db.prisma.change.deleteMany()
      await throttle.take([{ name: 'register', subject: 'alive' }])
      await dead[kind](4500)
      const { prisma, statements } = counted()
      expect(await prunes[kind](prisma)).toBe(4500)
      expect(statements()).toBe(3)
      expect(await rows()).toBe(1)
    },
  )

  test.skipIf(name === 'embedded')(
    'what another statement holds is left for the next time (several connections)',
    async () => {
      await db.prisma.change.deleteMany()
      await Promise.all([dead.counters(3), dead.changes(3)])
      const other = new pg.Client(db.connection)
      await other.connect()
      try {
        await other.query('BEGIN')
        await other.query(`SELECT FROM throttle_counters WHERE key = 'dead2' FOR UPDATE`)
        await other.query(`SELECT FROM changes ORDER BY id LIMIT 1 FOR UPDATE`)
        expect([await pruneThrottle(db.prisma), await pruneChanges(db.prisma)]).toEqual([2, 2])
      } finally {
        await other.end()
      }
      expect([await pruneThrottle(db.prisma), await pruneChanges(db.prisma)]).toEqual([1, 1])
    },
  )

  test('a counter with an attempt under way is not pruned', async () => {
    const key = typed()
    await throttle.reserve([key])
    expect(await pruneThrottle(db.prisma)).toBe(0)
    await elapse(minutes(2))
    expect(await pruneThrottle(db.prisma)).toBe(1)
  })
})
