/** The listener by itself, over real sockets: what it refuses, and that the handler behind it then never hears of it. */
import http from 'node:http'
import net from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { edgeRules } from '#lib/core/edge-rules'
import { createListener } from './listener.mjs'

const APP = 'https://app.example.com'
const rules = edgeRules({ secure: false, development: false, corsOrigins: [APP], tokenHeader: 'authorization' })
const json = 'application/json; charset=utf-8'

let server: http.Server | undefined
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

interface Seen {
  target?: string
  method?: string
  body: string
  peer?: unknown
}

/** A listener whose handler answers with what it has been sent. */
async function listen(times?: { headersTimeout: number; requestTimeout: number; connectionsCheckingInterval: number }) {
  const seen: Seen[] = []
  server = createListener({
    rules: () => rules,
    ...(times ? { times } : {}),
    handle: async (request, response) => {
      const heard: Seen = {
        target: request.url,
        method: request.method,
        body: '',
        peer: request.headers['x-latchkey-peer'],
      }
      seen.push(heard)
      for await (const chunk of request) heard.body += chunk
      response.setHeader('vary', 'Accept')
      response.end(`${heard.body.length} bytes`)
    },
  })
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  return { seen, port: (server.address() as net.AddressInfo).port }
}

/** Bytes as they are; everything that comes back until the other side closes. */
function raw(port: number, text: string, { after = '', closes = true } = {}): Promise<string> {
  return new Promise((resolve) => {
    let output = ''
    const socket = net.connect(port, '127.0.0.1', () => socket.write(text))
    socket.on('data', (chunk) => {
      output += chunk.toString()
      if (after && output.includes('100 Continue')) socket.write(after)
      if (!closes && output.includes('\r\n\r\n')) socket.destroy()
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(output))
  })
}

const HEAD = 'Host: localhost\r\nConnection: close\r\n\r\n'
const CHUNKED = 'POST /login HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n'

function parse(reply: string) {
  const [head = '', ...rest] = reply.split('\r\n\r\n')
  const [first = '', ...lines] = head.split('\r\n')
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]),
  )
  return { status: Number(first.split(' ')[1]), headers, body: rest.join('\r\n\r\n') }
}

function expectRefusal(reply: string, status: number, code: string) {
  const { headers, body, ...got } = parse(reply)
  expect(got.status).toBe(status)
  expect(headers).toMatchObject({
    'content-type': json,
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'cache-control': 'private, no-store',
    'x-content-type-options': 'nosniff',
    'x-request-id': expect.stringMatching(/^[0-9a-f]{16}$/),
    connection: 'close',
  })
  expect(JSON.parse(body)).toEqual({ detail: expect.stringMatching(/^[A-Z].*\.$/), code })
}

describe('what cannot be read is 400 in our shape, and goes no further', () => {
  test.each(['GET /api/%', 'GET /%zz', 'POST /%c0%af', 'GET *', 'OPTIONS *', 'GET http://evil.example/x'])(
    '%s',
    async (line) => {
      const { seen, port } = await listen()
      expectRefusal(await raw(port, `${line} HTTP/1.1\r\n${HEAD}`), 400, 'bad_request')
      expect(seen).toEqual([])
    },
  )

  test.each(['BREW /login HTTP/1.1', 'GET /login HTTP/9.1', 'GET', '\u0016\u0003\u0001', 'GET /\u0001 HTTP/1.1'])(
    'no HTTP: %j',
    async (line) => {
      const { seen, port } = await listen()
      expectRefusal(await raw(port, `${line}\r\n${HEAD}`), 400, 'bad_request')
      expect(seen).toEqual([])
    },
  )

  test('a length beside chunks, with which one request could be taken for two', async () => {
    const { seen, port } = await listen()
    expectRefusal(
      await raw(port, CHUNKED.replace('\r\n\r\n', '\r\nContent-Length: 5\r\n\r\n0\r\n\r\n')),
      400,
      'bad_request',
    )
    expect(seen).toEqual([])
  })

  test('no Host', async () => {
    const { seen, port } = await listen()
    expectRefusal(await raw(port, 'GET /login HTTP/1.1\r\nConnection: close\r\n\r\n'), 400, 'bad_host')
    expect(seen).toEqual([])
  })
})

describe('methods', () => {
  test.each(['PROPFIND', 'LINK', 'MKCOL', 'CONNECT'])('HD-6 %s is 405 with those that are', async (method) => {
    const { seen, port } = await listen()
    const reply = await raw(
      port,
      `${method} ${method === 'CONNECT' ? 'evil.example:443' : '/login'} HTTP/1.1\r\n${HEAD}`,
    )
    expectRefusal(reply, 405, 'method_not_allowed')
    expect(parse(reply).headers.allow).toBe('GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS')
    expect(seen).toEqual([])
  })

  test('HD-6 TRACE is 405 and sends nothing back', async () => {
    const { port } = await listen()
    const { status, body, headers } = parse(await raw(port, `TRACE /login HTTP/1.1\r\nX-Secret: 1\r\n${HEAD}`))
    expect([status, body, headers['x-content-type-options']]).toEqual([405, '', 'nosniff'])
  })

  test('an Upgrade is a plain request', async () => {
    const { seen, port } = await listen()
    const reply = await raw(
      port,
      'GET /login HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nHost: a\r\n\r\n',
      {
        closes: false,
      },
    )
    expect(parse(reply).status).toBe(200)
    expect(seen).toMatchObject([{ method: 'GET', target: '/login' }])
  })
})

test.each([
  ['//evil.example/x?y=//z', '/evil.example/x?y=//z'],
  ['/\\evil.example', '/evil.example'],
  ['/api//token/', '/api/token/'],
])('%s is asked for again at %s', async (target, to) => {
  const { seen, port } = await listen()
  const { status, headers } = parse(await raw(port, `GET ${target} HTTP/1.1\r\n${HEAD}`))
  expect([status, headers.location, headers['x-content-type-options']]).toEqual([308, to, 'nosniff'])
  expect(seen).toEqual([])
})

describe('TH-9: headers', () => {
  test('16 kB and more are 431', async () => {
    const { seen, port } = await listen()
    const reply = await raw(port, `GET /login HTTP/1.1\r\nX-Long: ${'x'.repeat(16_384)}\r\n${HEAD}`)
    expectRefusal(reply, 431, 'headers_too_large')
    expect(seen).toEqual([])
  })

  test('15 kB are taken', async () => {
    const { port } = await listen()
    const reply = await raw(port, `GET /login HTTP/1.1\r\nX-Long: ${'x'.repeat(15_000)}\r\n${HEAD}`)
    expect(parse(reply).status).toBe(200)
  })
})

describe('TH-9: bodies', () => {
  const post = (path: string, size: number) =>
    `POST ${path} HTTP/1.1\r\nContent-Length: ${size}\r\n${HEAD}${'x'.repeat(size)}`
  const chunks = (path: string, size: number) =>
    `${CHUNKED.replace('/login', path)}${size ? `${size.toString(16)}\r\n${'x'.repeat(size)}\r\n` : ''}0\r\n\r\n`

  test.each<[string, number]>([
    ['/api/token/', 16_384],
    ['/auth/login/', 16_384],
    ['/api/csp-report/', 10_000],
    ['/login', 65_536],
  ])('%s takes %i bytes and not one more, with a length or in chunks', async (path, limit) => {
    const { seen, port } = await listen()
    for (const send of [post, chunks]) {
      const taken = await raw(port, send(path, limit))
      expect(parse(taken).status).toBe(200)
      expect(taken).toContain(`${limit} bytes`)
      expectRefusal(await raw(port, send(path, limit + 1)), 413, 'too_large')
    }
    expect(seen.map(({ body }) => body.length)).toEqual([limit, limit])
  })

  test.each([
    ['no body', `POST /login HTTP/1.1\r\n${HEAD}`],
    ['an empty one', post('/login', 0)],
    ['an empty one in chunks', chunks('/login', 0)],
    ['none of a GET', `GET /login HTTP/1.1\r\n${HEAD}`],
  ])('%s is taken', async (_, text) => {
    const { port } = await listen()
    expect(parse(await raw(port, text)).status).toBe(200)
  })

  test('arrives in the order it was sent in, however it is cut', async () => {
    const { seen, port } = await listen()
    await new Promise<void>((resolve) => {
      const request = http.request({ port, host: '127.0.0.1', method: 'POST', path: '/login' }, (reply) =>
        reply.resume().on('end', resolve),
      )
      const send = (n: number) =>
        n < 20 ? request.write(`${n},`, () => setImmediate(send, n + 1)) : request.end('end')
      send(0)
    })
    expect(seen[0]?.body).toBe(`${Array.from({ length: 20 }, (_, n) => n).join()},end`)
  })

  test('two requests on one connection are two, each with its own', async () => {
    const { seen, port } = await listen()
    const keep = (body: string) => `POST /login HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`
    await raw(port, keep('first') + post('/login', 3))
    expect(seen.map(({ body }) => body)).toEqual(['first', 'xxx'])
  })

  test('a page’s reader is told on a page', async () => {
    const { port } = await listen()
    const text = post('/login', 70_000).replace('\r\n', '\r\nAccept: text/html\r\n')
    const { status, headers, body } = parse(await raw(port, text))
    expect([status, headers['content-type']]).toEqual([413, 'text/html; charset=utf-8'])
    expect(body).toContain('The request body is larger than 65536 bytes.')
    const nonce = /nonce="([^"]+)"/.exec(body)?.[1]
    expect(headers['content-security-policy']).toContain(`style-src 'self' 'nonce-${nonce}'`)
  })

  test('who waits to be told goes on, or hears at once that it is too much', async () => {
    const { port } = await listen()
    const ask = (size: number) => `POST /login HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: ${size}\r\n${HEAD}`
    const taken = await raw(port, ask(5), { after: 'hello' })
    expect(taken).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK/)
    expectRefusal(await raw(port, ask(100_000_000)), 413, 'too_large')
  })

  test('of 200 MB in chunks little is read and nothing kept, though their sender does not stop; and he is told why', async () => {
    const { seen, port } = await listen()
    const piece = `${(256 * 1024).toString(16)}\r\n${'x'.repeat(256 * 1024)}\r\n`
    const before = process.memoryUsage().arrayBuffers
    let most = 0
    let sent = 0
    const reply = await new Promise<string>((resolve) => {
      let output = ''
      const socket = net.connect(port, '127.0.0.1', () => socket.write(CHUNKED, send))
      const send = (error?: Error | null) => {
        most = Math.max(most, process.memoryUsage().arrayBuffers - before)
        if (error || socket.destroyed || sent >= 200_000_000) return
        socket.write(piece, send)
        sent += piece.length
      }
      socket.on('data', (chunk) => (output += chunk.toString()))
      socket.on('error', () => {})
      socket.on('close', () => resolve(output))
    })
    expectRefusal(reply, 413, 'too_large')
    expect(sent).toBeLessThan(20_000_000)
    expect(most).toBeLessThan(20_000_000)
    expect(seen).toEqual([])
  })
})

describe('a request that does not come to its end is given up', () => {
  const times = { headersTimeout: 300, requestTimeout: 600, connectionsCheckingInterval: 50 }

  test.each([
    ['half its headers', 'GET /login HTTP/1.1\r\nHost: a\r\nX-A'],
    ['half its body', 'POST /login HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf'],
    ['half its chunks', `${CHUNKED}4\r\nhalf\r\n`],
  ])('%s', async (_, text) => {
    const { seen, port } = await listen(times)
    expectRefusal(await raw(port, text), 408, 'timeout')
    expect(seen).toEqual([])
  })

  test('a body that its sender breaks off reaches nobody', async () => {
    const { seen, port } = await listen()
    await new Promise<void>((resolve) => {
      const socket = net.connect(port, '127.0.0.1', () =>
        socket.write(`${CHUNKED}4\r\nhalf\r\n`, () => socket.destroy()),
      )
      socket.on('close', () => resolve())
    })
    expect(parse(await raw(port, `GET /after HTTP/1.1\r\n${HEAD}`)).status).toBe(200)
    expect(seen.map(({ target }) => target)).toEqual(['/after'])
  })
})

describe('CO-1: the headers are on every reply', () => {
  const from = (origin: string, line: string, more = '') => `${line} HTTP/1.1\r\nOrigin: ${origin}\r\n${more}${HEAD}`

  test('of a handler, beside what it varies by itself', async () => {
    const { port } = await listen()
    const { headers } = parse(await raw(port, from(APP, 'GET /api/token/')))
    expect(headers).toMatchObject({ 'access-control-allow-origin': APP, vary: 'Accept, Origin' })
  })

  test.each<[string, number]>([
    ['GET /api/%', 400],
    ['PROPFIND /api/token/', 405],
    ['GET /api//token/', 308],
  ])('of the listener: %s', async (line, status) => {
    const { port } = await listen()
    const reply = parse(await raw(port, from(APP, line)))
    expect(reply.status).toBe(status)
    expect(reply.headers).toMatchObject({ 'access-control-allow-origin': APP, vary: 'Origin' })
  })

  test('a preflight is answered here, for those on the list', async () => {
    const { seen, port } = await listen()
    const more = 'Access-Control-Request-Method: POST\r\n'
    const granted = parse(await raw(port, from(APP, 'OPTIONS /api/token/', more)))
    expect([granted.status, granted.body, seen]).toEqual([204, '', []])
    expect(granted.headers).toMatchObject({
      'access-control-allow-origin': APP,
      'access-control-allow-methods': 'GET, HEAD, POST',
      'access-control-allow-headers': 'authorization, content-type',
      'x-content-type-options': 'nosniff',
      'x-request-id': expect.stringMatching(/^[0-9a-f]{16}$/),
    })
    const { headers } = parse(await raw(port, from('https://evil.example', 'OPTIONS /api/token/', more)))
    expect(Object.keys(headers).join()).not.toContain('access-control')
    expect([headers.vary, seen.length]).toEqual(['Accept, Origin', 1])
  })
})

test('TH-4 the peer is the socket’s, whatever a client says', async () => {
  const { seen, port } = await listen()
  await raw(port, `GET /login HTTP/1.1\r\nX-Latchkey-Peer: 203.0.113.7\r\n${HEAD}`)
  expect(seen).toMatchObject([{ peer: '127.0.0.1' }])
})
