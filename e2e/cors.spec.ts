/** CO-1: whose scripts may read what the API answers. The list is set at one of the servers (servers.ts); the other has none. */
import http from 'node:http'
import type { Page } from '@playwright/test'
import { expect, test } from './people'
import { hasty, neighbour, standard } from './servers'

const preflight = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' }

test('every reply under /api/ is for the listed origin, errors too, and says that it varies', async ({ request }) => {
  for (const [method, path, data, status] of [
    ['GET', '/api/me/', undefined, 401],
    ['GET', '/api/no/such', undefined, 404],
    ['PUT', '/api/token/', {}, 405],
    ['POST', '/api/token/', {}, 400],
    ['POST', '/api/token/', { email: 'x'.repeat(20_000) }, 413],
    ['GET', '/api/', undefined, 404],
  ] as const) {
    const ask = (origin: string, base = hasty.url) => request.fetch(base + path, { method, data, headers: { origin } })
    const listed = await ask(neighbour)
    expect([path, listed.status()]).toEqual([path, status])
    expect(listed.headers()).toMatchObject({
      'access-control-allow-origin': neighbour,
      'access-control-expose-headers': 'Retry-After, WWW-Authenticate, X-Request-Id',
      vary: expect.stringMatching(/\bOrigin\b/),
    })
    expect(listed.headers()['access-control-allow-credentials']).toBeUndefined()
    for (const reply of [await ask('https://evil.example'), await ask('null'), await ask(neighbour, standard.url)]) {
      expect(reply.status()).toBe(status)
      expect(reply.headers()['access-control-allow-origin']).toBeUndefined()
      expect(reply.headers().vary).toMatch(/\bOrigin\b/)
    }
  }
})

test('a preflight is 204 for the listed origin, and grants nothing to others', async ({ request }) => {
  const ask = (origin: string, path = '/api/token/') =>
    request.fetch(hasty.url + path, { method: 'OPTIONS', headers: { origin, ...preflight } })
  // Also where the handler would ask for a token first.
  for (const path of ['/api/token/', '/api/me/', '/api/protected']) {
    const granted = await ask(neighbour, path)
    expect(granted.status()).toBe(204)
    expect(granted.headers()).toMatchObject({
      'access-control-allow-origin': neighbour,
      'access-control-allow-methods': 'GET, HEAD, POST',
      'access-control-allow-headers': 'authorization, content-type',
      'access-control-max-age': '600',
      vary: 'Origin',
    })
  }
  expect(JSON.stringify((await ask('https://evil.example')).headers())).not.toContain('access-control')
})

test('what knows people by their cookies is for nobody else', async ({ request }) => {
  for (const path of ['/login', '/auth/session/', '/auth/login/', '/dashboard']) {
    for (const method of ['GET', 'POST', 'OPTIONS']) {
      const headers = { origin: neighbour, ...preflight }
      const reply = await request.fetch(hasty.url + path, { method, headers, maxRedirects: 0 })
      expect(JSON.stringify(reply.headers())).not.toContain('access-control')
    }
  }
})

/** In a page of another site: what its script gets to see of a reply, or null when the browser keeps it to itself. */
async function readFrom(page: Page, site: string, url: string) {
  await page.goto(site)
  return page.evaluate(async (address) => {
    try {
      const reply = await fetch(address, { headers: { authorization: 'Bearer x', 'content-type': 'application/json' } })
      return { status: reply.status, id: reply.headers.get('x-request-id'), code: (await reply.json()).code }
    } catch {
      return null
    }
  }, url)
}

test.describe('in a browser', () => {
  // Headers of a test's own would be asked for in the preflight, and not be granted.
  test.use({ extraHTTPHeaders: {} })

  test('a browser lets the listed site read, and keeps everything from another', async ({ page }) => {
    const site = http.createServer((_, reply) =>
      reply.setHeader('content-type', 'text/html').end('<title>Neighbour</title>'),
    )
    await new Promise<void>((resolve) => site.listen(Number(new URL(neighbour).port), '127.0.0.1', resolve))
    const url = `${hasty.url}/api/protected/`
    try {
      expect(await readFrom(page, neighbour, url)).toEqual({
        ...{ status: 401, code: 'token_not_valid' },
        id: expect.stringMatching(/^[0-9a-f]{16}$/),
      })
      expect(await readFrom(page, neighbour.replace('127.0.0.1', 'localhost'), url)).toBeNull()
      expect(await readFrom(page, neighbour, `${standard.url}/api/protected/`)).toBeNull()
    } finally {
      site.closeAllConnections()
      site.close()
    }
  })
})
