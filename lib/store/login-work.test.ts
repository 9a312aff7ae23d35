/** EN-2: what a failed login asks of the database and of the hasher, counted on the real stores: the same for every way to fail. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLogin } from '#lib/flows/login'
import { createProvePassword } from '#lib/flows/prove-password'
import { aContext } from '#lib/testing/builders'
import { databases, type TestDatabase } from '#lib/testing/databases'
import { fastHash, fastHasher } from '#lib/testing/fast-hasher'
import { createAuditLog } from './audit-store'
import type { PrismaClient } from './generated/client'
import { createThrottle } from './throttle-store'
import { createUserStore } from './user-store'

let db: TestDatabase
beforeAll(async () => {
  db = await databases[0]!.open()
})
afterAll(() => db.close())

/** What a login does, in order: models and raw statements as Prisma is asked for them. */
function counting() {
  const queries: string[] = []
  const counted = db.prisma.$extends({
    query: {
      $allOperations({ model, operation, args, query }) {
        queries.push(`${model ?? ''} ${operation}`)
        return query(args)
      },
    },
  }) as unknown as PrismaClient
  const hasher = fastHasher()
  const users = createUserStore(counted)
  const throttle = createThrottle(counted, { hmacKey: Buffer.alloc(32, 7), scale: 1 })
  const login = createLogin({
    users,
    audit: createAuditLog(counted, (fault) => expect(fault).toBeNull()),
    provePassword: createProvePassword({ throttle, hasher, users }),
    openSession: async () => null,
    recordsLastLogin: false,
    identifierMark: () => 'mark',
  })
  return { queries, hasher, users, login }
}

test('one hash and the same queries for a name that is unknown, known, disabled or without a password', async () => {
  const { queries, hasher, users, login } = counting()
  const disabled = await users.create({ email: 'bob@example.com', username: 'bob', passwordHash: fastHash('right') })
  await users.create({ email: 'ada@example.com', username: 'ada', passwordHash: fastHash('right') })
  if (disabled.kind === 'created') await users.setActive(disabled.user.id, false)

  const work = async (identifier: string, network: string) => {
    queries.length = 0
    hasher.work.length = 0
    const session = { kind: 'api' as const, persistent: true, supersedes: null }
    const input = { email: identifier, password: 'wrong' }
    const outcome = await login({ input, identifierKey: 'email', session, context: aContext({ network }) })
    return { outcome, queries: [...queries], hashes: hasher.work.length }
  }
  const unknown = await work('nobody@example.com', '198.51.100.1')
  expect(unknown.hashes).toBe(1)
  expect(unknown.queries).not.toEqual([])
  for (const [i, name] of ['nobody', 'ada', 'ada@example.com', 'bob', 'bob@example.com'].entries())
    expect([name, await work(name, `198.51.100.${i + 2}`)]).toEqual([name, unknown])

  // Under a name that paused nobody, an account that does pause is one of them.
  for (let i = 0; i < 5; i++) await work('ada', '198.51.100.99')
  const paused = await work('ada@example.com', '198.51.100.99')
  expect({ ...paused, queries: paused.queries.length }).toEqual({ ...unknown, queries: unknown.queries.length })
})
