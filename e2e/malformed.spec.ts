/** Requests that no client of ours sends: each gets words and a status of its own, none a fault, and the server goes on. */
import { actionId, expect, hiddenFields, newAddress, test } from './people'
import { sendMuch, sendRaw, type RawReply } from './raw-http'
import { standard } from './servers'

const host = `Host: localhost:${standard.port}`
const HEAD = `${host}\r\nConnection: close\r\n\r\n`
const ask = (line: string, head = HEAD) => sendRaw(standard.port, `${line} HTTP/1.1\r\n${head}`)

function expectRefusal({ headers, body, ...reply }: RawReply, status: number, code: string) {
  expect(reply.status).toBe(status)
  expect(headers).toMatchObject({
    'content-type': 'application/json; charset=utf-8',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'cache-control': 'private, no-store',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'x-request-id': expect.stringMatching(/^[0-9a-f]{16}$/),
  })
  expect(JSON.parse(body)).toEqual({ detail: expect.stringMatching(/^[A-Z].*\.$/), code })
}

test.describe('targets', () => {
  for (const line of [
    ...['GET /api/%', 'GET /%zz', 'POST /api/token/%', 'GET /%c0%af', 'GET /%ff', 'OPTIONS *', 'GET *'],
    ...['GET http://evil.example/x', 'POST https://evil.example/login', `GET http://localhost:${standard.port}/login`],
  ]) {
    test(`${line.replace(String(standard.port), '…')} is 400`, async () => {
      const reply = await ask(line)
      expectRefusal(reply, 400, 'bad_request')
      expect(reply.headers.location).toBeUndefined()
    })
  }

  for (const path of [
    '/api',
    '/api/',
    '/api/%2e',
    '/api/%2E/',
    '/api/.',
    '/api/x%2fy',
    '/api/%5cx',
    '/api/token;x',
    '/api/x%00',
  ]) {
    test(`${path} is 404 in JSON`, async () => {
      const { status, headers, body } = await ask(`GET ${path}`)
      expect([status, headers['content-type']]).toEqual([404, 'application/json; charset=utf-8'])
      expect(body).toContain('{"detail":"Not found.","code":"not_found"}')
    })
  }

  for (const [target, to] of [
    ['//evil.example/x', '/evil.example/x'],
    ['/\\evil.example', '/evil.example'],
    ['/api//token/', '/api/token/'],
  ]) {
    test(`${target} leads to ${to}, here`, async () => {
      const { status, headers } = await ask(`GET ${target}`)
      expect([status, headers.location]).toEqual([308, to])
      expect(headers['x-request-id']).toMatch(/^[0-9a-f]{16}$/)
    })
  }
})

test('no Host is 400; CONNECT and PROPFIND are 405; an Upgrade is a plain request', async () => {
  expectRefusal(await ask('GET /login', 'Connection: close\r\n\r\n'), 400, 'bad_host')
  expectRefusal(await ask('CONNECT evil.example:443'), 405, 'method_not_allowed')
  expectRefusal(await ask('PROPFIND /api/token/'), 405, 'method_not_allowed')
  const upgrade = `GET /login HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n${host}\r\n\r\n`
  expect((await sendRaw(standard.port, upgrade, 'headers')).status).toBe(200)
})

test('TH-9 headers above 16 kB are 431', async () => {
  expectRefusal(await ask('GET /login', `X-Long: ${'x'.repeat(17_000)}\r\n${HEAD}`), 431, 'headers_too_large')
})

test('headers and bodies that never come to their end are given up', async () => {
  const start = Date.now()
  const [headers, body] = await Promise.all([
    sendRaw(standard.port, `GET /login HTTP/1.1\r\n${host}\r\nX-A`),
    sendRaw(standard.port, `POST /api/token/ HTTP/1.1\r\n${host}\r\nContent-Length: 20\r\n\r\n{"email":`),
  ])
  expectRefusal(headers, 408, 'timeout')
  expectRefusal(body, 408, 'timeout')
  expect(Date.now() - start).toBeLessThan(60_000)
})

test.describe('TH-9 bodies', () => {
  for (const [path, limit] of [
    ['/api/token/', 16_384],
    ['/auth/login/', 16_384],
    ['/api/csp-report/', 10_000],
    ['/login', 65_536],
  ] as const) {
    test(`${path}: ${limit} bytes and no more, with a length or in chunks`, async () => {
      for (const [size, refused] of [
        [limit, false],
        [limit + 1, true],
      ] as const) {
        const body = `{"a":"${'x'.repeat(size - 8)}"}`
        const sent = `POST ${path} HTTP/1.1\r\nOrigin: ${standard.url}\r\nContent-Type: application/json\r\n`
        const replies = await Promise.all([
          sendRaw(standard.port, `${sent}Content-Length: ${size}\r\n${HEAD}${body}`),
          sendRaw(
            standard.port,
            `${sent}Transfer-Encoding: chunked\r\n${HEAD}${size.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
          ),
        ])
        for (const reply of replies) {
          if (refused) expectRefusal(reply, 413, 'too_large')
          else expect([200, 400]).toContain(reply.status)
        }
      }
    })
  }

  test('200 MB in chunks are cut off early, and the sender is told why', async () => {
    const { status, sent, body } = await sendMuch({ port: standard.port, path: '/api/token/', bytes: 200_000_000 })
    expect(status).toBe(413)
    expect(JSON.parse(body)).toEqual({ detail: 'The request body is larger than 16384 bytes.', code: 'too_large' })
    expect(sent).toBeLessThan(20_000_000)
  })
})

/** A multipart body with the boundary x. */
const multipart = (...parts: [name: string, text: string, head?: string][]) =>
  `${parts.map(([name, text, head = '']) => `--x\r\nContent-Disposition: form-data; name="${name}"${head}\r\n\r\n${text}\r\n`).join('')}--x--\r\n`
const FORM = 'multipart/form-data; boundary=x'
const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)

/** What React cannot read as the arguments of a call. */
const arguments_ = [
  ...['', '{', '[', '{}', 'null', '1', '"x"', '"$K1"', '[]x', '\ufeff[]', nested(30_000), '['.repeat(60_000)],
  ...['["$1"]', '["$F1"]', '["$@1"]', '["$h1"]', '["$B1"]', '["$R1"]', '["$Q1"]', '["$nX"]', '["$o1"]', '["$0:5"]'],
  ...['["$i0"]', '["$Sx"]', '["$"]', JSON.stringify(Array(1001).fill(0))],
]

/** What is no multipart form, or none as browsers write it. */
const forms = [
  ...['', 'garbage', '--x', '--x\r\nContent-Dis', '--x\r\n\r\nv\r\n--x--\r\n', multipart(['0', '[]']).slice(0, -8)],
  multipart(['0', '[]']).replaceAll('\r\n', '\n'),
  '--x\r\nContent-Disposition: form-data\r\n\r\nv\r\n--x--\r\n',
]
const callForms = [
  ...[...forms, multipart(['1', '[]']), multipart(['0', '{']), multipart(['0', '["$1"]']), multipart(['a', 'b'])],
  multipart(['0', '[]'], ['f', 'AAAA', '; filename="a"\r\nContent-Transfer-Encoding: base64']),
  multipart(['0', '[]', '\r\nContent-Type: text/plain; charset=utf-16']),
  multipart(['0', '[]', '\r\nContent-Type: text/plain; charset=nonsense']),
  multipart(['0', '[]', `\r\nX-Long: ${'y'.repeat(20_000)}`]),
  multipart(['0', '[]', '\r\nX-A: y'.repeat(3000)]),
]

test.describe('server actions', () => {
  const login = async (request: import('@playwright/test').APIRequestContext) => {
    const fields = hiddenFields(await (await request.get('/login')).text(), 'Log in')
    const id = actionId(fields)
    const post = (type: string, body: string, headers: Record<string, string> = {}, path = '/login') =>
      request.post(path, {
        data: Buffer.from(body),
        headers: { origin: standard.url, 'content-type': type, 'x-forwarded-for': newAddress(), ...headers },
        maxRedirects: 0,
      })
    return { fields, id, post, call: { 'next-action': id } }
  }

  test('arguments that cannot be read are 400 in words', async ({ request }) => {
    const { post, call } = await login(request)
    for (const body of arguments_) {
      const reply = await post('text/plain;charset=UTF-8', body, call)
      expect([body.slice(0, 40), reply.status()]).toEqual([body.slice(0, 40), 400])
      expect(await reply.json()).toEqual({ detail: 'What was sent cannot be read.', code: 'unreadable' })
    }
    const page = await post('text/plain', '{', { ...call, accept: 'text/html' })
    expect([page.status(), page.headers()['content-type']]).toEqual([400, 'text/html; charset=utf-8'])
    expect(await page.text()).toContain('What was sent cannot be read.')
  })

  test('forms that cannot be read are 400, with and without an action’s id', async ({ request }) => {
    const { post, call } = await login(request)
    for (const body of callForms) {
      const reply = await post(FORM, body, call)
      expect([body.slice(0, 60), reply.status()]).toEqual([body.slice(0, 60), 400])
    }
    for (const body of forms) {
      const reply = await post(FORM, body)
      expect([body.slice(0, 60), reply.status()]).toEqual([body.slice(0, 60), 400])
    }
  })

  test('a form whose action is bent is refused', async ({ request }) => {
    const { fields, id, post } = await login(request)
    const name = Object.keys(fields)
      .find((key) => key.startsWith('$ACTION_REF_'))
      ?.slice('$ACTION_REF_'.length)
    const bent = (descriptor: string, bound: string) =>
      multipart(
        [`$ACTION_REF_${name}`, ''],
        [`$ACTION_${name}:0`, descriptor],
        [`$ACTION_${name}:1`, bound],
        ['$ACTION_KEY', 'k'],
      )
    const good = `{"id":"${id}","bound":"$@1"}`
    for (const [descriptor, bound] of [
      ['{', '[]'],
      [`{"id":"${id}"`, '[]'],
      [`{"id":"${id}","id":"x","bound":null}`, '[]'],
      [`{"id":"${id}","bound":"$@9"}`, '[]'],
      [good, '{'],
      [good, '{}'],
      [good, '["$T"]'],
      [good, nested(20_000)],
      [good, JSON.stringify(Array(1001).fill(1))],
    ] as const) {
      const reply = await post(FORM, bent(descriptor, bound))
      expect([descriptor, bound.slice(0, 30), reply.status()]).toEqual([descriptor, bound.slice(0, 30), 400])
    }
    // As it is sent by the page, it is read: somebody who is not known is told so, on the page.
    const typed: [string, string][] = [
      ['identifier', 'nobody'],
      ['password', 'no password'],
    ]
    const asSent = await post(FORM, multipart(...Object.entries(fields), ...typed))
    expect(asSent.status()).toBe(200)
    expect(await asSent.text()).toContain('role="alert"')
  })

  test('ids that are no action’s, at every kind of path, and types of every kind are no fault', async ({ request }) => {
    const { post, call } = await login(request)
    const paths = [
      '/login',
      '/',
      '/no/such',
      '/dashboard',
      '/favicon.ico',
      '/robots.txt',
      '/_next/static/x.js',
      '/_error',
    ]
    for (const path of paths) {
      for (const id of ['x', '', '__proto__', 'toString', 'then', 'a'.repeat(42), '0'.repeat(200)]) {
        const reply = await post('text/plain', '[]', { 'next-action': id }, path)
        expect([path, id, reply.status() >= 400 && reply.status() < 500]).toEqual([path, id, true])
        expect(await reply.text()).not.toBe('')
      }
      for (const [type, body] of [
        [FORM, '{'],
        ['text/plain', '{'],
      ] as const)
        expect([path, type, (await post(type, body, call, path)).status() < 500]).toEqual([path, type, true])
    }
    for (const type of [
      'application/json',
      'text/html',
      'Multipart/Form-Data; boundary=x',
      'multipart/form-data',
      'x',
      ';',
    ])
      for (const headers of [{}, call])
        expect([type, (await post(type, multipart(['a', 'b']), headers)).status() < 500]).toEqual([type, true])
    const urlencoded = 'application/x-www-form-urlencoded'
    for (const type of [urlencoded, `${urlencoded}; charset=utf-8`])
      for (const headers of [{}, call])
        expect([type, (await post(type, 'a=b&%zz', headers)).status() < 500]).toEqual([type, true])
  })

  test('HD-6 an action is not run by way of a file', async ({ request }) => {
    const { post, call } = await login(request)
    for (const path of ['/favicon.ico', '/icon.svg', '/robots.txt', '/_next/static/x.js']) {
      const reply = await post('text/plain', '[]', call, path)
      expect([path, reply.status(), reply.headers().allow]).toEqual([path, 405, 'GET, HEAD'])
    }
  })

  test('CS-1 an Origin that is none does not get past the check, nor make a fault', async ({ request }) => {
    const { post, call } = await login(request)
    for (const origin of [
      'nonsense',
      'null',
      'http://',
      'https://evil.example',
      `${standard.url}, https://evil.example`,
    ]) {
      const refused = await post('text/plain', '[]', { ...call, origin })
      expect([origin, refused.status()]).toEqual([origin, 403])
      const judged = await post('text/plain', '[]', { ...call, origin, 'sec-fetch-site': 'same-origin' })
      expect([origin, judged.status()]).toEqual([origin, 200])
    }
  })
})
