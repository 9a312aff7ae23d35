/** The rotation drill: two servers on one database, keys rotated again and again under people and programs at work. Nobody may notice. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { readConfig } from '#lib/config'
import { seconds } from '#lib/core/duration'
import { openLatchkey, type Latchkey } from '#lib/wiring'

const password = 'seven green bottles'
const context = { ip: '192.0.2.1', network: '192.0.2.1', userAgent: 'Test/1', requestId: 'r' }
const lasting = seconds(18)
const kidOf = (token: string): string => JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid

test(
  'keys are rotated four times under load by schedule and by hand: no token is refused and nobody is logged out',
  { timeout: 120_000 },
  async () => {
    const dataDir = mkdtempSync(path.join(tmpdir(), 'latchkey-drill-'))
    const settings = {
      ...{ DATA_DIR: dataDir, PASSWORD_HASH_COST: '4', RATE_LIMIT_SCALE: '100000', MAX_SESSIONS: '1000' },
      ...{ JWT_ACCESS_TOKEN_LIFETIME: '2s', ROTATION_AGE: '2s', LATE_REFRESH_WINDOW: '1s' },
      ...{ KEY_ROTATION_AGE: '7s', KEY_PUBLISH_AHEAD: '6s' },
    }
    const faults: unknown[] = []
    const start = (use: 'own' | 'share') =>
      openLatchkey(readConfig(settings), { use, report: () => {}, onFault: (fault) => faults.push(fault) })
    const servers = [await start('own'), await start('share')] as const
    const anyServer = () => servers[Math.random() < 0.5 ? 0 : 1]
    const timers = servers.map((server) =>
      setInterval(() => server.tendKeys().catch((fault) => faults.push(fault)), 2000),
    )
    const kids = new Set<string>()
    const refused: unknown[] = []
    const end = Date.now() + lasting

    try {
      const input = { email: 'ada@example.com', username: 'ada', password }
      expect((await servers[0].register({ input, context: null })).kind).toBe('registered')
      const rounds = [browser(0), browser(1), program(), program(), obtain(), operator()]
      const counts = await Promise.all(rounds)
      expect(refused).toEqual([])
      expect(faults).toEqual([])
      // The first key, two by the clock and one by hand at the least.
      expect(kids.size).toBeGreaterThanOrEqual(3)
      for (const count of counts.slice(0, 5)) expect(count).toBeGreaterThan(10)
    } finally {
      timers.forEach(clearInterval)
      await servers[1].close()
      await servers[0].close()
      rmSync(dataDir, { recursive: true, force: true })
    }

    async function logIn(kind: 'browser' | 'api') {
      const session = { kind, persistent: true, supersedes: null }
      const wish = { input: { identifier: 'ada', password }, identifierKey: 'identifier' as const, session, context }
      const outcome = await anyServer().login(wish)
      if (outcome.kind !== 'logged-in') throw new Error(`Not logged in: ${outcome.kind}`)
      kids.add(kidOf(outcome.tokens.access.token))
      return { access: outcome.tokens.access.token, refresh: outcome.tokens.refresh.token }
    }

    /** A browser, as the gate serves it: a good access cookie passes, an old one is refreshed. */
    async function browser(home: 0 | 1): Promise<number> {
      let { access, refresh } = await logIn('browser')
      let count = 0
      for (; Date.now() < end; count++) {
        const server = servers[home]
        const found = await server.identify(access, 'browser')
        if (found.kind === 'principal') await server.confirm(found.view, refresh)
        else {
          if (found.kind !== 'token-fault' || found.fault !== 'expired') refused.push(found)
          const outcome = await anyServer().refreshBrowser(refresh, context)
          if (outcome.kind !== 'refreshed') throw new Error(`A browser was logged out: ${JSON.stringify(outcome)}`)
          access = outcome.access.token
          refresh = outcome.refresh?.token ?? refresh
          kids.add(kidOf(access))
        }
        await pause(40)
      }
      return count
    }

    /** A program: its access token at one server and the other, refreshed in time. */
    async function program(): Promise<number> {
      let { access, refresh } = await logIn('api')
      let count = 0
      for (; Date.now() < end; count++) {
        const outcome = await anyServer().refreshApi(refresh, context)
        if (outcome.kind !== 'refreshed' || !outcome.refresh)
          throw new Error(`A program was logged out: ${JSON.stringify(outcome)}`)
        ;({ token: access } = outcome.access)
        ;({ token: refresh } = outcome.refresh)
        kids.add(kidOf(access))
        for (const server of servers) {
          const [identity, check] = await Promise.all([server.identify(access, 'api'), server.checkToken(refresh)])
          if (identity.kind !== 'principal') refused.push(identity)
          if (check.kind !== 'good') refused.push(check)
        }
        await pause(40)
      }
      return count
    }

    async function obtain(): Promise<number> {
      let count = 0
      for (; Date.now() < end; count++) {
        const { access } = await logIn('api')
        const checks = await Promise.all(servers.map((server: Latchkey) => server.checkToken(access)))
        refused.push(...checks.filter(({ kind }) => kind !== 'good'))
        await pause(150)
      }
      return count
    }

    async function operator(): Promise<number> {
      await pause(1500)
      await servers[1].manageKeys?.rotate({ soon: true })
      await pause(7000)
      await servers[0].manageKeys?.rotate({ soon: true })
      return 2
    }
  },
)
