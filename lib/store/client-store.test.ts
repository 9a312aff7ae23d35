/** Clients against a real database, embedded and PostgreSQL alike, and the flows that live on them with the real throttle. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hours } from '#lib/core/duration'
import type { ClientStore } from '#lib/core/ports'
import { clientSecrets } from '#lib/crypto/client-secret'
import { createAuthenticateClient, type AuthenticateClient } from '#lib/flows/authenticate-client'
import { createManageClients, type ManageClients } from '#lib/flows/manage-clients'
import { aContext } from '#lib/testing/builders'
import { databases, type TestDatabase } from '#lib/testing/databases'
import { createAuditLog } from './audit-store'
import { createClientStore } from './client-store'
import { createThrottle } from './throttle-store'

describe.each(databases)('on $name', ({ available, open }) => {
  if (!available) {
    test.skip('the clients (skipped: set TEST_DATABASE_URL to a PostgreSQL server)', () => {})
    return
  }

  let db: TestDatabase
  let clients: ClientStore
  let manage: ManageClients
  let authenticate: AuthenticateClient

  beforeAll(async () => {
    db = await open()
    clients = createClientStore(db.prisma)
    const audit = createAuditLog(db.prisma, (fault) => expect(fault).toBeNull())
    const throttle = createThrottle(db.prisma, { hmacKey: Buffer.alloc(32, 7), scale: 1 })
    manage = createManageClients({ clients, secrets: clientSecrets, audit })
    authenticate = createAuthenticateClient({ clients, secrets: clientSecrets, throttle, audit })
  })
  afterAll(() => db.close())

  const newName = () => `client ${randomUUID().slice(0, 8)}`
  const newClient = async () => {
    const outcome = await manage.create(newName())
    if (outcome.kind !== 'created') throw new Error('not created')
    return outcome
  }
  /** An address of its own, so that one test's failures are not another's. */
  const somewhere = () => aContext({ network: randomUUID() })
  const usedLately = async (id: string) => (await clients.findById(id))?.usedLately

  test('of ten of one name at once one is made, in whatever capitals', async () => {
    const name = newName()
    const spellings = Array.from({ length: 10 }, (_, i) => (i % 2 ? name : name.toUpperCase()))
    const outcomes = await Promise.all(spellings.map((spelling) => clients.create({ name: spelling, secretHash: 'h' })))
    expect(outcomes.filter(({ kind }) => kind === 'created')).toHaveLength(1)
    expect(outcomes.filter(({ kind }) => kind === 'taken')).toHaveLength(9)
  })

  test('found by id and by folded name, listed oldest first, and gone once deleted', async () => {
    const [first, second] = [(await newClient()).client, (await newClient()).client]
    expect((await clients.findById(first.id))?.client).toEqual(first)
    expect(await clients.findByName(first.name.toUpperCase())).toEqual(first)
    const ids = (await clients.list()).map(({ id }) => id)
    expect(ids.indexOf(first.id)).toBeLessThan(ids.indexOf(second.id))
    const deletions = await Promise.all([clients.delete(first.id), clients.delete(first.id)])
    expect(deletions.sort()).toEqual([false, true])
    expect(await clients.findById(first.id)).toBeNull()
    expect(await clients.findByName(first.name)).toBeNull()
    expect((await clients.list()).map(({ id }) => id)).not.toContain(first.id)
  })

  test('the secret is in no column, and proves the client until it is deleted', async () => {
    const { client, secret } = await newClient()
    const [row] = await db.prisma.$queryRaw<{ all: string }[]>`
      SELECT clients::text AS "all" FROM clients WHERE id = ${client.id}::uuid`
    expect(row?.all).toContain(client.name)
    expect(row?.all).not.toContain(secret.slice('latchkey_'.length))
    expect((await authenticate({ id: client.id, secret }, somewhere())).kind).toBe('proven')
    expect((await authenticate({ id: client.id, secret: `${secret}x` }, somewhere())).kind).toBe('refused')
    await manage.delete(client)
    expect((await authenticate({ id: client.id, secret }, somewhere())).kind).toBe('refused')
  })

  test('its use is noted to the hour, on the database’s clock', async () => {
    const { client, secret } = await newClient()
    expect(await usedLately(client.id)).toBe(false)
    await authenticate({ id: client.id, secret }, somewhere())
    const { lastUsedAt } = (await clients.findById(client.id))!.client
    expect(lastUsedAt?.getUTCMinutes()).toBe(0)
    expect(lastUsedAt?.getUTCSeconds()).toBe(0)
    // An hour for the rounding, one more for a machine whose clock is not the database's.
    expect(Math.abs(Date.now() - Number(lastUsedAt))).toBeLessThan(hours(2))
    expect(await usedLately(client.id)).toBe(true)
    await db.prisma
      .$executeRaw`UPDATE clients SET last_used_at = now() - interval '1 hour' WHERE id = ${client.id}::uuid`
    expect(await usedLately(client.id)).toBe(false)
  })

  test('of 650 calls of one client at once 600 go', { timeout: 120_000 }, async () => {
    const { client, secret } = await newClient()
    const context = somewhere()
    const proofs = await Promise.all(
      Array.from({ length: 650 }, () => authenticate({ id: client.id, secret }, context)),
    )
    expect(proofs.filter(({ kind }) => kind === 'proven')).toHaveLength(600)
    expect(proofs.filter(({ kind }) => kind === 'throttled')).toHaveLength(50)
  })

  test('of 50 wrong secrets at once 30 are refused, the rest waits, and the right one opens meanwhile', async () => {
    const { client, secret } = await newClient()
    const context = somewhere()
    const tries = Array.from({ length: 50 }, (_, i) => authenticate({ id: client.id, secret: `wrong ${i}` }, context))
    const proofs = await Promise.all(tries)
    expect(proofs.filter(({ kind }) => kind === 'refused')).toHaveLength(30)
    expect((await authenticate({ id: client.id, secret }, context)).kind).toBe('proven')
    const noted = await db.prisma.auditEvent.findMany({
      where: { event: 'client.refused', detail: { path: ['client'], equals: client.id } },
    })
    expect(noted).toHaveLength(30)
  })

  test('an id that is none is no fault of the database', async () => {
    for (const id of ["' OR true --", '', '\0', 'x'.repeat(5000)])
      expect((await authenticate({ id, secret: 's' }, somewhere())).kind).toBe('refused')
  })
})
