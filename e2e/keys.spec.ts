/** Keys as other services and a shell see them: the key set, the metadata, and rotation under load on a real server. */
import { execFile } from 'node:child_process'
import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import path from 'node:path'
import type { APIRequestContext } from '@playwright/test'
import { expect, newAddress, newPerson, test } from './people'
import { pause, startServer, type ServerProcess } from './server-process'
import { root, scratch } from './servers'

interface Jwk {
  kid: string
  alg: string
}
const headerOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString())

async function obtain(request: APIRequestContext) {
  const person = newPerson()
  await request.post('/api/register/', { data: person })
  return (await request.post('/api/token/', { data: person })).json()
}

test('the key set checks our tokens, has no private member, and may be kept and read by anybody', async ({
  request,
}) => {
  const reply = await request.get('/.well-known/jwks.json')
  expect([reply.status(), reply.headers()]).toEqual([
    200,
    expect.objectContaining({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'public, max-age=300',
      'cross-origin-resource-policy': 'cross-origin',
    }),
  ])
  expect(reply.headers()).not.toHaveProperty('set-cookie')
  const { keys } = await reply.json()
  for (const key of keys) expect(Object.keys(key).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'])

  const { access } = await obtain(request)
  const jwk = keys.find(({ kid }: Jwk) => kid === headerOf(access).kid)
  const [header = '', payload = '', signature = ''] = access.split('.')
  const key = { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' as const }
  expect(verify('sha256', Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url'))).toBe(true)

  const put = await request.put('/.well-known/jwks.json')
  expect([put.status(), put.headers().allow, put.headers()['cache-control']]).toEqual([
    405,
    'GET, HEAD, OPTIONS',
    'private, no-store',
  ])
  expect((await request.get('/.well-known/none')).status()).toBe(404)
})

test('the metadata names what is there, and all of it answers', async ({ request, baseURL }) => {
  const reply = await request.get('/.well-known/oauth-authorization-server')
  expect(reply.headers()['cache-control']).toBe('public, max-age=300')
  const metadata = await reply.json()
  expect(metadata).toMatchObject({ issuer: baseURL, jwks_uri: `${baseURL}/.well-known/jwks.json` })
  expect((await request.get(metadata.jwks_uri)).status()).toBe(200)
  expect((await request.post(metadata.token_endpoint, { data: {} })).status()).toBe(400)
  for (const endpoint of [metadata.introspection_endpoint, metadata.revocation_endpoint]) {
    const refused = await request.post(endpoint, { form: { token: 'x' } })
    expect([endpoint, refused.status(), (await refused.json()).code]).toEqual([endpoint, 401, 'invalid_client'])
  }
})

test('with the public half of the keys alone: tokens are checked, none is issued, and that is said in words', async ({
  playwright,
}) => {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
  let server: ServerProcess | null = null
  try {
    const env = { JWT_VERIFYING_KEY: pem.replaceAll('\n', '\\n') }
    server = await startServer('verify-only', env, (process) => (server = process))
    const request = await playwright.request.newContext({ baseURL: server.url, maxRedirects: 0 })
    const origin = { origin: server.url }
    const data = { email: 'ada@example.com', username: 'ada', password: 'seven green bottles' }
    const stale = { cookie: 'refresh_token=stale' }
    const replies = await Promise.all([
      request.post('/api/token/', { data }),
      request.post('/api/token/refresh/', { data: { refresh: 'x' } }),
      request.post('/api/register/', { data }),
      request.post('/auth/login/', { data, headers: origin }),
      request.get('/dashboard', { headers: stale }),
    ])
    const refusal = { detail: 'This server only checks tokens; it has no key to issue any.', code: 'verify_only' }
    for (const reply of replies)
      expect([reply.url(), reply.status(), await reply.json()]).toEqual([reply.url(), 403, refusal])
    expect((await request.get('/', { headers: stale })).status()).toBe(200)
    expect((await request.post('/api/token/verify/', { data: { token: 'x' } })).status()).toBe(401)
    expect((await (await request.get('/.well-known/jwks.json')).json()).keys).toHaveLength(1)
    expect(await (await request.get('/.well-known/oauth-authorization-server')).json()).not.toHaveProperty(
      'token_endpoint',
    )
    expect(server.output()).not.toContain('"level":"error"')
    await request.dispose()
  } finally {
    server?.kill('SIGKILL')
    await server?.exited
  }
})

test('keys are rotated under load, by schedule and by hand: no 401, nobody is logged out', async ({ playwright }) => {
  const env = {
    ...{ TRUSTED_PROXIES: '127.0.0.1', RATE_LIMIT_SCALE: '10000', MAX_SESSIONS: '1000' },
    ...{ JWT_ACCESS_TOKEN_LIFETIME: '2s', ROTATION_AGE: '3s', LATE_REFRESH_WINDOW: '2s' },
    ...{ KEY_ROTATION_AGE: '6s', KEY_PUBLISH_AHEAD: '5s' },
  }
  let server: ServerProcess | null = null
  const refused: unknown[] = []
  const kids = new Set<string>()
  try {
    server = await startServer('rotation', env, (process) => (server = process))
    const options = { baseURL: server.url, extraHTTPHeaders: { 'x-forwarded-for': newAddress() }, maxRedirects: 0 }
    const contexts = await Promise.all([1, 2, 3].map(() => playwright.request.newContext(options)))
    const [browser, program, reader] = contexts as [APIRequestContext, APIRequestContext, APIRequestContext]
    const person = newPerson()
    await program.post('/api/register/', { data: person })
    const origin = { origin: server.url }
    expect((await browser.post('/auth/login/', { data: person, headers: origin })).status()).toBe(200)
    const end = Date.now() + 20_000
    const note = async (what: string, reply: { status(): number; text(): Promise<string> }) => {
      if (reply.status() !== 200) refused.push([what, reply.status(), (await reply.text()).slice(0, 200)])
    }

    const pages = async () => {
      let count = 0
      for (; Date.now() < end; count++) {
        await Promise.all([1, 2].map(async () => note('page', await browser.get('/dashboard'))))
        await note('session', await browser.get('/auth/session/'))
        await pause(100)
      }
      return count
    }
    const programs = async () => {
      let count = 0
      let { refresh } = await (await program.post('/api/token/', { data: person })).json()
      for (; Date.now() < end; count++) {
        const reply = await program.post('/api/token/refresh/', { data: { refresh } })
        await note('refresh', reply)
        const tokens = await reply.json()
        refresh = tokens.refresh
        kids.add(headerOf(tokens.access).kid)
        const bearer = { headers: { authorization: `Bearer ${tokens.access}` } }
        await note('protected', await program.get('/api/protected/', bearer))
        await note('verify', await program.post('/api/token/verify/', { data: { token: tokens.access } }))
        const { keys } = await (await reader.get('/.well-known/jwks.json')).json()
        if (!keys.some(({ kid }: Jwk) => kid === headerOf(tokens.access).kid))
          refused.push(['unpublished', headerOf(tokens.access).kid])
        await pause(50)
      }
      return count
    }
    const obtains = async () => {
      let count = 0
      for (; Date.now() < end; count++) {
        await note('obtain', await program.post('/api/token/', { data: person }))
        await pause(200)
      }
      return count
    }
    const rotates = async () => {
      await pause(1000)
      return manage('keys rotate --now', { ...env, DATA_DIR: path.join(scratch, 'rotation') })
    }
    const [pageCount, programCount, obtainCount, rotated] = await Promise.all([
      pages(),
      programs(),
      obtains(),
      rotates(),
    ])
    await Promise.all(contexts.map((context) => context.dispose()))
    // Either it began one, or the schedule had just begun its own.
    expect(rotated).toMatch(/^(Key|A rotation is under way: key) /)
    expect(refused).toEqual([])
    expect(kids.size).toBeGreaterThanOrEqual(3)
    for (const count of [pageCount, programCount, obtainCount]) expect(count).toBeGreaterThan(10)
  } finally {
    server?.kill('SIGKILL')
    await server?.exited
  }
})

/** What it said on standard error. */
function manage(args: string, env: Record<string, string>): Promise<string> {
  const command = ['--import', 'tsx', 'cli/manage.ts', ...args.split(' ')]
  return new Promise((resolve) =>
    execFile(process.execPath, command, { cwd: root, env: { ...process.env, ...env }, timeout: 60_000 }, (_, __, err) =>
      resolve(err),
    ),
  )
}
