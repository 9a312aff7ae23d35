import { describe, expect, test } from 'vitest'
import { minutes, seconds } from '#lib/core/duration'
import { aContext } from '#lib/testing/builders'
import { later, START } from '#lib/testing/fixed-clock'
import { testLatchkey } from '#lib/testing/test-latchkey'

async function world() {
  const latchkey = testLatchkey()
  const created = await latchkey.manageClients.create('billing')
  if (created.kind !== 'created') throw new Error('not created')
  const { client, secret } = created
  latchkey.rows.audit.length = 0
  const prove = (id: string, typed: string, context = latchkey.context) =>
    latchkey.authenticateClient({ id, secret: typed }, context)
  return { ...latchkey, client, secret, prove, row: () => latchkey.rows.clients.get(client.id) }
}

const unknown = '00000000-0000-4000-8000-000000000000'

describe('a client proves itself by its id and its secret', () => {
  test('the right ones do, the id in any capitals', async () => {
    const { prove, client, secret, rows } = await world()
    expect(await prove(client.id, secret)).toMatchObject({ kind: 'proven', client: { name: 'billing' } })
    expect((await prove(client.id.toUpperCase(), secret)).kind).toBe('proven')
    expect(rows.audit).toEqual([])
  })

  test('a wrong secret, an unknown client and the name instead of the id are one answer, and are audited without a secret', async () => {
    const { prove, client, secret, rows } = await world()
    const tries: [string, string][] = [
      [client.id, 'latchkey_wrong'],
      [client.id, ''],
      [unknown, secret],
      ['billing', secret],
      [secret, secret],
    ]
    for (const [id, typed] of tries) expect(await prove(id, typed)).toEqual({ kind: 'refused' })
    expect(rows.audit.map(({ event, outcome, reason, detail }) => [event, outcome, reason, detail?.client])).toEqual([
      ['client.refused', 'failure', 'wrong_secret', client.id],
      ['client.refused', 'failure', 'wrong_secret', client.id],
      ['client.refused', 'failure', 'unknown_client', unknown],
      ['client.refused', 'failure', 'unknown_client', null],
      ['client.refused', 'failure', 'unknown_client', null],
    ])
    expect(JSON.stringify(rows.audit)).not.toContain('latchkey_')
  })

  test('a deleted client is unknown', async () => {
    const { prove, manageClients, client, secret } = await world()
    await manageClients.delete(client)
    expect(await prove(client.id, secret)).toEqual({ kind: 'refused' })
  })

  test('what is known of a client holds no secret and no hash', async () => {
    const { prove, client, secret } = await world()
    const proof = await prove(client.id, secret)
    expect(proof).toEqual({
      kind: 'proven',
      client: { id: client.id, name: 'billing', createdAt: START, lastUsedAt: null },
    })
  })

  test('its use is noted to the hour, and once an hour', async () => {
    const { prove, client, secret, row, clock } = await world()
    clock.advance(minutes(25))
    await prove(client.id, 'wrong')
    expect(row()?.lastUsedAt).toBeNull()
    await prove(client.id, secret)
    expect(row()?.lastUsedAt).toEqual(START)
    clock.advance(minutes(34))
    // Not written again: the mark would be gone.
    const mark = later(START, 1)
    Object.assign(row() ?? {}, { lastUsedAt: mark })
    await prove(client.id, secret)
    expect(row()?.lastUsedAt).toEqual(mark)
    clock.advance(minutes(1) + 1)
    await prove(client.id, secret)
    expect(row()?.lastUsedAt).toEqual(later(START, minutes(60)))
  })
})

describe('how often', () => {
  test('600 calls of one client in a minute, from wherever; then it waits for the end of the minute', async () => {
    const { prove, client, secret, clock, manageClients } = await world()
    const elsewhere = aContext({ network: '198.51.100.1' })
    for (let i = 0; i < 600; i++)
      expect((await prove(client.id, secret, i % 2 ? elsewhere : undefined)).kind).toBe('proven')
    clock.advance(seconds(20))
    expect(await prove(client.id, secret)).toEqual({ kind: 'throttled', retryAfterMs: seconds(40) })
    const other = await manageClients.create('orders')
    expect(other.kind === 'created' && (await prove(other.client.id, other.secret)).kind).toBe('proven')
    clock.advance(seconds(40))
    expect((await prove(client.id, secret)).kind).toBe('proven')
  })

  test('30 failures of one address in a quarter of an hour; the rest waits and is not audited; the right secret still opens', async () => {
    const { prove, client, secret, rows, clock } = await world()
    const results = await Promise.all(
      Array.from({ length: 50 }, (_, i) => prove(i % 2 ? unknown : client.id, `wrong ${i}`)),
    )
    expect(results.filter(({ kind }) => kind === 'refused')).toHaveLength(30)
    expect(results.filter(({ kind }) => kind === 'throttled')).toHaveLength(20)
    expect(rows.audit).toHaveLength(30)
    expect((await prove(client.id, 'wrong', aContext({ network: '198.51.100.1' }))).kind).toBe('refused')
    expect((await prove(client.id, secret)).kind).toBe('proven')
    clock.advance(minutes(15))
    expect((await prove(client.id, 'wrong')).kind).toBe('refused')
  })
})

describe('making and removing clients', () => {
  test('the secret is told once and is nowhere afterwards', async () => {
    const { secret, rows, manageClients } = await world()
    expect(secret).toMatch(/^latchkey_[\w-]{43}$/)
    const kept = JSON.stringify([[...rows.clients.values()], rows.audit, await manageClients.list()])
    expect(kept).not.toContain(secret)
    expect(kept).not.toContain(secret.slice('latchkey_'.length))
  })

  test('each act has its row, a refused one too', async () => {
    const { manageClients, client, rows } = await world()
    await manageClients.create('orders')
    expect(await manageClients.create(' Ｂilling ')).toEqual({
      kind: 'invalid',
      errors: { name: ['A client with that name already exists.'] },
    })
    expect(await manageClients.create('a\nb')).toMatchObject({ kind: 'invalid' })
    expect(await manageClients.delete(client)).toBe(true)
    expect(await manageClients.delete(client)).toBe(false)
    expect(
      rows.audit.map(({ event, outcome, reason, detail }) => [event, outcome, reason, detail?.client_name]),
    ).toEqual([
      ['client.create', 'success', 'command_line', 'orders'],
      ['client.create', 'failure', 'taken', undefined],
      ['client.create', 'failure', 'invalid', undefined],
      ['client.delete', 'success', 'command_line', 'billing'],
    ])
  })

  test('one is found by its id and by its name', async () => {
    const { manageClients, client } = await world()
    for (const word of [client.id, 'billing', 'BILLING'])
      expect(await manageClients.find(word)).toMatchObject({ id: client.id })
    for (const word of [unknown, 'orders', '']) expect(await manageClients.find(word)).toBeNull()
  })
})
