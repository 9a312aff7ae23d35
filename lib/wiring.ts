/**
 * Joins the flows to the stores, the cryptography and the settings. The boot and the command line open it once per process;
 * web finds the open one by `running()`. Nothing else in lib knows which store or hasher is behind a port.
 */
import { createHmac } from 'node:crypto'
import path from 'node:path'
import type { Config } from '#lib/config'
import { foldEmail } from '#lib/core/identifiers'
import { ownClaims } from '#lib/core/token-shape'
import type { AuditLog } from '#lib/core/ports'
import { createHashPool } from '#lib/crypto/hash-pool'
import { createPasswordHasher, fingerprint } from '#lib/crypto/password-hasher'
import { verifyBrowserRefresh } from '#lib/crypto/refresh-token'
import { deriveKey, secretFromFile } from '#lib/crypto/secrets'
import { readAccessToken, readApiRefreshToken, type SignedTokenSettings } from '#lib/crypto/signed-token'
import { makeSigningKey, openSigningKey, openVerifyingKey, type StoredSigningKey } from '#lib/crypto/signing-keys'
import { createTokenMint } from '#lib/crypto/token-mint'
import { createAdminister } from '#lib/flows/administer'
import { createAdministerGroups } from '#lib/flows/administer-groups'
import { createAskHooks } from '#lib/flows/ask-hooks'
import { createChangePassword } from '#lib/flows/change-password'
import { createBlacklistToken, createCheckToken } from '#lib/flows/check-token'
import { createConfirm } from '#lib/flows/confirm'
import { createEndSessions } from '#lib/flows/end-sessions'
import { createForeseeRefresh } from '#lib/flows/foresee-refresh'
import { createIdentify } from '#lib/flows/identify'
import { createListSessions } from '#lib/flows/list-sessions'
import { createLogin } from '#lib/flows/login'
import { createLogout } from '#lib/flows/logout'
import { createOpenSession } from '#lib/flows/open-session'
import { createProvePassword } from '#lib/flows/prove-password'
import { createReauthenticate } from '#lib/flows/reauthenticate'
import { createRefreshApi } from '#lib/flows/refresh-api'
import { createRefreshBrowser } from '#lib/flows/refresh-browser'
import { createRegister } from '#lib/flows/register'
import { createShortenAccess } from '#lib/flows/shorten-access'
import { hooks } from '#lib/hooks'
import { createAuditLog, createAuditReader } from '#lib/store/audit-store'
import { openDatabase, type Database } from '#lib/store/database'
import { startEmbeddedDatabase } from '#lib/store/embedded/embedded-database'
import { createGroupStore } from '#lib/store/group-store'
import { checkFingerprint, loadSigningKeys } from '#lib/store/key-store'
import { applyMigrations } from '#lib/store/migrations'
import { createSessionStore } from '#lib/store/session-store'
import { createThrottle, pruneThrottle } from '#lib/store/throttle-store'
import { createUserStore } from '#lib/store/user-store'

export type Latchkey = Awaited<ReturnType<typeof openLatchkey>>

export interface OpenOptions {
  /** own: the server, which keeps the embedded database to itself. share: the command line, beside a running server too. */
  use: 'own' | 'share'
  /** One line of progress for the person at the terminal. */
  report: (line: string) => void
  onFault: (error: unknown) => void
}

/** Everything up: secrets, database, migrations, keys. Throws StartError for what a person has to put right. */
export async function openLatchkey(config: Config, options: OpenOptions) {
  const secrets = openSecrets(config, options.report)
  const { connection, stop } = await startDatabase(config, options)
  try {
    const applied = await applyMigrations({ connection, report: options.report })
    const database = openDatabase(connection)
    return { ...(await join(config, secrets, database, stop, options)), applied }
  } catch (error) {
    await stop()
    throw error
  }
}

async function startDatabase({ database, dataDir }: Config, { use, report }: OpenOptions) {
  if (database.kind === 'server') return { connection: { connectionString: database.url }, stop: async () => {} }
  const embedded = await startEmbeddedDatabase({ dataDir, use, report })
  return { connection: embedded.connection, stop: () => embedded.close() }
}

interface Secrets {
  authSecret: Buffer
  pepper: Buffer
}

function openSecrets(
  { authSecret, passwordPepper, dataDir, development }: Config,
  report: OpenOptions['report'],
): Secrets {
  const directory = path.resolve(/*turbopackIgnore: true*/ dataDir, 'secrets')
  const made = (file: string) => {
    const warning = development ? '' : ' Back it up apart from the database, or set the variable of that name.'
    report(
      `Made a secret: ${path.relative(/*turbopackIgnore: true*/ process.cwd(), file)} (readable by you alone).${warning}`,
    )
  }
  return {
    authSecret: Buffer.from(authSecret ?? secretFromFile(directory, 'AUTH_SECRET', made)),
    pepper: Buffer.from(passwordPepper ?? secretFromFile(directory, 'PASSWORD_PEPPER', made)),
  }
}

async function join(
  config: Config,
  secrets: Secrets,
  database: Database,
  stop: () => Promise<void>,
  { onFault }: OpenOptions,
) {
  const db = database.prisma
  const tokens = await openTokens(config, secrets, database)
  const browserRefreshKey = deriveKey(secrets.authSecret, 'browser-refresh')
  const markKey = deriveKey(secrets.authSecret, 'audit-identifier')

  const users = createUserStore(db)
  const groups = createGroupStore(db)
  const active = { apiIgnoresActive: !config.jwt.checksActive }
  const sessions = createSessionStore(db, {
    ...config.session,
    ...active,
    // A refresh token that is good by JWT_LEEWAY alone must find its session alive.
    apiIdleMs: config.jwt.refreshLifeMs + config.jwt.leewayMs,
    maxSessions: config.maxSessions,
  })
  const audit: AuditLog = createAuditLog(db, onFault)
  const throttle = createThrottle(db, {
    hmacKey: deriveKey(secrets.authSecret, 'throttle'),
    scale: config.rateLimitScale,
  })
  const pool = createHashPool()
  const hasher = createPasswordHasher(pool, { pepper: secrets.pepper, cost: config.password.hashCost })
  const {
    extraClaims,
    admits,
    login: loginHooks,
  } = createAskHooks({
    ...{ hooks, onFault, own: ownClaims(config.jwt.shape) },
    grantsOf: (userId) => groups.grantsOf(userId),
  })
  const mint = createTokenMint({
    extraClaims,
    tokens: () => tokens,
    browserRefreshKey,
    accessLifeMs: config.jwt.accessLifeMs,
    apiRefreshLifeMs: config.jwt.refreshLifeMs,
  })

  const policy = { minLength: config.password.minLength, siteWords: siteWords(config) }
  const readRefresh = (token: string) => verifyBrowserRefresh(token, browserRefreshKey)
  const readApiRefresh = (token: string) => readApiRefreshToken(token, new Date(), tokens)
  const identify = createIdentify({
    ...{ sessions, active, userIdField: config.jwt.shape.userIdField },
    readAccess: (token, at) => readAccessToken(token, at, tokens),
  })
  const openSession = createOpenSession({ sessions, mint })
  const provePassword = createProvePassword({ throttle, hasher, users, admits })
  const checking = { sessions, identify, active, readRefresh: readApiRefresh }
  const browser = { sessions, readRefresh, admits, policy: config.session }

  return {
    config,
    identify,
    /** For who has just registered. Where a password was proven, the rule was asked then. */
    openSession: createOpenSession({ sessions, mint, admits }),
    register: createRegister({ users, hasher, audit, policy }),
    login: createLogin({
      ...{ users, audit, provePassword, openSession },
      ...active,
      hooks: loginHooks,
      recordsLastLogin: config.jwt.updateLastLogin,
      identifierMark: (typed) => createHmac('sha256', markKey).update(foldEmail(typed)).digest('hex').slice(0, 12),
    }),
    logout: createLogout({ sessions, audit }),
    reauthenticate: createReauthenticate({ users, audit, provePassword, openSession }),
    changePassword: createChangePassword({ users, hasher, audit, provePassword, openSession, policy }),
    listSessions: createListSessions({ sessions }),
    endSessions: createEndSessions({ sessions, audit }),
    confirm: createConfirm({ sessions, readRefresh, onFault }),
    refreshBrowser: createRefreshBrowser({ ...browser, mint, audit }),
    wouldRefresh: createForeseeRefresh(browser),
    refreshApi: createRefreshApi({ ...checking, mint, admits, policy: config.jwt }),
    checkToken: createCheckToken(checking),
    blacklistToken: createBlacklistToken({ ...checking, audit }),
    administer: createAdminister({ users, sessions, hasher, audit, policy }),
    administerGroups: createAdministerGroups({ groups, audit }),
    /** The id of the session a refresh cookie belongs to, whatever has become of it; null when the cookie is none of ours. */
    sessionOf: async (refreshToken: string) => (await readRefresh(refreshToken))?.sid ?? null,
    shortenAccess: createShortenAccess({ sessions, mint }),
    audit,
    auditReader: createAuditReader(db),
    pruneThrottle: () => pruneThrottle(db),
    async close() {
      await pool.close()
      await database.close()
      await stop()
    },
  }
}

async function openTokens(
  config: Config,
  { authSecret, pepper }: Secrets,
  { prisma }: Database,
): Promise<SignedTokenSettings> {
  await checkFingerprint(prisma, 'AUTH_SECRET', fingerprint(authSecret))
  await checkFingerprint(prisma, 'PASSWORD_PEPPER', fingerprint(pepper))
  const sealingKey = deriveKey(authSecret, 'seal-signing-keys')
  const rows = await loadSigningKeys(prisma, () => makeSigningKey(sealingKey))
  const stored = rows.map((row) => ({ ...(row as unknown as StoredSigningKey), state: row.state }))
  const current = stored.find(({ state }) => state === 'current')
  if (!current) throw new Error('There is no current signing key.')
  const verifiers = await Promise.all(stored.map(openVerifyingKey))
  return {
    issuer: config.jwt.issuer,
    shape: config.jwt.shape,
    signer: await openSigningKey(current, sealingKey),
    verifiers: new Map(verifiers.map((key) => [key.kid, key])),
  }
}

/** What an attacker would try first for anybody here (PW-8). */
function siteWords({ publicUrl }: Config): string[] {
  return ['latchkey', ...new URL(publicUrl).hostname.split('.')]
}
