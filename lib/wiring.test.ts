/** The whole of Latchkey on a database whose clock is not this machine's. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { readConfig } from './config'
import { openLatchkey } from './wiring'

const context = { ip: '192.0.2.7', network: '192.0.2.7', userAgent: 'Test/1', requestId: 'r1' }
const input = { email: 'ada@example.com', username: 'ada', password: 'a few unrelated words' }
const hour = 3_600_000

afterEach(() => vi.useRealTimers())

test.each([
  ['an hour behind', -hour],
  ['an hour ahead', hour],
])('a machine whose clock is %s of the database’s logs in, checks and refreshes as any other', async (_, offset) => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + offset })
  const dataDir = mkdtempSync(path.join(tmpdir(), 'latchkey-clock-'))
  const config = readConfig({ DATA_DIR: dataDir, PASSWORD_HASH_COST: '4' })
  const latchkey = await openLatchkey(config, { use: 'own', report: () => {}, onFault: () => {} })
  try {
    await latchkey.register({ input, context })
    for (const kind of ['browser', 'api'] as const) {
      const session = { kind, persistent: true, supersedes: null }
      const login = await latchkey.login({ input, identifierKey: 'email', session, context })
      if (login.kind !== 'logged-in') throw new Error(login.kind)
      expect((await latchkey.identify(login.tokens.access.token, kind)).kind).toBe('principal')
      if (kind === 'api')
        expect((await latchkey.refreshApi(login.tokens.refresh.token, context)).kind).toBe('refreshed')
    }
  } finally {
    await latchkey.close()
    rmSync(dataDir, { recursive: true, force: true })
  }
})
