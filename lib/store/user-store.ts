/**
 * Accounts in the database, which holds that every email and username is one account's alone: each kind by its unique index, and one kind
 * against the other by login_names, where a trigger enters both (a username may look like an address).
 */
import { randomUUID } from 'node:crypto'
import { foldEmail, foldUsername } from '#lib/core/identifiers'
import type { UserField, UserStore } from '#lib/core/ports'
import { Prisma, type PrismaClient, type User } from './generated/client'
import { userRecord } from './session-columns'
import { endSessions } from './session-end'

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
      // Moving the epoch ends them for good: reactivated, the user has no session that comes alive again.
      const data = active ? { isActive: true } : { isActive: false, epoch: { increment: 1 } }
      const [row] = await db.user.updateManyAndReturn({ where: { id }, data })
      if (row && !active) await sayWhy(db, row, 'deactivated')
      return row ? userRecord(row) : null
    },

    async delete(id) {
      // The cascade ends with the row what may be any number of sessions: they go first, and nobody begins another meanwhile.
      const [row] = await db.user.updateManyAndReturn({
        where: { id },
        data: { isActive: false, epoch: { increment: 1 } },
      })
      while (row && (await deleteSome(db, id)) > 0);
      return (await db.user.deleteMany({ where: { id } })).count > 0
    },
  }
}

async function replacePassword(db: PrismaClient, where: Prisma.UserWhereInput & { id: string }, passwordHash: string) {
  const data = { passwordHash, epoch: { increment: 1 } }
  const [row] = await db.user.updateManyAndReturn({ where, data })
  if (row) await sayWhy(db, row, 'password_changed')
  return row ? userRecord(row) : null
}

/**
 * The moved epoch has ended every session, however many there are; the reason on their rows is what the people are told. What goes
 * wrong here is no failure of the change.
 */
async function sayWhy(db: PrismaClient, { id, epoch }: User, reason: string): Promise<void> {
  await endSessions(db, { userId: id, reason, which: Prisma.sql`epoch < ${epoch}::int` }).catch(() => {})
}

async function deleteSome(db: PrismaClient, userId: string): Promise<number> {
  return db.$executeRaw`DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE user_id = ${userId}::uuid LIMIT 500)`
}

function isUniqueViolation(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002'
}
