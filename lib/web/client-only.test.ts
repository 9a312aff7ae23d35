import { beforeAll, describe, expect, test } from 'vitest'
import { openOnce } from '#lib/running'
import { testLatchkey } from '#lib/testing/test-latchkey'
import type { Latchkey } from '#lib/wiring'
import { clientOnly, invalidRequest } from './client-only'
import { json } from './json-reply'

let asked = 0
const route = clientOnly(async ({ name }, { fields }) =>
  'token' in fields ? json(200, { client: name, ...fields }) : invalidRequest({ token: ['This field is required.'] }),
)
let right: string

beforeAll(async () => {
  const { manageClients, authenticateClient } = testLatchkey()
  const created = await manageClients.create('billing')
  if (created.kind !== 'created') throw new Error('not created')
  right = basic(`${created.client.id}:${created.secret}`)
  const counting: typeof authenticateClient = (credentials, context) => {
    asked++
    return authenticateClient(credentials, context)
  }
  const config = { trustedProxies: [], jwt: { authHeader: { schemes: ['Bearer'], name: 'authorization' } } }
  await openOnce(async () => ({ config, authenticateClient: counting }) as unknown as Latchkey)
})

const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`
const call = (method: keyof typeof route, authorization?: string, body?: string, type = 'application/json') => {
  const headers = { 'content-type': type, ...(authorization === undefined ? {} : { authorization }) }
  const init = { method, headers, ...(body === undefined ? {} : { body }) }
  return route[method](new Request('http://localhost/api/token/introspect/', init))
}
const seen = async (reply: Response) => [reply.status, await reply.json()]
const refused = { error: 'invalid_client', detail: 'Client authentication failed.', code: 'invalid_client' }

describe('a route for clients', () => {
  test('tells the handler which client asks', async () => {
    const reply = await call('POST', right, '{"token":"x"}')
    expect(await seen(reply)).toEqual([200, { client: 'billing', token: 'x' }])
    expect(reply.headers.get('allow')).toBe('POST, OPTIONS')
  })

  test.each<[string, keyof typeof route, string | undefined, string?, string?]>([
    ['no credentials', 'POST', undefined, '{"token":"x"}'],
    ['a wrong secret', 'POST', basic('00000000-0000-4000-8000-000000000000:x'), '{"token":"x"}'],
    ['a body that is none', 'POST', undefined, '{'],
    ['a body of another type', 'POST', undefined, 'x', 'text/plain'],
    ['another method', 'PUT', undefined, '{}'],
    ['GET', 'GET', undefined],
    ['OPTIONS', 'OPTIONS', undefined],
  ])('IN-1 %s without a right secret: 401 and nothing more', async (_, method, authorization, body, type) => {
    const reply = await call(method, authorization, body, type)
    expect(await seen(reply)).toEqual([401, refused])
    expect(reply.headers.get('www-authenticate')).toBe('Basic realm="api"')
  })

  test('what holds no credentials is not looked for', async () => {
    asked = 0
    for (const header of [undefined, '', 'Basic', 'Bearer x', 'Basic !']) await call('POST', header, '{}')
    expect(asked).toBe(0)
  })

  test('with a right secret, method and body are judged as everywhere', async () => {
    expect((await call('PUT', right, '{}')).status).toBe(405)
    expect((await call('POST', right, 'x', 'text/plain')).status).toBe(415)
    expect(await seen(await call('POST', right, '{}'))).toEqual([
      400,
      { error: 'invalid_request', token: ['This field is required.'] },
    ])
  })

  test('who must wait is told how long', async () => {
    const wrong = basic('00000000-0000-4000-8000-000000000000:x')
    for (let i = 0; i < 30; i++) await call('POST', wrong, '{}')
    const reply = await call('POST', wrong, '{}')
    expect([reply.status, Number(reply.headers.get('retry-after'))]).toEqual([429, 900])
    expect((await call('POST', right, '{"token":"x"}')).status).toBe(200)
  })
})
