/**
 * Accounts in the database, which holds that every email and username is one account's alone: each kind by its unique index, and one kind
 * against the other by login_names, where a trigger enters both (a username may look like an address).
 */
import { randomUUID } from 'node:crypto'
import { foldEmail, foldUsername } from '#lib/core/identifiers'
import type { UserField, UserStore } from '#lib/core/ports'
import { Prisma, type PrismaClient } from './generated/client'
import { userRecord } from './session-columns'

export function createUserStore(db: PrismaClient): UserStore {
  const one = async (where: Prisma.UserWhereUniqueInput) => {
    const row = await db.user.findUnique({ where })
    return row && userRecord(row)
  }
  const takenFields = async (email: string, username: string): Promise<UserField[]> => {
    const wanted = { email: foldEmail(email), username: foldUsername(username) }
    // One query, one snapshot: a registration that lands in between is seen whole or not at all.
    const rows = await db.loginName.findMany({ where: { name: { in: Object.values(wanted) } }, select: { name: true } })
    return (['email', 'username'] as const).filter((field) => rows.some(({ name }) => name === wanted[field]))
  }

  return {
    takenFields,
    findById: (id) => one({ id }),
    findByEmail: (email) => one({ emailFolded: foldEmail(email) }),
    findByUsername: (username) => one({ usernameFolded: foldUsername(username) }),

    async findByLoginName(typed) {
      const emailFolded = foldEmail(typed)
      const rows = await db.user.findMany({ where: { OR: [{ emailFolded }, { usernameFolded: foldUsername(typed) }] } })
      const row = rows.find((user) => user.emailFolded === emailFolded) ?? rows[0]
      return row ? userRecord(row) : null
    },

    async list() {
      return (await db.user.findMany({ orderBy: { createdAt: 'asc' } })).map(userRecord)
    },

    async create(user) {
      const folded = { emailFolded: foldEmail(user.email), usernameFolded: foldUsername(user.username) }
      try {
        return {
          kind: 'created',
          user: userRecord(await db.user.create({ data: { id: randomUUID(), ...user, ...folded } })),
        }
      } catch (error) {
        // The two databases name the broken index differently; asking again says which field it was.
        if (!isUniqueViolation(error)) throw error
        return { kind: 'taken', fields: await takenFields(user.email, user.username) }
      }
    },

    async rehash(id, checked, fresh) {
      const { count } = await db.user.updateMany({
        where: { id, passwordHash: checked },
        data: { passwordHash: fresh },
      })
      return count > 0
    },

    async recordLogin(id) {
      await db.$executeRaw`UPDATE users SET last_login_at = now() WHERE id = ${id}::uuid`
    },

    setPassword: (id, passwordHash) => replacePassword(db, { id }, passwordHash),
    changePassword: (id, checked, passwordHash) => replacePassword(db, { id, passwordHash: checked }, passwordHash),

    async setActive(id, active) {
      return db.$transaction(async (tx) => {
        const [row] = await tx.user.updateManyAndReturn({ where: { id }, data: { isActive: active } })
        if (row && !active) await endSessions(tx, id, 'deactivated')
        return row ? userRecord(row) : null
      })
    },

    async delete(id) {
      return (await db.user.deleteMany({ where: { id } })).count > 0
    },
  }
}

async function replacePassword(db: PrismaClient, where: Prisma.UserWhereInput & { id: string }, passwordHash: string) {
  return db.$transaction(async (tx) => {
    const [row] = await tx.user.updateManyAndReturn({ where, data: { passwordHash, epoch: { increment: 1 } } })
    if (row) await endSessions(tx, where.id, 'password_changed')
    return row ? userRecord(row) : null
  })
}

/** The epoch or the flag alone would end them too; the reason on the row is what the person is told. */
async function endSessions(tx: Prisma.TransactionClient, userId: string, reason: string) {
  await tx.$executeRaw`UPDATE sessions SET revoked_at = now(), revoked_reason = ${reason} WHERE user_id = ${userId}::uuid AND revoked_at IS NULL`
}

function isUniqueViolation(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002'
}
