/** The headers of every reply (HD-1 to HD-7, CK-5), and which posts are ours (CS-1). */
import { actionId, expect, hiddenFields, register, session, test } from './people'
import { standard } from './servers'

const everywhere = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), publickey-credentials-get=(self)',
  'x-frame-options': 'DENY',
  'x-request-id': expect.stringMatching(/^[0-9a-f]{16}$/),
}

test('HD-3, HD-6 on pages, redirects, JSON, static files, 404 and 405 alike', async ({ page, registered }) => {
  expect(registered).toBeTruthy()
  const html = await (await page.request.get('/dashboard')).text()
  const file = /\/_next\/static\/[^"]+\.js/.exec(html)?.[0] ?? 'no script'
  const asked = ['/dashboard', '/login', '/auth/session/', '/api/me/', '/api/none', file, '/no/such/page', '/icon.svg']
  const replies = await Promise.all(asked.map((path) => page.request.get(path, { maxRedirects: 0 })))
  replies.push(await page.request.put('/api/token/'), await page.request.get('/auth/login/'))
  for (const reply of replies) {
    expect([reply.url(), reply.headers()]).toEqual([reply.url(), expect.objectContaining(everywhere)])
    expect(reply.headers()).not.toHaveProperty('x-powered-by')
    expect(reply.headers()).not.toHaveProperty('server')
  }
})

const page = 'GET, HEAD, POST'
const posted = 'POST, OPTIONS'
for (const [path, allow] of [
  ...['/', '/login', '/logout', '/dashboard', '/account/sessions'].map((path) => [path, page]),
  ...['login', 'register', 'logout', 'refresh'].map((name) => [`/auth/${name}/`, posted]),
  ['/auth/session/', 'GET, HEAD, OPTIONS'],
  ['/theme', posted],
  ['/api/csp-report/', posted],
  ['/api/token/', posted],
  ['/api/protected/', 'GET, HEAD, OPTIONS'],
] as [string, string][]) {
  test(`HD-6 ${path} answers ${allow}, and every other method with 405 and that list`, async ({ page, registered }) => {
    const { access } = await (await page.request.post('/api/token/', { data: registered })).json()
    const headers = { origin: standard.url, authorization: `Bearer ${access}` }
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
      if (allow.includes(method)) continue
      const reply = await page.request.fetch(path, { method, headers, maxRedirects: 0 })
      expect([method, reply.status(), reply.headers().allow]).toEqual([method, 405, allow])
      expect((await reply.json()).detail).toBe(`Method "${method}" not allowed.`)
    }
    expect(await session(page)).not.toBeNull()
  })
}

test('HD-6 no TRACE, no source map', async ({ request }) => {
  const trace = await request.fetch('/login', { method: 'TRACE' })
  expect([trace.status(), await trace.text()]).toEqual([405, ''])
  const html = await (await request.get('/login')).text()
  const scripts = [...html.matchAll(/\/_next\/static\/[^"\\]+\.js/g)].map(([path]) => path)
  expect(scripts.length).toBeGreaterThan(0)
  for (const path of scripts) {
    expect([path, (await request.get(`${path}.map`)).status()]).toEqual([path, 404])
    expect(await (await request.get(path)).text()).not.toContain('sourceMappingURL')
  }
})

test('HD-7 pages, texts and scripts name their charset', async ({ page, registered }) => {
  expect(registered).toBeTruthy()
  const html = await (await page.request.get('/dashboard')).text()
  const script = /\/_next\/static\/[^"]+\.js/.exec(html)?.[0] ?? 'no script'
  const style = /\/_next\/static\/[^"]+\.css/.exec(html)?.[0] ?? 'no style'
  for (const path of [
    '/dashboard',
    '/login',
    '/no/such/page',
    '/favicon.ico',
    '/_next/static/none.js',
    script,
    style,
  ]) {
    const reply = await page.request.get(path)
    expect([path, reply.headers()['content-type']?.toLowerCase()]).toEqual([
      path,
      expect.stringContaining('; charset=utf-8'),
    ])
  }
})

test('HD-1 the policy of pages: a nonce of its own for each reply, on every script, and no style attribute', async ({
  page,
  person,
}) => {
  await register(page, person)
  const paths = ['/', '/login', '/register', '/logout', '/dashboard', '/account/profile', '/account/security']
  paths.push('/account/sessions', '/reauthenticate', '/no/such/page', '/favicon.ico')
  const nonces = new Set<string>()
  for (const path of paths) {
    const reply = await page.request.get(path)
    const policy = reply.headers()['content-security-policy'] ?? ''
    const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? ''
    expect(Buffer.from(nonce, 'base64')).toHaveLength(16)
    nonces.add(nonce)
    for (const part of [
      `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'`,
      "default-src 'self'",
      "object-src 'none'",
      "base-uri 'none'",
      "form-action 'self'",
      "frame-ancestors 'none'",
      'report-uri /api/csp-report/',
    ]) {
      expect(policy).toContain(part)
    }
    expect(policy).not.toContain('unsafe')
    const html = await reply.text()
    const scripts = html.match(/<script\b[^>]*>/g) ?? []
    expect(scripts.length).toBeGreaterThan(0)
    for (const script of scripts) expect(script).toContain(`nonce="${nonce}"`)
    expect(html).not.toMatch(/<[^>]+\sstyle=/)
  }
  expect(nonces.size).toBe(paths.length)
})

test('HD-2, HD-7 JSON has a policy of its own and a charset', async ({ request }) => {
  for (const path of ['/auth/session/', '/api/me/', '/api/none']) {
    const { 'content-security-policy': policy, 'content-type': type } = (await request.get(path)).headers()
    expect([path, policy, type]).toEqual([
      path,
      "default-src 'none'; frame-ancestors 'none'",
      'application/json; charset=utf-8',
    ])
  }
})

test('HD-5, CK-5 signed-in pages, API replies and whatever sets a cookie are stored nowhere', async ({
  page,
  registered,
}) => {
  expect(registered).toBeTruthy()
  for (const path of ['/dashboard', '/account/profile', '/login', '/api/me/', '/auth/session/']) {
    const reply = await page.request.get(path, { maxRedirects: 0 })
    expect([path, reply.headers()['cache-control']]).toEqual([path, 'private, no-store'])
  }
  await page.context().clearCookies({ name: 'access_token' })
  const refreshed = await page.request.get('/account/profile')
  expect(refreshed.headers()['set-cookie']).toContain('access_token=')
  expect(refreshed.headers()['cache-control']).toBe('private, no-store')
})

for (const path of ['/logout', '/auth/logout/']) {
  test(`SE-2 the reply to a POST to ${path} clears cookies, cache and storage`, async ({ page, registered }) => {
    expect(registered).toBeTruthy()
    const reply = await page.request.post(path, {
      headers: { origin: standard.url, accept: 'text/html' },
      maxRedirects: 0,
    })
    expect([reply.status(), reply.headers().location]).toEqual([303, '/login'])
    expect(reply.headers()['clear-site-data']).toBe('"cache", "storage"')
    for (const name of ['access_token', 'refresh_token'])
      expect(reply.headers()['set-cookie']).toMatch(new RegExp(`${name}=; Path=/; .*Max-Age=0`))
    expect(await page.context().cookies()).toEqual([])
  })
}

const ours = standard.url
const origins: [string, Record<string, string>, boolean][] = [
  ['Sec-Fetch-Site same-origin', { 'sec-fetch-site': 'same-origin' }, true],
  ['Sec-Fetch-Site same-site, though the Origin is ours', { 'sec-fetch-site': 'same-site', origin: ours }, false],
  ['Sec-Fetch-Site cross-site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }, false],
  ['Sec-Fetch-Site none', { 'sec-fetch-site': 'none' }, false],
  ['no Sec-Fetch-Site, our Origin', { origin: ours }, true],
  ['no Sec-Fetch-Site, our other name', { origin: ours.replace('localhost', '127.0.0.1') }, true],
  ['no Sec-Fetch-Site, our name at another port', { origin: 'http://localhost:1' }, false],
  ['no Sec-Fetch-Site, Origin null', { origin: 'null' }, false],
  ['neither', {}, false],
]
for (const [name, headers, allowed] of origins) {
  test(`CS-1 ${name}: ${allowed ? 'goes on' : '403, and nothing happens'}`, async ({ page, registered }) => {
    expect(registered).toBeTruthy()
    for (const path of ['/auth/login/', '/auth/register/', '/auth/refresh/', '/theme']) {
      const reply = await page.request.post(path, { data: {}, headers, maxRedirects: 0 })
      expect([path, reply.status() === 403]).toEqual([path, !allowed])
    }
    const action = await page.request.post('/dashboard', {
      multipart: { x: 'y' },
      headers: { ...headers, 'next-action': 'a'.repeat(42) },
    })
    expect(action.status() === 403).toBe(!allowed)
    expect(action.status()).toBeLessThan(500)
    await page.request.post('/auth/logout/', { headers })
    expect((await session(page)) === null).toBe(allowed)
  })
}

test('CS-1 the 403 of a form or action from another site can be read, and the action has not run', async ({
  page,
  registered,
}) => {
  const fields = hiddenFields(await (await page.request.get('/dashboard')).text(), 'Shorten')
  const before = await session(page)
  const foreign = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
  const sent = [
    { multipart: fields, headers: { ...foreign, accept: 'text/html' } },
    {
      data: Buffer.from('[{}]'),
      headers: { ...foreign, 'content-type': 'text/plain', 'next-action': actionId(fields) },
    },
  ]
  for (const options of sent) {
    const reply = await page.request.post('/dashboard', { ...options, maxRedirects: 0 })
    expect(reply.status()).toBe(403)
    expect(await reply.text()).toContain('This request came from another site and was refused.')
    expect(reply.headers()['set-cookie']).toBeUndefined()
  }
  expect((await session(page))?.access.expires_at).toBe(before?.access.expires_at)
  // The same, from here, does run.
  const headers = { origin: standard.url, 'sec-fetch-site': 'same-origin' }
  expect((await page.request.post('/dashboard', { multipart: fields, headers, maxRedirects: 0 })).status()).toBe(303)
  expect((await session(page))?.access.expires_at).not.toBe(before?.access.expires_at)
  expect(registered).toBeTruthy()
})

test('a program that brings no cookie needs no origin', async ({ request }) => {
  expect((await request.post('/api/token/', { data: {} })).status()).toBe(400)
})

test('the report of a stopped script is taken, and nonsense is not', async ({ request }) => {
  const report = { 'csp-report': { 'effective-directive': 'script-src', 'blocked-uri': 'https://evil.example' } }
  expect((await request.post('/api/csp-report/', { data: report })).status()).toBe(204)
  expect((await request.post('/api/csp-report/', { data: 'nonsense' })).status()).toBe(400)
  expect((await request.post('/api/csp-report/', { data: { 'csp-report': 'x'.repeat(20_000) } })).status()).toBe(413)
})
