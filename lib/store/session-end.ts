/** Ending many sessions of one user: a few hundred at a time, so that no number of them makes it fail. */
import { Prisma, type PrismaClient } from './generated/client'
import { lockUser } from './user-lock'

const batch = 500

export interface EndRequest {
  userId: string
  reason: string
  /** Which of the user's sessions; the rows are `sessions` without an alias. */
  which: Prisma.Sql
}

/** The ids of those that were alive until now. What has run out already is left as it is. */
export async function endSessions(db: PrismaClient, request: EndRequest): Promise<string[]> {
  for (const ended: string[] = []; ;) {
    const some = await endSome(db, request)
    ended.push(...some)
    if (some.length < batch) return ended
  }
}

async function endSome(db: PrismaClient, { userId, reason, which }: EndRequest): Promise<string[]> {
  return db.$transaction(async (tx) => {
    await lockUser(tx, userId)
    const rows = await tx.$queryRaw<{ id: string }[]>(Prisma.sql`
      UPDATE sessions SET revoked_at = now(), revoked_reason = ${reason} WHERE id IN (
        SELECT id FROM sessions
        WHERE user_id = ${userId}::uuid AND revoked_at IS NULL AND idle_expires_at > now() AND absolute_expires_at > now() AND ${which}
        LIMIT ${batch}::int
      ) AND revoked_at IS NULL RETURNING id`)
    return rows.map(({ id }) => id)
  })
}
