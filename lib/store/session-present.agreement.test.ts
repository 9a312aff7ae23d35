/** The statement and the function are one table: decideRotation judges the same rows as the UPDATE, and the row then holds what it said. */
import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { minutes, seconds } from '#lib/core/duration'
import type { SessionStore } from '#lib/core/ports'
import type { SessionRecord, SessionView } from '#lib/core/records'
import { decideApiRefresh } from '#lib/core/api-refresh'
import { carryOut, decideRotation, isOver, type PresentedToken } from '#lib/core/rotation'
import { rotationFacts } from '#lib/core/session-state'
import { databases, type TestDatabase } from '#lib/testing/databases'
import { createSessionStore } from './session-store'
import { createUserStore } from './user-store'

const context = { ip: '192.0.2.7', network: '192.0.2.7', userAgent: 'Test/1', requestId: 'r1' }
const policy = { rotationAgeMs: minutes(5), lateWindowMs: seconds(30) }
const lifetimes = {
  idleMs: minutes(60),
  absoluteMs: minutes(600),
  windowMs: minutes(600),
  apiIdleMs: minutes(60),
  maxSessions: 1000,
}
type Decision = ReturnType<typeof decideRotation>
const tags = ['a'.repeat(32), 'b'.repeat(32)]

/** Some seconds to either side of each boundary: the statement runs a moment after the row was written. */
const margin = seconds(5)
const ago = fc.constantFrom(
  0,
  policy.lateWindowMs - margin,
  policy.lateWindowMs + margin,
  policy.rotationAgeMs - margin,
  policy.rotationAgeMs + margin,
)

const apiPolicies = [true, false].flatMap((rotate) =>
  [true, false].flatMap((singleUse) => [true, false].map((tolerant) => ({ rotate, singleUse, tolerant }))),
)

const world = fc.record({
  generation: fc.integer({ min: 0, max: 3 }),
  /** How many generations the presented token is behind the row. */
  behind: fc.constantFrom(-1, 0, 0, 1, 1, 2, 3),
  parentTag: fc.constantFrom(null, ...tags),
  tag: fc.constantFrom(...tags),
  confirmedAgo: fc.option(ago, { nil: null }),
  idleLeft: fc.constantFrom(-margin, ...[10, 10, 11, 11, 12].map(minutes)),
  absoluteLeft: fc.constantFrom(-margin, ...[20, 20, 100, 100, 101].map(minutes)),
  revoked: fc.constantFrom(false, false, false, false, false, true),
  otherEpoch: fc.constantFrom(false, false, false, false, false, true),
})

describe.each(databases)('on $name', ({ available, open }) => {
  if (!available) {
    test.skip('agreement of function and statement (skipped: set TEST_DATABASE_URL to a PostgreSQL server)', () => {})
    return
  }

  let db: TestDatabase
  let sessions: SessionStore
  let userId: string

  beforeAll(async () => {
    db = await open()
    sessions = createSessionStore(db.prisma, lifetimes)
    const created = await createUserStore(db.prisma).create({
      email: 'a@example.com',
      username: 'a',
      passwordHash: 'h',
    })
    userId = created.kind === 'created' ? created.user.id : ''
  })
  afterAll(() => db.close())

  type World = typeof world extends fc.Arbitrary<infer W> ? W : never
  const write = async (facts: World, kind: 'browser' | 'api' = 'browser'): Promise<SessionView> => {
    const sid = randomUUID()
    await db.prisma.$executeRaw`
      INSERT INTO sessions (id, user_id, kind, gen, parent_tag, confirmed_at, idle_expires_at, absolute_expires_at, revoked_at, persistent,
        auth_time, amr, epoch, user_agent, ip, last_seen_at, created_at)
      VALUES (${sid}::uuid, ${userId}::uuid, ${kind}::session_kind, ${facts.generation}::int, ${facts.parentTag},
        now() - ${facts.confirmedAgo}::float8 * interval '1 millisecond', now() + ${facts.idleLeft}::float8 * interval '1 millisecond',
        now() + ${facts.absoluteLeft}::float8 * interval '1 millisecond', ${facts.revoked ? new Date() : null}::timestamptz, true,
        now(), '{}', ${facts.otherEpoch ? 1 : 0}::int, '', '', now(), now())`
    return (await sessions.find(sid))!
  }

  test('every row of the table, on several hundred worlds', async () => {
    const seen = new Set<string>()
    await fc.assert(
      fc.asyncProperty(world, async (facts) => {
        const before = await write(facts)
        const shown = { generation: Math.max(0, facts.generation - facts.behind), tag: facts.tag }
        const decision = decideRotation(rotationFacts(before), shown, before.now, policy)
        const outcome = await sessions.present(before.session.id, shown, policy, context)
        seen.add(decision)
        expect(outcome.kind).toBe(decision)
        const after = (await sessions.find(before.session.id))!.session
        expectRow(after, before.session, decision, facts.tag)
        expectCarriedOut(after, before, shown, decision)
      }),
      { numRuns: 400 },
    )
    // A run that never met a row of the table would prove nothing about it.
    expect([...seen].sort()).toEqual(['access-only', 'confirm-and-access', 'denied', 'reissue', 'reuse', 'rotate'])
  }, 120_000)

  test('API sessions: every decision, under every policy', async () => {
    const seen = new Set<string>()
    await fc.assert(
      fc.asyncProperty(
        world,
        fc.oneof(fc.constantFrom(...apiPolicies), fc.constant({ rotate: true, singleUse: true, tolerant: true })),
        async (facts, apiPolicy) => {
          const before = await write(facts, 'api')
          const { generation, parentTag } = before.session
          const shown = { generation: Math.max(0, facts.generation - facts.behind), tag: facts.tag }
          const over = isOver(rotationFacts(before), before.now)
          const decision = decideApiRefresh({ over, generation, parentTag }, shown, apiPolicy)
          const outcome = await sessions.presentApi(before.session.id, shown, apiPolicy, context)
          seen.add(decision)
          expect(outcome.kind).toBe(decision)
          expectRow((await sessions.find(before.session.id))!.session, before.session, decision, facts.tag)
        },
      ),
      { numRuns: 800 },
    )
    expect([...seen].sort()).toEqual(['access-only', 'both', 'denied', 'reissue', 'reuse', 'rotate'])
  }, 120_000)
})

/** The row holds what carryOut says, which the exhaustive search walks through in the row's stead. */
function expectCarriedOut(after: SessionRecord, before: SessionView, shown: PresentedToken, decision: Decision) {
  const expected = carryOut(rotationFacts(before), shown, decision, before.now)
  expect(after).toMatchObject({ generation: expected.generation, parentTag: expected.parentTag })
  const moment = before.now.getTime() - 1
  const confirmed = (at: Date | null) => (at !== null && at.getTime() > moment ? 'now' : at)
  expect(confirmed(after.confirmedAt)).toEqual(confirmed(expected.confirmedAt))
}

function expectRow(after: SessionRecord, before: SessionRecord, decision: string, tag: string) {
  const rotates = decision === 'rotate'
  expect(after.generation).toBe(before.generation + (rotates ? 1 : 0))
  expect(after.parentTag).toBe(rotates ? tag : before.parentTag)
  expect(after.revokedReason).toBe(decision === 'reuse' ? 'reuse' : null)
  expect(after.absoluteExpiresAt).toEqual(before.absoluteExpiresAt)
  if (rotates && after.kind === 'browser') expect(after.confirmedAt).toBeNull()
  else if (decision === 'confirm-and-access') expect(after.confirmedAt).not.toBeNull()
  else expect(after.confirmedAt).toEqual(before.confirmedAt)
  if (decision === 'denied' || decision === 'reuse') expect(after.idleExpiresAt).toEqual(before.idleExpiresAt)
  else expect(after.idleExpiresAt.getTime()).toBeLessThanOrEqual(after.absoluteExpiresAt.getTime())
}
