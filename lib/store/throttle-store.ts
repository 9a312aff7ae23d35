/**
 * Counters of attempts in the database, so that every instance counts together (docs/security/requirements.md, section 3).
 * Room is reserved before the hash is computed, in one statement: fifty guesses at once cannot all slip past the same count (TH-1).
 * What is under way is no failure yet: who finds the room taken waits a little, so that honest logins at once all pass.
 */
import { createHmac } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { seconds } from '#lib/core/duration'
import type { Throttle, ThrottleKey, ThrottleVerdict } from '#lib/core/ports'
import { throttleRule, type ThrottleRule } from '#lib/core/throttle'
import { Prisma, type PrismaClient } from './generated/client'
import { pruneInParts } from './prune-in-parts'
import { clearOne, failOne, forgetOne, outlookOfOne, refundOne, releaseOne, reserveOne, takeOne } from './throttle-sql'

/** How long an attempt waits for those under way before it is told to come back. */
const PATIENCE_MS = seconds(15)
/** Attempts of this process that may wait so: each asks the database again and again. */
const WAITING_MAX = 100
const COME_BACK: ThrottleVerdict = { kind: 'wait', retryAfterMs: seconds(1) }

/** `onlyIf` is the condition under which it is done at all. */
type Statement = (key: string, rule: ThrottleRule, onlyIf: Prisma.Sql) => Prisma.Sql

const ALWAYS = Prisma.sql`true`

/** `hmacKey` hides the addresses and accounts that the counters are about from a reader of the table. */
export function createThrottle(db: PrismaClient, { hmacKey, scale }: { hmacKey: Buffer; scale: number }): Throttle {
  const keyOf = ({ name, subject }: ThrottleKey) =>
    createHmac('sha256', hmacKey).update(`${name}\0${subject}`).digest('base64url')
  const sqlOf = (statement: Statement, key: ThrottleKey, onlyIf = ALWAYS) =>
    statement(keyOf(key), throttleRule(key.name, scale), onlyIf)
  let waiting = 0

  /** Those of the keys whose statement returned its key; all statements are one, and each may ask whether the one before it did. */
  const run = async (statement: Statement, keys: ThrottleKey[]): Promise<ThrottleKey[]> => {
    if (keys.length === 0) return []
    const name = (i: number) => Prisma.raw(`t${i}`)
    const afterOneBefore = (i: number) => (i === 0 ? ALWAYS : Prisma.sql`EXISTS (SELECT FROM ${name(i - 1)})`)
    const all = keys.map((key, i) => Prisma.sql`${name(i)} AS (${sqlOf(statement, key, afterOneBefore(i))})`)
    const reads = keys.map((_, i) => Prisma.sql`SELECT key FROM ${name(i)}`)
    const rows = await db.$queryRaw<{ key: string | null }[]>(
      Prisma.sql`WITH ${Prisma.join(all, ', ')} ${Prisma.join(reads, ' UNION ALL ')}`,
    )
    const returned = new Set(rows.map(({ key }) => key))
    return keys.filter((key) => returned.has(keyOf(key)))
  }
  const each = async (statement: Statement, keys: ThrottleKey[]) => {
    for (const key of keys) await db.$executeRaw(sqlOf(statement, key))
  }
  const outlook = async (keys: ThrottleKey[]) => {
    const selects = keys.map((key) => sqlOf(outlookOfOne, key))
    const rows = await db.$queryRaw<{ ms: number; crowded: boolean }[]>(Prisma.join(selects, ' UNION ALL '))
    return { waitMs: Math.max(0, ...rows.map(({ ms }) => ms)), crowded: rows.some(({ crowded }) => crowded) }
  }

  /** Two statements, for one of two attempts that are given back at once must find that it is the last. */
  const release = async (keys: ThrottleKey[]) => {
    await run(forgetOne, await run(releaseOne, keys))
  }
  /** True: room was held against every key; else against none. */
  const tryToReserve = async (keys: ThrottleKey[]) => {
    const held = await run(reserveOne, keys)
    if (held.length < keys.length) await release(held)
    return held.length === keys.length
  }
  /** Until those under way have left room, or the counter pauses, or patience ends. */
  const waitForRoom = async (keys: ThrottleKey[], until: number) => {
    waiting++
    try {
      for (let pauseMs = 50; Date.now() < until; pauseMs = Math.min(pauseMs * 1.5, 500)) {
        await sleep(pauseMs * (0.5 + Math.random()))
        const { waitMs, crowded } = await outlook(keys)
        if (waitMs > 0 || !crowded) return
      }
    } finally {
      waiting--
    }
  }

  return {
    async take(keys) {
      const taken = await run(takeOne, keys)
      if (taken.length === keys.length) return { kind: 'go' }
      await each(refundOne, taken)
      return { kind: 'wait', retryAfterMs: Math.max(1, (await outlook(keys)).waitMs) }
    },
    refund: (keys) => each(refundOne, keys),

    async reserve(keys, { patient = true } = {}) {
      for (const until = Date.now() + PATIENCE_MS; ;) {
        if (await tryToReserve(keys)) return { kind: 'go' }
        if (!patient) return COME_BACK
        const { waitMs } = await outlook(keys)
        if (waitMs > 0) return { kind: 'wait', retryAfterMs: waitMs }
        if (waiting >= WAITING_MAX || Date.now() >= until) return COME_BACK
        await waitForRoom(keys, until)
      }
    },
    async fail(keys) {
      await run(failOne, keys)
    },
    release,
    clear: (key) => each(clearOne, [key]),
  }
}

/** Deletes counters that count nothing any more. */
export function pruneThrottle(db: PrismaClient): Promise<number> {
  return pruneInParts(
    (limit) => db.$executeRaw`
      DELETE FROM throttle_counters WHERE key IN (
        SELECT key FROM throttle_counters
        WHERE window_ends_at < now() AND blocked_until < now() AND COALESCE(pending_until < now(), true)
        LIMIT ${limit}::int FOR UPDATE SKIP LOCKED
      )`,
  )
}
