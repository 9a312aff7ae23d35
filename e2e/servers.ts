/**
 * The servers of a browser run: one production build, started several times with settings of its own each.
 * Ports come from the environment that run.mjs sets, so that two runs can go side by side.
 */
import path from 'node:path'

const base = Number(process.env.E2E_PORT ?? 3310)

export const root = path.resolve(import.meta.dirname, '..')
/** Databases, secrets and copies of this run; made anew each time. */
export const scratch = path.join(root, '.e2e', String(base))

export interface TestServer {
  port: number
  url: string
  env: Record<string, string>
}

/**
 * Behind a trusted proxy: each test names a client address of its own and so has throttle counters of its own.
 * Hashes are cheap, since they are not what is tested here; e2e/hashing.spec.ts uses the real cost.
 */
const common = { TRUSTED_PROXIES: '127.0.0.1', PASSWORD_HASH_COST: '4' }

function server(offset: number, name: string, env: Record<string, string> = {}): TestServer {
  const port = base + offset
  return {
    port,
    url: `http://localhost:${port}`,
    env: { PORT: String(port), DATA_DIR: path.join(scratch, name), ...common, ...env },
  }
}

/** As a newcomer has it. With E2E_DATABASE_URL on that PostgreSQL. */
export const standard = server(0, 'standard', postgres())

/** Where a page of somebody else's stands, in the tests of CORS. */
export const neighbour = `http://127.0.0.1:${base + 9}`

/** Access tokens that run out while one looks on; and an API that a neighbour's scripts may call. */
export const hasty = server(1, 'hasty', {
  JWT_ACCESS_TOKEN_LIFETIME: '2s',
  ROTATION_AGE: '6s',
  LATE_REFRESH_WINDOW: '4s',
  REAUTH_MAX_AGE: '4s',
  CORS_ORIGINS: `https://app.example.com, ${neighbour}`,
})

/** The same build with its middleware taken out (MW-2): run.mjs makes the copy. */
export const gateless = server(2, 'gateless')
export const gatelessRoot = path.join(scratch, 'gateless-build')

/** The project with the README's code added; built by run.mjs when readme.spec.ts is among the tests. */
export const readmeApp = server(3, 'readme')
export const readmeRoot = path.join(scratch, 'readme-build')

function postgres(): Record<string, string> {
  const url = process.env.E2E_DATABASE_URL
  if (!url) return {}
  const secret = (name: string) => `${name} of the browser tests, made for this run alone`
  return { DATABASE_URL: url, AUTH_SECRET: secret('signing secret'), PASSWORD_PEPPER: secret('pepper') }
}
