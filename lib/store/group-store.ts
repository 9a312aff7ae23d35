/** Groups, their permissions and their members in the database. Who is in what is read with the session, in session-columns.ts. */
import { randomUUID } from 'node:crypto'
import type { GroupRecord, GroupStore, ListChange } from '#lib/core/ports'
import { Prisma, type PrismaClient } from './generated/client'
import { GRANTS, grantsOf } from './session-columns'

const shown = {
  name: true,
  permissions: { select: { permission: { select: { codename: true } } } },
  _count: { select: { memberships: true } },
} satisfies Prisma.GroupSelect

type Tx = Prisma.TransactionClient

export function createGroupStore(db: PrismaClient): GroupStore {
  return {
    async list() {
      return (await db.group.findMany({ select: shown, orderBy: { name: 'asc' } })).map(record)
    },

    async find(name) {
      const row = await db.group.findUnique({ where: { name }, select: shown })
      return row && record(row)
    },

    async create(name) {
      const { count } = await db.group.createMany({ data: { id: randomUUID(), name }, skipDuplicates: true })
      return count > 0
    },

    delete: (name) =>
      db.$transaction(async (tx) => {
        await oneAtATime(tx)
        const { count } = await tx.group.deleteMany({ where: { name } })
        await dropUnused(tx)
        return count > 0
      }),

    changePermissions: (name, change) => db.$transaction((tx) => changePermissions(tx, name, change)),
    changeMemberships: (userId, change) => db.$transaction((tx) => changeMemberships(tx, userId, change)),

    async grantsOf(userId) {
      const [row] = await db.$queryRaw<Record<string, unknown>[]>(
        Prisma.sql`SELECT ${GRANTS} FROM users u WHERE u.id = ${userId}::uuid`,
      )
      return row ? grantsOf(row) : { groups: [], permissions: [] }
    },
  }
}

async function changePermissions(tx: Tx, name: string, { add, remove }: ListChange): Promise<ListChange | null> {
  await oneAtATime(tx)
  const group = await tx.group.findUnique({ where: { name } })
  if (!group) return null
  const groupId = group.id
  const had = await tx.groupPermission.findMany({ where: { groupId }, select: { permission: true } })
  const codenames = had.map(({ permission }) => permission.codename)
  const added = add.filter((codename) => !codenames.includes(codename))
  const removed = remove.filter((codename) => codenames.includes(codename))

  const data = added.map((codename) => ({ id: randomUUID(), codename }))
  await tx.permission.createMany({ data, skipDuplicates: true })
  const known = await tx.permission.findMany({ where: { codename: { in: added } } })
  await tx.groupPermission.createMany({ data: known.map(({ id }) => ({ groupId, permissionId: id })) })
  await tx.groupPermission.deleteMany({ where: { groupId, permission: { codename: { in: removed } } } })
  await dropUnused(tx)
  return { add: added, remove: removed }
}

async function changeMemberships(tx: Tx, userId: string, { add, remove }: ListChange) {
  // Of two changes to one account the second waits, so that what each reports as changed is true.
  const [user] = await tx.$queryRaw<unknown[]>`SELECT 1 FROM users WHERE id = ${userId}::uuid FOR NO KEY UPDATE`
  if (!user) return null
  const groups = await tx.group.findMany({ where: { name: { in: [...add, ...remove] } } })
  const missing = [...add, ...remove].filter((name) => !groups.some((group) => group.name === name))
  if (missing.length > 0) return { missing }

  const had = await tx.membership.findMany({ where: { userId }, select: { groupId: true } })
  const isIn = (name: string) =>
    had.some(({ groupId }) => groups.some((group) => group.id === groupId && group.name === name))
  const added = add.filter((name) => !isIn(name))
  const removed = remove.filter(isIn)
  const ids = (names: string[]) => groups.filter(({ name }) => names.includes(name)).map(({ id }) => id)
  await tx.membership.createMany({ data: ids(added).map((groupId) => ({ userId, groupId })) })
  await tx.membership.deleteMany({ where: { userId, groupId: { in: ids(removed) } } })
  return { add: added, remove: removed }
}

/** A permission given by one change must not be dropped as unused by another at the same moment. Readers are not held up. */
async function oneAtATime(tx: Tx): Promise<void> {
  await tx.$executeRaw`LOCK TABLE permissions IN SHARE ROW EXCLUSIVE MODE`
}

/** A permission that no group has is no permission: a slip of the keyboard would stay for ever. */
async function dropUnused(tx: Tx): Promise<void> {
  await tx.permission.deleteMany({ where: { groups: { none: {} } } })
}

function record(row: Prisma.GroupGetPayload<{ select: typeof shown }>): GroupRecord {
  const permissions = row.permissions.map(({ permission }) => permission.codename).sort()
  return { name: row.name, permissions, members: row._count.memberships }
}
