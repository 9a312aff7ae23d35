/** Every answer that the OpenAPI document names, asked for in earnest: status, type, headers and body are what the document says. */
import type { APIRequestContext, APIResponse } from '@playwright/test'
import { answerSchema } from '#lib/testing/document-schema'
import { basic, newClient, type Client } from './new-client'
import { expect, newAddress, newPerson, registerByApi, test, type Person } from './people'

interface Asking {
  request: APIRequestContext
  person: Person
}
type Ask = (asking: Asking) => Promise<APIResponse>

const tokens = async ({ request, person }: Asking): Promise<{ access: string; refresh: string }> => {
  await registerByApi(request, person)
  return (await request.post('/api/token/', { data: person })).json()
}
const post =
  (path: string, data: object, headers = {}): Ask =>
  ({ request }) =>
    request.post(path, { data, headers })
const get =
  (path: string, headers = {}): Ask =>
  ({ request }) =>
    request.get(path, { headers })
const withToken =
  (path: string): Ask =>
  async (asking) =>
    asking.request.get(path, { headers: { authorization: `Bearer ${(await tokens(asking)).access}` } })
const sending =
  (path: string, field: string, kind: 'access' | 'refresh'): Ask =>
  async (asking) =>
    asking.request.post(path, { data: { [field]: (await tokens(asking))[kind] } })

const xml = { accept: 'application/xml' }
/** What every endpoint answers to whoever sends too much, something odd, or wants something else. */
const posted = (id: string, path: string): Record<string, Ask> => ({
  [`${id} 406`]: post(path, {}, xml),
  [`${id} 413`]: post(path, { email: 'x'.repeat(20_000) }),
  [`${id} 415`]: ({ request }) =>
    request.post(path, { data: Buffer.from('hello'), headers: { 'content-type': 'text/plain' } }),
})

let client: Promise<Client> | null = null
/** Of one worker, made when the first test asks for it. */
const byClient = async () => basic(await (client ??= newClient()))

/** What only a client may ask. */
const forClients = (id: string, path: string): Record<string, Ask> => {
  const ask =
    (options: (asking: Asking) => Promise<object> | object): Ask =>
    async (asking) =>
      asking.request.post(path, { headers: await byClient(), ...(await options(asking)) })
  return {
    [`${id} 200`]: ask(async (asking) => ({ form: { token: (await tokens(asking)).access } })),
    [`${id} 400`]: ask(() => ({ form: {} })),
    [`${id} 401`]: post(path, { token: 'x' }),
    [`${id} 406`]: ask(async () => ({ form: {}, headers: { ...(await byClient()), ...xml } })),
    [`${id} 413`]: ask(() => ({ data: { token: 'x'.repeat(20_000) } })),
    [`${id} 415`]: ask(async () => ({
      data: Buffer.from('hello'),
      headers: { ...(await byClient()), 'content-type': 'text/plain' },
    })),
    [`${id} 429`]: async ({ request }) => {
      const wrong = {
        ...basic({ id: (await (client ??= newClient())).id, secret: 'wrong' }),
        'x-forwarded-for': newAddress(),
      }
      let reply: APIResponse
      do reply = await request.post(path, { form: { token: 'x' }, headers: wrong })
      while (reply.status() === 401)
      return reply
    },
  }
}

const asks: Record<string, Ask> = {
  ...forClients('introspect', '/api/token/introspect/'),
  ...forClients('revoke', '/api/token/revoke/'),
  'jwks 200': get('/.well-known/jwks.json'),
  'metadata 200': get('/.well-known/oauth-authorization-server'),
  ...posted('register', '/api/register/'),
  'register 201': ({ request, person }) => request.post('/api/register/', { data: person }),
  'register 400': post('/api/register/', { email: 'nobody' }),
  'me 200': withToken('/api/me/'),
  'me 401': get('/api/me/', { authorization: 'Bearer nonsense' }),
  'me 406': async (asking) =>
    asking.request.get('/api/me/', { headers: { ...xml, authorization: `Bearer ${(await tokens(asking)).access}` } }),
  ...posted('obtain', '/api/token/'),
  'obtain 200': async ({ request, person }) => {
    await registerByApi(request, person)
    return request.post('/api/token/', { data: { username: person.email, password: person.password } })
  },
  'obtain 400': post('/api/token/', {}),
  'obtain 401': post('/api/token/', { email: 'nobody@example.com', password: 'nothing that counts' }),
  'obtain 429': async ({ request }) => {
    const headers = { 'x-forwarded-for': newAddress() }
    const { email } = newPerson()
    let reply: APIResponse
    do reply = await request.post('/api/token/', { data: { email, password: 'a guess' }, headers })
    while (reply.status() === 401)
    return reply
  },
  ...posted('refresh', '/api/token/refresh/'),
  'refresh 200': sending('/api/token/refresh/', 'refresh', 'refresh'),
  'refresh 400': post('/api/token/refresh/', { refresh: null }),
  'refresh 401': sending('/api/token/refresh/', 'refresh', 'access'),
  ...posted('verify', '/api/token/verify/'),
  'verify 200': sending('/api/token/verify/', 'token', 'access'),
  'verify 400': post('/api/token/verify/', {}),
  'verify 401': post('/api/token/verify/', { token: 'nonsense' }),
  ...posted('blacklist', '/api/token/blacklist/'),
  'blacklist 200': sending('/api/token/blacklist/', 'refresh', 'refresh'),
  'blacklist 400': ({ request }) =>
    request.post('/api/token/blacklist/', { data: Buffer.from('{'), headers: { 'content-type': 'application/json' } }),
  'blacklist 401': sending('/api/token/blacklist/', 'refresh', 'access'),
  'protected 200': withToken('/api/protected/'),
  'protected 401': get('/api/protected/'),
  'protected 406': async (asking) =>
    asking.request.get('/api/protected/', {
      headers: { ...xml, authorization: `Bearer ${(await tokens(asking)).access}` },
    }),
  'openapi 200': get('/api/openapi.json'),
  'openapi 304': async ({ request }) => {
    const { etag = 'none' } = (await request.get('/api/openapi.json')).headers()
    return request.get('/api/openapi.json', { headers: { 'if-none-match': etag } })
  },
  'openapi 406': get('/api/openapi.json', xml),
  'csp-report 204': post('/api/csp-report/', { 'csp-report': { 'effective-directive': 'script-src' } }),
  'csp-report 400': post('/api/csp-report/', { nonsense: true }),
}

interface Described {
  operationId: string
  responses: Record<string, { headers?: object; content?: object }>
}
const documentOf = async (request: APIRequestContext) => (await request.get('/api/openapi.json')).json()

/** Every answer by `operationId status`, with where to find it. */
function described(document: { paths: Record<string, Record<string, Described>> }) {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })),
  )
  return operations.flatMap(({ operationId, responses, ...where }) =>
    Object.entries(responses)
      // That is for faults of ours, which nobody can ask for.
      .filter(([status]) => status !== 'default')
      .map(([status, answer]) => ({ key: `${operationId} ${status}`, status, answer, ...where })),
  )
}

test('each answer of the document has a request here, and each request is of the document', async ({ request }) => {
  const keys = described(await documentOf(request)).map(({ key }) => key)
  expect(Object.keys(asks).sort()).toEqual(keys.sort())
})

for (const [key, ask] of Object.entries(asks)) {
  test(`${key} is as the document says`, async ({ request, person }) => {
    const document = await documentOf(request)
    const found = described(document).find((answer) => answer.key === key)
    if (!found) throw new Error(`The document has no ${key}.`)
    const reply = await ask({ request, person })
    expect(String(reply.status())).toBe(found.status)
    for (const name of Object.keys(found.answer.headers ?? {}))
      expect(reply.headers()).toHaveProperty(name.toLowerCase())
    const schema = answerSchema(document, found.path, found.method, found.status)
    if (!schema) return expect(await reply.text()).toBe('')
    const [type] = Object.keys(found.answer.content ?? {})
    expect(reply.headers()['content-type']).toBe(`${type}; charset=utf-8`)
    expect(schema.safeParse(await reply.json()).error).toBeUndefined()
  })
}

test('HD-5 the document may be kept for a while, what goes wrong there may not, and no cookie is set', async ({
  request,
}) => {
  const seen = async (reply: APIResponse) => [reply.status(), reply.headers()['cache-control']]
  expect(await seen(await request.get('/api/openapi.json'))).toEqual([200, 'public, max-age=300'])
  expect(await seen(await request.get('/api/openapi.json/'))).toEqual([200, 'public, max-age=300'])
  expect(await seen(await request.post('/api/openapi.json'))).toEqual([405, 'private, no-store'])
  expect(await seen(await request.get('/api/openapi.json', { headers: xml }))).toEqual([406, 'private, no-store'])
  expect(await seen(await request.get('/api/openapi.json', { headers: { host: 'elsewhere.example' } }))).toEqual([
    400,
    'private, no-store',
  ])
  const headers = (await request.get('/api/openapi.json')).headers()
  expect(headers).not.toHaveProperty('set-cookie')
  expect(headers['cross-origin-resource-policy']).toBe('cross-origin')
})
