/** The examples of docs/guides/other-services.md, each as a process of its own, with good tokens and bad ones. */
import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import fs from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import { expect, test } from '@playwright/test'
import { SignJWT } from 'jose'
import { newAddress, newPerson } from './people'
import { freePort, until } from './server-process'
import { root, scratch, standard } from './servers'

interface Example {
  name: string
  needs: string
  available: boolean
  /** Whether it hears of a session that has ended before its access token has. */
  hearsOfEnds: boolean
  /** Whether it tells a token that is bad from one of which nothing can be known. */
  knowsItDoesNotKnow: boolean
  start: (port: number, env?: Record<string, string>) => ChildProcess | Promise<ChildProcess>
}

// Debian's, which its packages belong to; another python3 may stand before it in the PATH.
const python = fs.existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3'
const has = (module: string) => spawnSync(python, ['-c', `import ${module}`]).status === 0
const examples: Example[] = [
  {
    name: 'PyJWT',
    needs: 'python3-jwt and python3-cryptography',
    available: has('jwt, cryptography'),
    hearsOfEnds: false,
    knowsItDoesNotKnow: true,
    start: (port, env) => run(python, ['docs/examples/pyjwt/app.py'], { PORT: String(port), ...env }),
  },
  {
    name: 'Django with SimpleJWT',
    needs: 'python3-djangorestframework-simplejwt and python3-cryptography',
    available: has('rest_framework_simplejwt, cryptography'),
    hearsOfEnds: false,
    // SimpleJWT has one answer for both.
    knowsItDoesNotKnow: false,
    start: (port) => run(python, ['docs/examples/django/service.py', 'runserver', '--noreload', String(port)]),
  },
  {
    name: 'Node with jose',
    needs: 'nothing',
    available: true,
    hearsOfEnds: false,
    knowsItDoesNotKnow: true,
    start: (port, env) => run('node', ['docs/examples/node/server.mjs'], { PORT: String(port), ...env }),
  },
  {
    name: 'introspection',
    needs: 'python3',
    available: has('wsgiref'),
    hearsOfEnds: true,
    knowsItDoesNotKnow: true,
    start: (port, env) =>
      run(python, ['docs/examples/introspection/app.py'], { PORT: String(port), CLIENT: aClient(), ...env }),
  },
  {
    name: 'nginx',
    needs: 'nginx',
    available: spawnSync('nginx', ['-v']).status === 0,
    hearsOfEnds: true,
    // It is 500 there.
    knowsItDoesNotKnow: false,
    start: startNginx,
  },
]

let running: { kill: () => void }[] = []
test.afterEach(() => {
  for (const { kill } of running) kill()
  running = []
})

/** In CI what is missing is a failure. */
const isSkipped = ({ available }: Example) => !available && !process.env.CI
const orWhyNot = (example: Example) => (isSkipped(example) ? ` (skipped: needs ${example.needs})` : '')

for (const example of examples) {
  const { name, needs, available, hearsOfEnds, start } = example
  test(`${name}: a good access token opens it, and nothing else does${orWhyNot(example)}`, async ({ request }) => {
    test.skip(isSkipped(example), `needs ${needs}`)
    expect(available, `needs ${needs}`).toBe(true)
    const { ask, output } = await up(start)
    const person = newPerson()
    const headers = { 'x-forwarded-for': newAddress() }
    await request.post(`${standard.url}/api/register/`, { data: person, headers })
    const obtain = await request.post(`${standard.url}/api/token/`, { data: person, headers })
    const { access, refresh } = (await obtain.json()) as { access: string; refresh: string }

    const good = await ask(`Bearer ${access}`)
    expect(good, output()).toMatchObject({ status: 200, body: expect.stringContaining('hello') })
    const bad = { none: undefined, tampered: tampered(access), unsigned: unsigned(access), refresh, garbage: 'a.b.c' }
    for (const [what, token] of Object.entries(bad))
      expect([what, await ask(token && `Bearer ${token}`)]).toMatchObject([what, { status: 401 }])

    await request.post(`${standard.url}/api/token/blacklist/`, { data: { refresh } })
    expect((await ask(`Bearer ${access}`)).status).toBe(hearsOfEnds ? 401 : 200)
  })
}

for (const example of examples.filter((one) => one.knowsItDoesNotKnow)) {
  const { name, needs, available, start } = example
  test(`${name}: while Latchkey is not there a token is neither good nor bad: 503 with Retry-After${orWhyNot(example)}`, async () => {
    test.skip(isSkipped(example), `needs ${needs}`)
    expect(available, `needs ${needs}`).toBe(true)
    const nobody = `http://127.0.0.1:${await freePort()}`
    const { ask, output } = await up(start, { LATCHKEY: nobody })
    const token = await neverIssued()
    expect(await ask(`Bearer ${token}`), output()).toMatchObject({ status: 503, retryAfter: '5' })
    expect(await ask(), output()).toMatchObject({ status: 401, retryAfter: null })
  })
}

/** The example on a port of its own, answering. */
async function up(start: Example['start'], env?: Record<string, string>) {
  const port = await freePort()
  const output = watch(await start(port, env))
  const ask = async (authorization?: string) => {
    const reply = await fetch(`http://127.0.0.1:${port}/`, { headers: authorization ? { authorization } : {} })
    return { status: reply.status, body: await reply.text(), retryAfter: reply.headers.get('retry-after') }
  }
  const isUp = await until(
    () =>
      ask().then(
        () => true,
        () => false,
      ),
    20_000,
  )
  expect(isUp, output()).toBe(true)
  return { ask, output }
}

function run(command: string, args: string[], env: Record<string, string> = {}): ChildProcess {
  return spawn(command, args, {
    cwd: root,
    env: { ...process.env, LATCHKEY: standard.url, PYTHONUNBUFFERED: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

function watch(child: ChildProcess): () => string {
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (output += chunk.toString()))
  running.push({ kill: () => child.kill() })
  return () => output
}

let clients = 0
/** A client of introspection, made as the guide says; the file's name. */
function aClient(): string {
  const file = path.join(scratch, `client-${process.pid}.json`)
  const command = ['run', '-s', 'manage', '--', 'client', 'create', `reports-${process.pid}-${clients++}`, '--json']
  fs.writeFileSync(file, execFileSync('npm', command, { cwd: root, env: { ...process.env, ...standard.env } }))
  return file
}

/** The sample with the ports of this run, before a service that says hello to everybody. */
async function startNginx(port: number): Promise<ChildProcess> {
  const service = http.createServer((_, reply) => reply.end('{"hello":"whoever comes"}')).listen(0, '127.0.0.1')
  running.push({ kill: () => service.close() })
  await once(service, 'listening')
  const { port: behind } = service.address() as { port: number }
  const home = path.join(scratch, `nginx-${process.pid}`)
  fs.mkdirSync(home, { recursive: true })
  const sample = fs.readFileSync(path.join(root, 'docs/examples/nginx/nginx.conf'), 'utf8')
  const mine = sample
    .replaceAll('127.0.0.1:8005', `127.0.0.1:${port}`)
    .replaceAll('localhost:3000', new URL(standard.url).host)
    .replaceAll('localhost:9000', `127.0.0.1:${behind}`)
  fs.writeFileSync(path.join(home, 'nginx.conf'), mine)
  return run('nginx', ['-p', home, '-c', path.join(home, 'nginx.conf')])
}

/** Another account's id in the claims, under the same signature. */
function tampered(token: string): string {
  const [header, claims = '', signature] = token.split('.')
  const changed = { ...JSON.parse(Buffer.from(claims, 'base64url').toString()), user_id: 'somebody else' }
  return [header, Buffer.from(JSON.stringify(changed)).toString('base64url'), signature].join('.')
}

/** An access token in every respect, of a key that nobody has. */
function neverIssued(): Promise<string> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const claims = new SignJWT({ token_type: 'access', email: 'nobody@example.com', roles: [] })
  return claims
    .setProtectedHeader({ alg: 'ES256', typ: 'JWT', kid: 'unknown' })
    .setIssuer(standard.url)
    .setSubject('nobody')
    .setIssuedAt()
    .setExpirationTime('5m')
    .sign(privateKey)
}

function unsigned(token: string): string {
  const [, claims] = token.split('.')
  return `${Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')}.${claims}.`
}
