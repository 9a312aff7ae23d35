/**
 * The token API beside the original, on the same machine in the same run: requests per second of four clients at once, measured in turn.
 * Both with ES256, rotation and single use, and hashes that cost next to nothing, since a hash costs what one chooses it to.
 */
import { execFileSync } from 'node:child_process'
import { generateKeyPair, SignJWT } from 'jose'
import { startReference, whyNoReference } from '../conformance/reference-server'
import { newPerson } from '../e2e/people'
import { startServer } from '../e2e/server-process'
import { verifySignature } from '#lib/crypto/verify-token'
import { median } from './measure'

const clients = 4
const sliceMs = 1500
const rounds = 3

interface Side {
  name: string
  url: string
}

interface Session {
  access: string
  refresh: string
}

type Task = (side: Side, session: Session, person: ReturnType<typeof newPerson>) => Promise<void>

const tasks: Record<string, { run: Task; limit: string }> = {
  obtain: {
    limit: 'here: a dozen statements (throttle, session, audit), each written to disk; there: two rows',
    run: async (side, _, { email, password }) => void (await call(side, '/api/token/', { email, password })),
  },
  refresh: {
    limit:
      'here: throttle and session, each written to disk, and two signatures; there: the blacklist and two signatures',
    run: async (side, session) => {
      Object.assign(session, await call(side, '/api/token/refresh/', { refresh: session.refresh }))
    },
  },
  verify: {
    limit: 'here: the web server, for session and signature are in memory; there: one signature and the blacklist',
    run: async (side, { access }) => void (await call(side, '/api/token/verify/', { token: access })),
  },
  protected: {
    limit: 'here: the web server, for session and signature are in memory; there: one signature and the user’s row',
    run: async ({ url }, { access }) => {
      const reply = await fetch(`${url}/api/protected/`, { headers: { authorization: `Bearer ${access}` } })
      if (reply.status !== 200) throw new Error(`/api/protected/ answered ${reply.status}.`)
      await reply.arrayBuffer()
    },
  },
}

export async function tokenApi(): Promise<void> {
  await signatures()
  const missing = whyNoReference()
  if (missing) return console.log(`\nThe token API beside the original: not measured, ${missing}`)
  const ours = await startServer('bench-api', {
    PASSWORD_HASH_COST: '4',
    RATE_LIMIT_SCALE: '1000000',
    MAX_SESSIONS: '1000',
  })
  const theirs = await startReference({ issuer: ours.url, rotates: true })
  try {
    const sides = [
      { name: 'Latchkey', url: ours.url },
      { name: 'SimpleJWT', url: `http://127.0.0.1:${theirs.port}` },
    ]
    console.log(
      `\nThe token API beside Django with SimpleJWT under gunicorn (${clients} clients at once, medians of ${rounds}):`,
    )
    for (const [name, task] of Object.entries(tasks)) await compare(name, task, sides)
  } finally {
    ours.kill('SIGTERM')
    await ours.exited
    await theirs.stop()
  }
}

async function compare(name: string, { run, limit }: (typeof tasks)[string], sides: Side[]) {
  const people = await Promise.all(sides.map((side) => Promise.all(Array.from({ length: clients }, () => enter(side)))))
  const rates = sides.map(() => [] as number[])
  for (let round = 0; round < rounds; round++)
    for (const [i, side] of sides.entries()) rates[i]?.push(await rate(side, people[i] ?? [], run))
  const [ours = NaN, theirs = NaN] = rates.map((list) => median(list))
  const figures = `${ours.toFixed(0).padStart(5)}/s against ${theirs.toFixed(0).padStart(5)}/s`
  console.log(`  ${name.padEnd(10)} ${(ours / theirs).toFixed(2)} times the original (${figures}); ${limit}`)
}

type Entered = Awaited<ReturnType<typeof enter>>

async function enter(side: Side) {
  const person = newPerson()
  await call(side, '/api/register/', person)
  const session = (await call(side, '/api/token/', person)) as unknown as Session
  return { person, session }
}

/** Each client asks again as soon as it is answered. */
async function rate(side: Side, people: Entered[], run: Task): Promise<number> {
  const end = performance.now() + sliceMs
  let count = 0
  await Promise.all(
    people.map(async ({ person, session }) => {
      for (; performance.now() < end; count++) await run(side, session, person)
    }),
  )
  return (count * 1000) / sliceMs
}

async function call({ url }: Side, path: string, fields: object): Promise<Record<string, unknown>> {
  const headers = { 'content-type': 'application/json' }
  const reply = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(fields) })
  if (!reply.ok) throw new Error(`${path} answered ${reply.status}.`)
  return (await reply.json()) as Record<string, unknown>
}

/** Signing and verifying alone, one after the other in one thread. */
async function signatures() {
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const claims = { token_type: 'access', user_id: '1', email: 'ada@example.com', roles: [] }
  const header = { alg: 'ES256', typ: 'JWT', kid: 'k' }
  const sign = () =>
    new SignJWT(claims).setProtectedHeader(header).setIssuedAt().setExpirationTime('10m').sign(privateKey)
  const token = await sign()
  const keys = new Map([['k', { alg: 'ES256', key: publicKey }]])
  const [signs, verifies] = [await perSecond(sign), await perSecond(() => verifySignature(token, keys))]
  console.log('\nOne signature (ES256), in one thread:')
  console.log(`  sign       ${versus(signs, pyjwt('sign'))}`)
  console.log(`  verify     ${versus(verifies, pyjwt('verify'))}`)
}

async function perSecond(run: () => Promise<unknown>): Promise<number> {
  for (let i = 0; i < 200; i++) await run()
  const startedAt = performance.now()
  let count = 0
  for (; performance.now() - startedAt < sliceMs; count++) await run()
  return (count * 1000) / (performance.now() - startedAt)
}

const versus = (ours: number, theirs: number | null) =>
  theirs === null
    ? `${ours.toFixed(0)}/s (PyJWT is not installed)`
    : `${(ours / theirs).toFixed(2)} times PyJWT (${ours.toFixed(0)}/s against ${theirs.toFixed(0)}/s)`

/** The same with PyJWT, which the original signs with. */
function pyjwt(what: 'sign' | 'verify'): number | null {
  const program = `
import jwt, time
from cryptography.hazmat.primitives.asymmetric import ec
key = ec.generate_private_key(ec.SECP256R1())
claims = {"token_type": "access", "user_id": "1", "email": "ada@example.com", "roles": [], "iat": int(time.time()), "exp": int(time.time()) + 600}
token = jwt.encode(claims, key, "ES256", headers={"kid": "k"})
run = (lambda: jwt.encode(claims, key, "ES256", headers={"kid": "k"})) if "${what}" == "sign" else (lambda: jwt.decode(token, key.public_key(), ["ES256"]))
count, start = 0, time.perf_counter()
while time.perf_counter() - start < ${sliceMs / 1000}:
    run()
    count += 1
print(count / (time.perf_counter() - start))
`
  try {
    return Number(execFileSync('/usr/bin/python3', ['-c', program], { stdio: ['ignore', 'pipe', 'ignore'] }))
  } catch {
    return null
  }
}
