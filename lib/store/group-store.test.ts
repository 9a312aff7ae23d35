/** Groups and permissions against a real database, and what a session's own query tells of them. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { days, hours } from '#lib/core/duration'
import type { GroupStore, SessionStore, UserStore } from '#lib/core/ports'
import type { UserRecord } from '#lib/core/records'
import { databases, type TestDatabase } from '#lib/testing/databases'
import { createGroupStore } from './group-store'
import { createSessionStore } from './session-store'
import { createUserStore } from './user-store'

const context = { ip: '192.0.2.7', network: '192.0.2.7', userAgent: 'Test/1', requestId: 'r1' }
const lifetimes = { idleMs: days(14), absoluteMs: days(30), windowMs: hours(24), apiIdleMs: days(1), maxSessions: 3 }

describe.each(databases)('on $name', ({ available, open }) => {
  if (!available) {
    test.skip('the group store (skipped: set TEST_DATABASE_URL to a PostgreSQL server)', () => {})
    return
  }

  let db: TestDatabase
  let users: UserStore
  let groups: GroupStore
  let sessions: SessionStore

  beforeAll(async () => {
    db = await open()
    users = createUserStore(db.prisma)
    groups = createGroupStore(db.prisma)
    sessions = createSessionStore(db.prisma, lifetimes)
  })
  afterAll(() => db.close())

  const unique = (word: string) => `${word}-${randomUUID().slice(0, 8)}`
  const newUser = async (more: { isSuperuser?: boolean } = {}): Promise<UserRecord> => {
    const name = unique('u')
    const created = await users.create({ email: `${name}@example.com`, username: name, passwordHash: 'hash', ...more })
    if (created.kind !== 'created') throw new Error('taken')
    return created.user
  }
  const newGroup = async (...permissions: string[]) => {
    const name = unique('g')
    await groups.create(name)
    await groups.changePermissions(name, { add: permissions, remove: [] })
    return name
  }
  const start = async (user: UserRecord, kind: 'browser' | 'api' = 'api', store = sessions) =>
    store.start({ user, kind, persistent: true, amr: ['pwd'], supersedes: null, context })

  test('of ten that make one group at once one does', async () => {
    const name = unique('g')
    const made = await Promise.all(Array.from({ length: 10 }, () => groups.create(name)))
    expect(made.filter(Boolean)).toHaveLength(1)
  })

  test('a change tells what has really changed; a permission that no group has is gone', async () => {
    const [one, other] = [await newGroup('read', 'write'), await newGroup('read')]
    expect(await groups.changePermissions(one, { add: ['read', 'publish'], remove: ['write', 'nothing'] })).toEqual({
      add: ['publish'],
      remove: ['write'],
    })
    expect(await groups.find(one)).toEqual({ name: one, permissions: ['publish', 'read'], members: 0 })
    expect(await groups.changePermissions('missing', { add: ['x'], remove: [] })).toBeNull()
    const known = async () => (await db.prisma.permission.findMany()).map(({ codename }) => codename).sort()
    expect(await known()).toEqual(['publish', 'read'])
    await groups.delete(one)
    expect(await known()).toEqual(['read'])
    await groups.delete(other)
    expect(await known()).toEqual([])
  })

  test('changes of many groups at once, with one codename between them, all arrive', async () => {
    const names = await Promise.all(Array.from({ length: 6 }, () => newGroup()))
    await Promise.all(names.map((name) => groups.changePermissions(name, { add: ['shared', name], remove: [] })))
    await Promise.all(names.slice(1).map((name) => groups.changePermissions(name, { add: [], remove: ['shared'] })))
    expect((await groups.find(names[0]!))?.permissions).toEqual([names[0], 'shared'].sort())
    for (const name of names) await groups.delete(name)
  })

  test('membership: a missing group changes nothing at all; a missing user is none', async () => {
    const [user, group] = [await newUser(), await newGroup()]
    expect(await groups.changeMemberships(user.id, { add: [group, 'missing'], remove: [] })).toEqual({
      missing: ['missing'],
    })
    expect(await groups.grantsOf(user.id)).toEqual({ groups: [], permissions: [] })
    expect(await groups.changeMemberships(randomUUID(), { add: [group], remove: [] })).toBeNull()
  })

  test('of five that put a user in a group at once one says that it did', async () => {
    const [user, group] = [await newUser(), await newGroup()]
    const change = { add: [group], remove: [] }
    const results = await Promise.all(Array.from({ length: 5 }, () => groups.changeMemberships(user.id, change)))
    expect(results.filter((result) => result && 'add' in result && result.add.length === 1)).toHaveLength(1)
    expect((await groups.find(group))?.members).toBe(1)
  })

  test('a session is found with its user’s groups and permissions of this moment, in order and each once', async () => {
    const user = await newUser()
    const [one, other] = [await newGroup('read', 'write'), await newGroup('read', 'admin.see')]
    await newGroup('not_mine')
    const view = await start(user)
    const sid = view?.session.id ?? ''
    expect(view?.grants).toEqual({ groups: [], permissions: [] })
    await groups.changeMemberships(user.id, { add: [one, other], remove: [] })
    const grants = { groups: [one, other].sort(), permissions: ['admin.see', 'read', 'write'] }
    expect((await sessions.find(sid))?.grants).toEqual(grants)
    expect((await start(user))?.grants).toEqual(grants)
    expect(await groups.grantsOf(user.id)).toEqual(grants)
    await groups.delete(other)
    expect((await sessions.find(sid))?.grants).toEqual({ groups: [one], permissions: ['read', 'write'] })
  })

  test('a refresh, of a browser and of a program, tells them too', async () => {
    const [user, group] = [await newUser(), await newGroup('read')]
    await groups.changeMemberships(user.id, { add: [group], remove: [] })
    const grants = { groups: [group], permissions: ['read'] }
    const [api, browser] = [await start(user), await start(user, 'browser')]
    const token = { generation: 0, tag: 'a'.repeat(32) }
    const policy = { rotate: true, singleUse: true, tolerant: false }
    expect(await sessions.presentApi(api!.session.id, token, policy, context)).toMatchObject({ kind: 'rotate', grants })
    const rotation = { rotationAgeMs: 1000, lateWindowMs: 100 }
    expect(await sessions.present(browser!.session.id, token, rotation, context)).toMatchObject({
      kind: 'confirm-and-access',
      grants,
    })
  })

  test('one query tells it all', async () => {
    const [user, group] = [await newUser(), await newGroup('read')]
    await groups.changeMemberships(user.id, { add: [group], remove: [] })
    const view = await start(user)
    let queries = 0
    const counting = db.prisma.$extends({
      query: { $allOperations: ({ args, query }) => (queries++, query(args)) },
    })
    const found = await createSessionStore(counting as never, lifetimes).find(view!.session.id)
    expect([found?.grants.groups, queries]).toEqual([[group], 1])
  })

  test('a superuser has every permission there is, in a group or not', async () => {
    await newGroup('launch', 'abort')
    const view = await start(await newUser({ isSuperuser: true }))
    expect(view?.grants.groups).toEqual([])
    expect(view?.grants.permissions).toEqual(expect.arrayContaining(['abort', 'launch']))
  })

  test('a deleted user leaves its groups; a deleted group leaves its users', async () => {
    const [user, group] = [await newUser(), await newGroup('read')]
    await groups.changeMemberships(user.id, { add: [group], remove: [] })
    await users.delete(user.id)
    expect((await groups.find(group))?.members).toBe(0)
    expect(await groups.delete(group)).toBe(true)
    expect(await groups.delete(group)).toBe(false)
  })

  describe('JWT_CHECK_USER_IS_ACTIVE=false', () => {
    const token = { generation: 0, tag: 'a'.repeat(32) }
    const policy = { rotate: true, singleUse: true, tolerant: false }

    test('API sessions of a deactivated user start, live and refresh; a browser’s does not start', async () => {
      const lenient = createSessionStore(db.prisma, { ...lifetimes, apiIgnoresActive: true })
      const { id } = await newUser()
      // Deactivation moves the epoch; who logs in afterwards is read afterwards.
      const user = (await users.setActive(id, false))!
      const view = await start(user, 'api', lenient)
      expect(view).not.toBeNull()
      expect(await start(user, 'browser', lenient)).toBeNull()
      expect((await lenient.listLive(user.id)).map(({ kind }) => kind)).toEqual(['api'])
      expect((await lenient.presentApi(view!.session.id, token, policy, context)).kind).toBe('rotate')
    })

    test('by default none of it', async () => {
      const user = await newUser()
      const view = await start(user)
      await db.prisma.user.update({ where: { id: user.id }, data: { isActive: false } })
      expect(await start(user)).toBeNull()
      expect(await sessions.listLive(user.id)).toEqual([])
      expect((await sessions.presentApi(view!.session.id, token, policy, context)).kind).toBe('denied')
    })

    test('a browser’s refresh stays denied', async () => {
      const lenient = createSessionStore(db.prisma, { ...lifetimes, apiIgnoresActive: true })
      const user = await newUser()
      const view = await start(user, 'browser', lenient)
      await db.prisma.user.update({ where: { id: user.id }, data: { isActive: false } })
      const rotation = { rotationAgeMs: 1000, lateWindowMs: 100 }
      expect((await lenient.present(view!.session.id, token, rotation, context)).kind).toBe('denied')
      expect(await lenient.listLive(user.id)).toEqual([])
    })
  })
})
