/**
 * The lock on a user's row. Whatever ends or begins several sessions of one user takes it first, so that such transactions
 * come one after the other and none waits for a session row that another one holds.
 */
import type { Prisma } from './generated/client'

/** Held to the end of the transaction. Null: no such user. */
export async function lockUser(tx: Prisma.TransactionClient, id: string) {
  const [row] = await tx.$queryRaw<{ isActive: boolean; epoch: number }[]>`
    SELECT is_active AS "isActive", epoch FROM users WHERE id = ${id}::uuid FOR NO KEY UPDATE`
  return row ?? null
}
