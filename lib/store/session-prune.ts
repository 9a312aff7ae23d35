/** Forgetting sessions whose tokens are all dead: what SimpleJWT calls flushexpiredtokens. */
import { days } from '#lib/core/duration'
import { Prisma, type PrismaClient } from './generated/client'
import { pruneInParts } from './prune-in-parts'
import { interval } from './session-columns'

/** No token outlives the absolute end; the day covers leeway and clocks that are apart. */
const keptMs = days(1)

/**
 * How many rows went. A browser session that was ended early keeps its row to its absolute end: until then a copied token must still be
 * known as one. A program's refresh token runs out with the idle end, and there may be very many of them.
 */
export function pruneSessions(db: PrismaClient): Promise<number> {
  return pruneInParts((limit) =>
    db.$executeRaw(Prisma.sql`
      DELETE FROM sessions WHERE id IN (
        SELECT id FROM sessions
        WHERE absolute_expires_at < now() - ${interval(keptMs)} OR (kind = 'api' AND idle_expires_at < now() - ${interval(keptMs)})
        LIMIT ${limit}::int FOR UPDATE SKIP LOCKED
      )`),
  )
}
