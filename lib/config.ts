/**
 * The settings: the only reader of process.env. Every fault is reported at once, with its name and what to write instead.
 * Names, defaults and meanings: .env.example and docs/token-api.md, section B.
 */
import ipaddr from 'ipaddr.js'
import { z } from 'zod'
import { ALGORITHMS, hashBytes, isHmac } from '#lib/core/algorithms'
import { days, hours, minutes, parseDuration, seconds } from '#lib/core/duration'
import { StartError } from '#lib/core/start-error'
import { tokenContradictions, tokenSettings } from '#lib/core/token-settings'
import type { TokenShape } from '#lib/core/token-shape'

const duration = (fallback: string, { min = 0, max = Infinity }: { min?: number; max?: number } = {}) =>
  z
    .string()
    .default(fallback)
    .transform((text, context) => {
      const ms = parseDuration(text)
      if (ms !== null && ms >= min && ms <= max) return ms
      const range = [min > 0 ? `at least ${min / 1000} s` : '', max < Infinity ? `at most ${max / 1000} s` : ''].filter(
        Boolean,
      )
      context.addIssue({
        code: 'custom',
        message: `must be a time such as 300, 5m, 12h or 14d${range.length ? `, ${range.join(', ')}` : ''}`,
      })
      return z.NEVER
    })

const whole = (fallback: number, min: number, max: number) =>
  z
    .string()
    .default(String(fallback))
    .transform((text, context) => {
      if (/^\d{1,9}$/.test(text) && Number(text) >= min && Number(text) <= max) return Number(text)
      context.addIssue({ code: 'custom', message: `must be a whole number from ${min} to ${max}` })
      return z.NEVER
    })

const flag = (fallback: boolean) =>
  z
    .enum(['true', 'false', '1', '0'], { error: 'must be true or false' })
    .default(fallback ? 'true' : 'false')
    .transform((word) => word === 'true' || word === '1')

const secret = z
  .string()
  .optional()
  .refine(
    (text) => text === undefined || Buffer.byteLength(text) >= 32,
    'must be at least 32 bytes; `openssl rand -base64 33` makes one',
  )
  .refine(
    (text) => text === undefined || new Set(text).size > 8,
    'is too regular to be a secret; `openssl rand -base64 33` makes one',
  )
  .refine(
    // What tutorials and sample files have in its place (KY-4).
    (text) =>
      !/change.?me|your.?secret|insecure|example|placeholder|super.?secret|replace.?(me|this)/i.test(text ?? ''),
    'is one from a sample, not a secret; `openssl rand -base64 33` makes one',
  )

const second = seconds(1)

const schema = z.object({
  DATABASE_URL: z
    .string()
    .optional()
    .refine((url) => url === undefined || /^postgres(ql)?:\/\//.test(url), 'must begin with postgresql://'),
  DATA_DIR: z.string().default('.data'),
  PORT: whole(3000, 1, 65535),
  HOST: z.string().default('127.0.0.1'),
  PUBLIC_URL: z.string().optional(),
  AUTH_SECRET: secret,
  PASSWORD_PEPPER: secret,
  AUTH_SECRET_PREVIOUS: secret,
  PASSWORD_PEPPER_PREVIOUS: secret,
  TRUSTED_PROXIES: z
    .string()
    .default('')
    .transform(listed)
    .refine((list) => list.every(isNetwork), 'must be addresses or networks such as 10.0.0.0/8, with commas between'),
  CORS_ORIGINS: z
    .string()
    .default('')
    .transform(listed)
    .refine(
      (list) => list.every(isOrigin),
      'must be origins such as https://app.example.com, with commas between: no path, no *, no null',
    ),
  RATE_LIMIT_SCALE: z
    .string()
    .default('1')
    .refine((text) => Number(text) > 0 && Number(text) <= 1_000_000, 'must be a number above 0')
    .transform(Number),
  COOKIE_SAMESITE: z.enum(['lax', 'strict'], { error: 'must be lax or strict' }).default('lax'),
  MAX_SESSIONS: whole(20, 1, 1000),
  PASSWORD_MIN_LENGTH: whole(12, 8, 64),
  PASSWORD_HASH_COST: whole(12, 4, 15),
  SESSION_IDLE_LIFETIME: duration('14d', { min: second }),
  SESSION_ABSOLUTE_LIFETIME: duration('30d', { min: second, max: days(400) }),
  ROTATION_AGE: duration('5m', { min: second }),
  LATE_REFRESH_WINDOW: duration('30s'),
  REAUTH_MAX_AGE: duration('10m', { min: second }),
  JWT_ACCESS_TOKEN_LIFETIME: duration('10m', { min: second, max: hours(1) }),
  JWT_REFRESH_TOKEN_LIFETIME: duration('1d', { min: second, max: days(400) }),
  JWT_ROTATE_REFRESH_TOKENS: flag(true),
  JWT_BLACKLIST_AFTER_ROTATION: flag(true),
  JWT_REFRESH_REUSE: z.enum(['strict', 'tolerant'], { error: 'must be strict or tolerant' }).default('strict'),
  JWT_UPDATE_LAST_LOGIN: flag(true),
  JWT_ISSUER: z.string().min(1, 'must not be empty').optional(),
  JWT_ALGORITHM: z.enum(ALGORITHMS, { error: `must be one of ${ALGORITHMS.join(', ')}` }).default('ES256'),
  // What is in them is judged by lib/crypto/given-keys.ts, before anything is opened.
  JWT_SIGNING_KEY: z.string().optional(),
  JWT_VERIFYING_KEY: z.string().optional(),
  KEY_ROTATION_AGE: duration('90d', { min: second, max: days(3650) }),
  KEY_PUBLISH_AHEAD: duration('10m', { min: second, max: days(30) }),
  JWT_LEEWAY: duration('0', { max: minutes(5) }),
  JWT_CHECK_REVOKE_TOKEN: flag(true),
  JWT_CHECK_USER_IS_ACTIVE: flag(true),
  ...tokenSettings,
})

/** The names of all settings, for the check that .env.example lists them. */
export const settingNames = Object.keys(schema.shape)

export type Config = ReturnType<typeof readConfig>

/** The settings, or one StartError that names every fault. An empty variable counts as unset. */
export function readConfig(env: Record<string, string | undefined> = process.env) {
  const given = Object.fromEntries(Object.entries(env).filter(([name, value]) => name in schema.shape && value !== ''))
  const { settings, faults } = readEach(given)
  const url = publicUrl(given.PUBLIC_URL, settings.PORT)
  if (!url) faults.push('PUBLIC_URL must be an origin such as https://login.example.com, with no path behind it.')
  else faults.push(...contradictions(settings, url, env))
  if (!url || faults.length > 0) throw badSettings(faults)

  const loopback = isLoopback(url.hostname)
  return {
    database:
      settings.DATABASE_URL === undefined
        ? { kind: 'embedded' as const }
        : { kind: 'server' as const, url: settings.DATABASE_URL },
    dataDir: settings.DATA_DIR,
    listen: { host: settings.HOST, port: settings.PORT },
    publicUrl: url.origin,
    /** Every origin that is this site: on loopback its other names too. */
    origins: loopback ? [...new Set([url.origin, ...loopbackOrigins(url)])] : [url.origin],
    /** https, and with it Secure cookies, their `__Host-` prefix and HSTS. */
    secure: url.protocol === 'https:',
    loopback,
    authSecret: settings.AUTH_SECRET ?? null,
    passwordPepper: settings.PASSWORD_PEPPER ?? null,
    authSecretPrevious: settings.AUTH_SECRET_PREVIOUS ?? null,
    passwordPepperPrevious: settings.PASSWORD_PEPPER_PREVIOUS ?? null,
    trustedProxies: settings.TRUSTED_PROXIES,
    /** Exact, as a browser's Origin header has them. */
    corsOrigins: settings.CORS_ORIGINS,
    rateLimitScale: settings.RATE_LIMIT_SCALE,
    cookieSameSite: settings.COOKIE_SAMESITE,
    maxSessions: settings.MAX_SESSIONS,
    password: { minLength: settings.PASSWORD_MIN_LENGTH, hashCost: settings.PASSWORD_HASH_COST },
    session: {
      idleMs: settings.SESSION_IDLE_LIFETIME,
      absoluteMs: settings.SESSION_ABSOLUTE_LIFETIME,
      windowMs: hours(24),
      rotationAgeMs: settings.ROTATION_AGE,
      lateWindowMs: settings.LATE_REFRESH_WINDOW,
      reauthMaxAgeMs: settings.REAUTH_MAX_AGE,
    },
    jwt: {
      accessLifeMs: settings.JWT_ACCESS_TOKEN_LIFETIME,
      refreshLifeMs: settings.JWT_REFRESH_TOKEN_LIFETIME,
      rotate: settings.JWT_ROTATE_REFRESH_TOKENS,
      singleUse: settings.JWT_BLACKLIST_AFTER_ROTATION,
      tolerant: settings.JWT_REFRESH_REUSE === 'tolerant',
      updateLastLogin: settings.JWT_UPDATE_LAST_LOGIN,
      issuer: settings.JWT_ISSUER ?? url.origin,
      shape: tokenShape(settings),
      leewayMs: settings.JWT_LEEWAY,
      /** Where programs send their access token: the header, and the schemes taken there; the first stands in the challenge. */
      authHeader: { name: settings.JWT_AUTH_HEADER_NAME.toLowerCase(), schemes: settings.JWT_AUTH_HEADER_TYPES },
      /** False: programs of deactivated users log in and through. Browser sessions are always checked. */
      checksActive: settings.JWT_CHECK_USER_IS_ACTIVE,
    },
    keys: {
      algorithm: settings.JWT_ALGORITHM,
      signingKey: settings.JWT_SIGNING_KEY ?? null,
      verifyingKey: settings.JWT_VERIFYING_KEY ?? null,
      rotationAgeMs: settings.KEY_ROTATION_AGE,
      publishAheadMs: settings.KEY_PUBLISH_AHEAD,
    },
    development: env.NODE_ENV === 'development',
    warnings: warnings(settings, url),
  }
}

type Settings = z.infer<typeof schema>

/** Each setting by itself; the default stands in for one that is wrong, so that what depends on the others is still looked at. */
function readEach(given: Record<string, string | undefined>): { settings: Settings; faults: string[] } {
  const faults: string[] = []
  const read = Object.entries(schema.shape).map(([name, setting]) => {
    const result = setting.safeParse(given[name])
    if (!result.success) faults.push(...result.error.issues.map(({ message }) => `${name} ${message}.`))
    return [name, result.success ? result.data : setting.parse(undefined)]
  })
  return { settings: Object.fromEntries(read) as Settings, faults }
}

function tokenShape(settings: Settings): TokenShape {
  return {
    profile: settings.TOKEN_PROFILE,
    audiences: settings.JWT_AUDIENCE,
    leewayS: settings.JWT_LEEWAY / second,
    userIdField: settings.JWT_USER_ID_FIELD,
    names: {
      userId: settings.JWT_USER_ID_CLAIM,
      tokenType: settings.JWT_TOKEN_TYPE_CLAIM,
      tokenId: settings.JWT_JTI_CLAIM,
    },
    longestS: {
      access: settings.JWT_ACCESS_TOKEN_LIFETIME / second,
      refresh: settings.JWT_REFRESH_TOKEN_LIFETIME / second,
    },
  }
}

function contradictions(settings: Settings, url: URL, env: Record<string, string | undefined>): string[] {
  const faults = tokenContradictions(settings)
  const { AUTH_SECRET, PASSWORD_PEPPER } = settings
  if (settings.LATE_REFRESH_WINDOW >= settings.ROTATION_AGE)
    faults.push('LATE_REFRESH_WINDOW must be shorter than ROTATION_AGE.')
  if (AUTH_SECRET !== undefined && AUTH_SECRET === PASSWORD_PEPPER)
    faults.push('AUTH_SECRET and PASSWORD_PEPPER must not be the same.')
  faults.push(...keyFaults(settings))
  if (url.protocol === 'http:' && !isLoopback(url.hostname))
    faults.push('PUBLIC_URL must be https:// unless it is this machine itself.')
  if (settings.DATABASE_URL !== undefined) faults.push(...databaseFaults(settings.DATABASE_URL))
  if (settings.DATABASE_URL !== undefined || !isLoopback(url.hostname)) {
    const why =
      'is required with a DATABASE_URL or a public PUBLIC_URL; `openssl rand -base64 33` makes one. Keep it: it belongs to the database.'
    if (AUTH_SECRET === undefined) faults.push(`AUTH_SECRET ${why}`)
    if (PASSWORD_PEPPER === undefined) faults.push(`PASSWORD_PEPPER ${why}`)
  }
  if (env.NODE_TLS_REJECT_UNAUTHORIZED === '0')
    faults.push('NODE_TLS_REJECT_UNAUTHORIZED must not be 0: it switches off who-are-you for every connection.')
  return faults
}

function keyFaults(settings: Settings): string[] {
  const { JWT_ALGORITHM, JWT_SIGNING_KEY, AUTH_SECRET, PASSWORD_PEPPER } = settings
  const faults: string[] = []
  for (const name of ['AUTH_SECRET', 'PASSWORD_PEPPER'] as const) {
    const previous = settings[`${name}_PREVIOUS`]
    if (previous !== undefined && previous === settings[name])
      faults.push(`${name}_PREVIOUS must be the ${name} of before, not the present one.`)
  }
  if (settings.KEY_PUBLISH_AHEAD >= settings.KEY_ROTATION_AGE)
    faults.push('KEY_PUBLISH_AHEAD must be shorter than KEY_ROTATION_AGE.')
  if (!isHmac(JWT_ALGORITHM) || JWT_SIGNING_KEY === undefined) return faults
  // RFC 8725, 2.1: a public key must never pass for a shared secret.
  if (JWT_SIGNING_KEY.includes('-----BEGIN'))
    return [...faults, `JWT_SIGNING_KEY must be a random secret for JWT_ALGORITHM=${JWT_ALGORITHM}, not a key in PEM.`]
  const { error } = secret.safeParse(JWT_SIGNING_KEY)
  faults.push(...(error?.issues ?? []).map(({ message }) => `JWT_SIGNING_KEY ${message}.`))
  const bytes = hashBytes(JWT_ALGORITHM)
  if (!error && Buffer.byteLength(JWT_SIGNING_KEY) < bytes)
    faults.push(`JWT_SIGNING_KEY must be at least ${bytes} bytes for JWT_ALGORITHM=${JWT_ALGORITHM}.`)
  if (JWT_SIGNING_KEY === AUTH_SECRET || JWT_SIGNING_KEY === PASSWORD_PEPPER)
    faults.push('JWT_SIGNING_KEY must be neither AUTH_SECRET nor PASSWORD_PEPPER.')
  return faults
}

/** A password and every account's hash would cross the network in the clear (KY-4). */
function databaseFaults(databaseUrl: string): string[] {
  if (!URL.canParse(databaseUrl)) return ['DATABASE_URL must look like postgresql://user:password@host:5432/database.']
  const { hostname, searchParams } = new URL(databaseUrl)
  const host = searchParams.get('host') ?? hostname
  const local = host === '' || host.startsWith('/') || isLoopback(host)
  const encrypted = ['require', 'verify-ca', 'verify-full'].includes(searchParams.get('sslmode') ?? '')
  return local || encrypted
    ? []
    : ['DATABASE_URL must end in ?sslmode=verify-full (or require): its host is another machine.']
}

function warnings(settings: Settings, url: URL): string[] {
  return [
    url.protocol === 'https:' && settings.TRUSTED_PROXIES.length === 0
      ? 'TRUSTED_PROXIES is empty behind https: every visitor counts as the proxy, and one who guesses passwords locks out all.'
      : '',
    settings.RATE_LIMIT_SCALE > 1 ? 'RATE_LIMIT_SCALE is above 1: guesses are slowed less than they should be.' : '',
    settings.PASSWORD_HASH_COST < 12 ? 'PASSWORD_HASH_COST is below 12: stolen hashes would be cheap to try.' : '',
    settings.JWT_ACCESS_TOKEN_LIFETIME > minutes(15)
      ? 'JWT_ACCESS_TOKEN_LIFETIME is above 15 minutes: other services accept a stolen token that long.'
      : '',
    settings.KEY_PUBLISH_AHEAD < minutes(10)
      ? 'KEY_PUBLISH_AHEAD is below 10 minutes: services that keep a copy of the key set may refuse tokens of a new key.'
      : '',
    isHmac(settings.JWT_ALGORITHM) && settings.JWT_VERIFYING_KEY !== undefined
      ? `JWT_VERIFYING_KEY is ignored with JWT_ALGORITHM=${settings.JWT_ALGORITHM}.`
      : '',
    settings.JWT_ISSUER !== undefined && settings.JWT_ISSUER !== url.origin
      ? `JWT_ISSUER is not PUBLIC_URL (${url.origin}): clients of RFC 8414 look for the metadata at the issuer, and refuse it here.`
      : '',
    settings.JWT_CHECK_REVOKE_TOKEN
      ? ''
      : 'JWT_CHECK_REVOKE_TOKEN=false has no effect: a changed password ends the tokens issued before it, always.',
    settings.JWT_CHECK_USER_IS_ACTIVE
      ? ''
      : 'JWT_CHECK_USER_IS_ACTIVE is false: deactivated users log in and through over the API. Browser sessions stay checked.',
  ].filter(Boolean)
}

function publicUrl(text: string | undefined, port: number): URL | null {
  const url = text ?? `http://localhost:${port}`
  if (!URL.canParse(url)) return null
  const { protocol, pathname, search, hash, username } = new URL(url)
  const bare = pathname === '/' && search === '' && hash === '' && username === ''
  return bare && (protocol === 'http:' || protocol === 'https:') ? new URL(url) : null
}

function listed(text: string): string[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter(Boolean)
}

/** Spelled as browsers spell it: Origin headers are compared byte for byte (CO-1). */
const isOrigin = (text: string) => /^https?:[^*]+$/.test(text) && URL.canParse(text) && new URL(text).origin === text

const isNetwork = (text: string) => (text.includes('/') ? ipaddr.isValidCIDR(text) : ipaddr.isValid(text))

const isLoopback = (hostname: string) => ['localhost', '127.0.0.1', '[::1]', '::1'].includes(hostname)

function loopbackOrigins({ protocol, port }: URL): string[] {
  return ['localhost', '127.0.0.1', '[::1]'].map((name) => `${protocol}//${name}${port ? `:${port}` : ''}`)
}

function badSettings(faults: string[]): StartError {
  const list = faults.map((fault) => `\n  - ${fault}`).join('')
  return new StartError(
    `${faults.length === 1 ? 'A setting is' : `${faults.length} settings are`} not usable:${list}\n`,
    'Correct them in the environment or in .env; .env.example lists every setting.',
  )
}
