/**
 * The statements of the throttle store, each about one counter, `c`, on the database's clock.
 *
 * "Not paused" and "no window" are written as the epoch, never as now(): a statement that waited for the row has an older now() than the
 * one it waited for, and would take that instant for a pause.
 */
import { seconds } from '#lib/core/duration'
import type { ThrottleRule } from '#lib/core/throttle'
import { Prisma } from './generated/client'
import { interval } from './session-columns'

/**
 * Attempts that are under way together are forgotten together, so long after the first of them began: later ones do not push the time on,
 * or those of a process that has ended would stay as long as somebody comes every minute. It is longer than the hash queue's wait and its
 * hash (PW-13). One that takes longer, or began late beside an unbroken row of others, gives up its room and still counts when it fails:
 * once a minute at most so many more may be judged as the limit has room for, and no failure is lost.
 */
const PENDING_MS = seconds(60)

const NEVER = Prisma.sql`to_timestamp(0)`
/** Attempts under way. */
const PENDING = Prisma.sql`(CASE WHEN c.pending_until > now() THEN c.pending ELSE 0 END)`
/** Failures of the present window; one that has ended counts nothing. */
const FAILURES = Prisma.sql`(CASE WHEN c.window_ends_at <= now() THEN 0 ELSE c.count END)`
/** Whether there is nothing to know of it: no failure, no pause, nothing under way. */
const NOTHING = Prisma.sql`(${PENDING} = 0 AND ${FAILURES} = 0 AND c.blocked_until <= now())`

/** Whether so many are under way that, should all fail, the limit were reached. One may always try, once the pause is over. */
const crowded = ({ limit }: ThrottleRule) => Prisma.sql`${PENDING} >= GREATEST(1, ${limit}::int - ${FAILURES})`

/**
 * Holds room for an attempt whose outcome is not known yet. No row comes back when the counter pauses or is crowded, or `onlyIf` is false:
 * then none is made either, or whoever waits for one counter could fill the table with others.
 */
export function reserveOne(key: string, rule: ThrottleRule, onlyIf: Prisma.Sql): Prisma.Sql {
  const until = Prisma.sql`(now() + ${interval(PENDING_MS)})`
  return Prisma.sql`
    INSERT INTO throttle_counters AS c (key, count, pending, pending_until, window_ends_at, blocked_until)
    SELECT ${key}, 0, 1, ${until}, ${NEVER}, ${NEVER} WHERE ${onlyIf}
    ON CONFLICT (key) DO UPDATE SET
      pending = ${PENDING} + 1, pending_until = CASE WHEN ${PENDING} = 0 THEN ${until} ELSE c.pending_until END
    WHERE c.blocked_until <= now() AND NOT (${crowded(rule)})
    RETURNING c.key`
}

/** Gives the room back. The key comes back when the counter now counts nothing. */
export function releaseOne(key: string): Prisma.Sql {
  return Prisma.sql`
    UPDATE throttle_counters AS c SET pending = GREATEST(${PENDING} - 1, 0) WHERE c.key = ${key}
    RETURNING CASE WHEN ${NOTHING} THEN c.key END AS key`
}

/** Forgets the counter, unless it counts something. */
export function forgetOne(key: string): Prisma.Sql {
  return Prisma.sql`DELETE FROM throttle_counters AS c WHERE c.key = ${key} AND ${NOTHING} RETURNING c.key`
}

/** A reserved attempt has failed: counted, whatever has become of the counter meanwhile. */
export function failOne(key: string, rule: ThrottleRule): Prisma.Sql {
  return Prisma.sql`${countOne(key, rule, Prisma.sql`, pending = GREATEST(${PENDING} - 1, 0)`)} RETURNING c.key`
}

/** One attempt more, counted at once, unless the counter is pausing: then no row comes back. */
export function takeOne(key: string, rule: ThrottleRule): Prisma.Sql {
  return Prisma.sql`${countOne(key, rule, Prisma.empty)} WHERE c.blocked_until <= now() RETURNING c.key`
}

/** Takes a counted attempt back, and with it the pause: the attempt could only be made because none was running. */
export function refundOne(key: string): Prisma.Sql {
  return Prisma.sql`UPDATE throttle_counters AS c SET count = c.count - 1, blocked_until = ${NEVER} WHERE c.key = ${key} AND c.count > 0`
}

/** Forgets the failures and the pause; those under way stay under way. */
export function clearOne(key: string): Prisma.Sql {
  return Prisma.sql`UPDATE throttle_counters AS c SET count = 0, window_ends_at = ${NEVER}, blocked_until = ${NEVER} WHERE c.key = ${key}`
}

/** How long the counter still pauses, at most 0 when it does not, and whether it is crowded. */
export function outlookOfOne(key: string, rule: ThrottleRule): Prisma.Sql {
  return Prisma.sql`
    SELECT (extract(epoch FROM c.blocked_until - now()) * 1000)::float8 AS ms, ${crowded(rule)} AS crowded
    FROM throttle_counters AS c WHERE c.key = ${key}`
}

/** A window that has ended starts anew. */
function countOne(key: string, { limit, windowMs, pause }: ThrottleRule, more: Prisma.Sql): Prisma.Sql {
  const count = Prisma.sql`(${FAILURES} + 1)`
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
    Prisma.sql`(CASE WHEN ${n} >= ${limit}::int THEN ${pauseEnd(n, end)} ELSE ${NEVER} END)`
  const first = Prisma.sql`1`
  const firstEnd = Prisma.sql`(now() + ${interval(windowMs)})`
  return Prisma.sql`
    INSERT INTO throttle_counters AS c (key, count, window_ends_at, blocked_until)
    VALUES (${key}, 1, ${keptUntil(first, firstEnd)}, ${blocked(first, firstEnd)})
    ON CONFLICT (key) DO UPDATE SET
      count = ${count}, window_ends_at = ${keptUntil(count, windowEnd)}, blocked_until = ${blocked(count, windowEnd)}${more}`
}
