/**
 * Counters of failed attempts in the database, so that every instance counts together (docs/security/requirements.md, section 3).
 * Taken before the hash is computed, in one statement: fifty guesses at once cannot all slip past the same count (TH-1).
 */
import { createHmac } from 'node:crypto'
import type { Throttle, ThrottleKey } from '#lib/core/ports'
import { throttleRule, type ThrottleRule } from '#lib/core/throttle'
import { Prisma, type PrismaClient } from './generated/client'
import { interval } from './session-columns'

/** `hmacKey` hides the addresses and accounts that the counters are about from a reader of the table. */
export function createThrottle(db: PrismaClient, { hmacKey, scale }: { hmacKey: Buffer; scale: number }): Throttle {
  const keyOf = ({ name, subject }: ThrottleKey) =>
    createHmac('sha256', hmacKey).update(`${name}\0${subject}`).digest('base64url')
  const ruleOf = ({ name }: ThrottleKey) => throttleRule(name, scale)

  const refund = async (keys: ThrottleKey[]) => {
    for (const key of keys) {
      const { limit } = ruleOf(key)
      await db.$executeRaw(Prisma.sql`
        UPDATE throttle_counters SET count = count - 1,
          blocked_until = CASE WHEN count - 1 < ${limit}::int THEN now() ELSE blocked_until END
        WHERE key = ${keyOf(key)} AND count > 0`)
    }
  }

  return {
    refund,

    async take(keys) {
      const takes = keys.map((key, i) => Prisma.sql`${Prisma.raw(`t${i}`)} AS (${takeOne(keyOf(key), ruleOf(key))})`)
      const reads = keys.map((_, i) => Prisma.sql`SELECT key FROM ${Prisma.raw(`t${i}`)}`)
      const rows = await db.$queryRaw<{ key: string }[]>(
        Prisma.sql`WITH ${Prisma.join(takes, ', ')} ${Prisma.join(reads, ' UNION ALL ')}`,
      )
      const taken = new Set(rows.map(({ key }) => key))
      const waiting = keys.filter((key) => !taken.has(keyOf(key)))
      if (waiting.length === 0) return { kind: 'go' }
      await refund(keys.filter((key) => taken.has(keyOf(key))))
      return { kind: 'wait', retryAfterMs: await longestWait(db, waiting.map(keyOf)) }
    },

    async clear(key) {
      await db.throttleCounter.deleteMany({ where: { key: keyOf(key) } })
    },
  }
}

/** Deletes counters that count nothing any more. */
export async function pruneThrottle(db: PrismaClient): Promise<number> {
  return db.$executeRaw`DELETE FROM throttle_counters WHERE window_ends_at < now() AND blocked_until < now()`
}

/** One attempt more, unless the counter is pausing: then no row comes back. A window that ended starts anew. */
function takeOne(key: string, { limit, windowMs, pause }: ThrottleRule): Prisma.Sql {
  const count = Prisma.sql`(CASE WHEN c.window_ends_at <= now() THEN 1 ELSE c.count + 1 END)`
  const windowEnd = Prisma.sql`(CASE WHEN c.window_ends_at <= now() THEN now() + ${interval(windowMs)} ELSE c.window_ends_at END)`
  const pauseEnd = (n: Prisma.Sql, end: Prisma.Sql) =>
    pause === null
      ? end
      : Prisma.sql`(now() + LEAST(${interval(pause.capMs)}, ${interval(pause.firstMs)} * power(2, LEAST(${n} - ${limit}::int, 20))))`
  // With doubling pauses the count is forgotten only after a quiet window behind the last pause.
  const keptUntil = (n: Prisma.Sql, end: Prisma.Sql) =>
    pause === null
      ? end
      : Prisma.sql`(CASE WHEN ${n} >= ${limit}::int THEN ${pauseEnd(n, end)} + ${interval(windowMs)} ELSE ${end} END)`
  const blocked = (n: Prisma.Sql, end: Prisma.Sql) =>
    Prisma.sql`(CASE WHEN ${n} >= ${limit}::int THEN ${pauseEnd(n, end)} ELSE now() END)`
  const first = Prisma.sql`1`
  const firstEnd = Prisma.sql`(now() + ${interval(windowMs)})`
  return Prisma.sql`
    INSERT INTO throttle_counters AS c (key, count, window_ends_at, blocked_until)
    VALUES (${key}, 1, ${keptUntil(first, firstEnd)}, ${blocked(first, firstEnd)})
    ON CONFLICT (key) DO UPDATE SET
      count = ${count}, window_ends_at = ${keptUntil(count, windowEnd)}, blocked_until = ${blocked(count, windowEnd)}
    WHERE c.blocked_until <= now()
    RETURNING c.key`
}

async function longestWait(db: PrismaClient, keys: string[]): Promise<number> {
  const [row] = await db.$queryRaw<{ ms: number | null }[]>(Prisma.sql`
    SELECT (extract(epoch FROM max(blocked_until) - now()) * 1000)::float8 AS ms FROM throttle_counters WHERE key IN (${Prisma.join(keys)})`)
  return Math.max(1, row?.ms ?? 1)
}
