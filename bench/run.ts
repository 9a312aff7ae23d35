/**
 * `npm run bench`: what a check, a refresh and a login cost, side by side in one run against the production build on the embedded
 * database. Prints medians and ratios; the machine's speed drifts, so each pair is measured in turn and absolute times mean little.
 */
import { existsSync, rmSync } from 'node:fs'
import { newPerson } from '../e2e/people'
import { startServer, type ServerProcess } from '../e2e/server-process'
import { scratch } from '../e2e/servers'
import { interleaved, median, ratio } from './measure'
import { tokenApi } from './token-api'

if (!existsSync('.next/BUILD_ID')) {
  console.error('There is no production build yet. Run npm run build first.')
  process.exit(1)
}

const server = await startServer('bench', { PASSWORD_HASH_COST: '12', RATE_LIMIT_SCALE: '1000000' })
try {
  await pages(server)
  await logins(server)
} finally {
  server.kill('SIGTERM')
  await server.exited
}
await tokenApi()
rmSync(scratch, { recursive: true, force: true })

/** A page and a handler with and without a session, and the refresh in front of them. */
async function pages({ url }: ServerProcess) {
  const cookies = await register(url)
  const get =
    (path: string, cookie = '') =>
    async () => {
      const reply = await fetch(url + path, { redirect: 'manual', headers: { cookie, accept: 'text/html' } })
      await reply.arrayBuffer()
    }
  const samples = await interleaved(150, {
    'open page, nobody logged in': get('/logout'),
    'protected page, live access token': get('/account/profile', `${cookies.access}; ${cookies.refresh}`),
    'GET /auth/session/, live access token': get('/auth/session/', cookies.access),
    'GET /auth/session/, access token refreshed': get('/auth/session/', cookies.refresh),
  })
  console.log('\nOne request at a time, medians (ms):')
  for (const [name, times] of Object.entries(samples)) console.log(`  ${median(times).toFixed(2).padStart(7)}  ${name}`)
  const [, , live, refreshed] = Object.values(samples)
  console.log(
    `  a silent refresh costs ${ratio(refreshed, live)} times a check: one UPDATE and one or two signatures more`,
  )
}

/** EN-2: the clock must not tell who is registered. Wrong passwords for a known and an unknown name, in turn. */
async function logins({ url }: ServerProcess) {
  const person = newPerson()
  await fetch(`${url}/api/register/`, { method: 'POST', body: new URLSearchParams({ ...person }) })
  const attempt = (email: string) => async () => {
    await fetch(`${url}/api/token/`, {
      method: 'POST',
      body: new URLSearchParams({ email, password: 'not the password' }),
    })
  }
  const samples = await interleaved(30, {
    'wrong password': attempt(person.email),
    'unknown account': attempt(`not-${person.email}`),
  })
  console.log('\nFailed logins at bcrypt cost 12, medians of 30 in turn (ms):')
  for (const [name, times] of Object.entries(samples)) console.log(`  ${median(times).toFixed(1).padStart(7)}  ${name}`)
  const [known, unknown] = Object.values(samples)
  console.log(`  unknown against known: ${ratio(unknown, known)} (to stay within 0.90 and 1.10)`)
}

async function register(url: string): Promise<{ access: string; refresh: string }> {
  const reply = await fetch(`${url}/auth/register/`, {
    method: 'POST',
    body: new URLSearchParams({ ...newPerson() }),
    headers: { origin: url },
  })
  const pairs = reply.headers.getSetCookie().map((cookie) => cookie.split(';')[0] ?? '')
  const named = (name: string) => pairs.find((pair) => pair.startsWith(`${name}=`)) ?? ''
  return { access: named('access_token'), refresh: named('refresh_token') }
}
