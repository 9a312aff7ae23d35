/**
 * Joins the flows to the stores, the cryptography and the settings. The boot and the command line open it once per process;
 * web finds the open one by `running()`. Nothing else in lib knows which store or hasher is behind a port.
 */
import { createHmac } from 'node:crypto'
import type { Config } from '#lib/config'
import { foldEmail } from '#lib/core/identifiers'
import { ownClaims } from '#lib/core/token-shape'
import { clientSecrets } from '#lib/crypto/client-secret'
import type { RingKeys } from '#lib/crypto/key-ring'
import { createHashPool } from '#lib/crypto/hash-pool'
import { createPasswordHasher } from '#lib/crypto/password-hasher'
import { deriveKey } from '#lib/crypto/secrets'
import { openGivenKeys } from '#lib/crypto/given-keys'
import { createAdminister } from '#lib/flows/administer'
import { createAdministerGroups } from '#lib/flows/administer-groups'
import { createAskHooks } from '#lib/flows/ask-hooks'
import { createAuthenticateClient } from '#lib/flows/authenticate-client'
import { createChangePassword } from '#lib/flows/change-password'
import { createBlacklistToken, createCheckToken, createExamineToken } from '#lib/flows/check-token'
import { createConfirm } from '#lib/flows/confirm'
import { createEndSessions } from '#lib/flows/end-sessions'
import { createForeseeRefresh } from '#lib/flows/foresee-refresh'
import { createIdentify } from '#lib/flows/identify'
import { createIntrospectToken } from '#lib/flows/introspect-token'
import { createListSessions } from '#lib/flows/list-sessions'
import { createLogin } from '#lib/flows/login'
import { createLogout } from '#lib/flows/logout'
import { createManageClients } from '#lib/flows/manage-clients'
import { createOpenSession } from '#lib/flows/open-session'
import { createProvePassword } from '#lib/flows/prove-password'
import { createPrune } from '#lib/flows/prune'
import { createReauthenticate } from '#lib/flows/reauthenticate'
import { createRefreshApi } from '#lib/flows/refresh-api'
import { createRefreshBrowser } from '#lib/flows/refresh-browser'
import { createRegister } from '#lib/flows/register'
import { createRevokeToken } from '#lib/flows/revoke-token'
import { createShortenAccess } from '#lib/flows/shorten-access'
import { hooks } from '#lib/hooks'
import { pruneChanges } from '#lib/store/change-feed'
import { createAuditLog, createAuditReader } from '#lib/store/audit-store'
import { createClientStore } from '#lib/store/client-store'
import { openDatabase, type Database } from '#lib/store/database'
import { openDatabaseClock } from '#lib/store/database-clock'
import { startEmbeddedDatabase } from '#lib/store/embedded/embedded-database'
import { createGroupStore } from '#lib/store/group-store'
import { applyMigrations } from '#lib/store/migrations'
import { pruneSessions } from '#lib/store/session-prune'
import { createSessionStore } from '#lib/store/session-store'
import { createThrottle, pruneThrottle } from '#lib/store/throttle-store'
import { createUserStore } from '#lib/store/user-store'
import { openLive, withoutView } from './open-live'
import { holdToSecrets, openKeys, whileItIssues, type Secrets } from './open-keys'
import { openSecrets } from './open-secrets'
import { openTokens } from './open-tokens'

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
  // Before anything is opened: a key that cannot be used stops the start by its setting's name.
  const given = await openGivenKeys(config.keys)
  const secrets = openSecrets(config, options.report)
  const { connection, stop } = await startDatabase(config, options)
  try {
    const applied = await applyMigrations({ connection, report: options.report })
    const database = openDatabase(connection)
    return { ...(await join(config, { ...secrets, given }, database, stop, options)), applied }
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

async function join(
  config: Config,
  given: Secrets & { given: RingKeys | null },
  database: Database,
  stop: () => Promise<void>,
  { use, onFault }: OpenOptions,
) {
  const db = database.prisma
  const clock = await openDatabaseClock(db)
  const audit = createAuditLog(db, onFault)
  const secrets = { ...given, ...(await holdToSecrets({ secrets: given, db, audit, use })) }
  const { ring, manageKeys } = await openKeys({ config, secrets, db, audit, use, onFault })
  const markKey = deriveKey(secrets.authSecret, 'audit-identifier')

  const groups = createGroupStore(db)
  const active = { apiIgnoresActive: !config.jwt.checksActive }
  const sessionStore = createSessionStore(db, {
    ...config.session,
    ...active,
    // A refresh token that is good by JWT_LEEWAY alone must find its session alive.
    apiIdleMs: config.jwt.refreshLifeMs + config.jwt.leewayMs,
    maxSessions: config.maxSessions,
  })
  const stores = { sessions: sessionStore, users: createUserStore(db) }
  const listens = config.database.kind === 'server'
  const live = use === 'own' ? await openLive({ database, listens, clock, ...stores }) : withoutView(stores)
  const { sessions, users } = live
  const throttle = createThrottle(db, {
    hmacKey: deriveKey(secrets.authSecret, 'throttle'),
    scale: config.rateLimitScale,
  })
  const pool = createHashPool()
  const peppers = { pepper: secrets.pepper, previousPepper: secrets.previous.pepper }
  const hasher = createPasswordHasher(pool, { ...peppers, cost: config.password.hashCost })
  const {
    extraClaims,
    admits,
    login: loginHooks,
  } = createAskHooks({
    ...{ hooks, onFault, own: ownClaims(config.jwt.shape) },
    grantsOf: (userId) => groups.grantsOf(userId),
  })
  const policy = { minLength: config.password.minLength, siteWords: siteWords(config) }
  const { mint, readAccess, readApiRefresh, readRefresh } = openTokens({ config, secrets, ring, clock, extraClaims })
  const identify = createIdentify({ find: live.find, active, readAccess, userIdField: config.jwt.shape.userIdField })
  const issuing = whileItIssues(ring)
  const openSession = issuing(createOpenSession({ sessions, mint }))
  const provePassword = createProvePassword({ throttle, hasher, users, admits })
  const checking = { sessions, identify, active, readRefresh: readApiRefresh }
  const browser = { sessions, readRefresh, admits, policy: config.session }
  const examine = createExamineToken(checking)
  const ofClients = { clients: createClientStore(db), secrets: clientSecrets, audit }

  return {
    config,
    clock,
    identify,
    /** For who has just registered. Where a password was proven, the rule was asked then. */
    openSession: issuing(createOpenSession({ sessions, mint, admits })),
    register: issuing(createRegister({ users, hasher, audit, throttle, policy }), ({ context }) => context !== null),
    login: issuing(
      createLogin({
        ...{ users, audit, provePassword, openSession },
        ...active,
        hooks: loginHooks,
        recordsLastLogin: config.jwt.updateLastLogin,
        identifierMark: (typed) => createHmac('sha256', markKey).update(foldEmail(typed)).digest('hex').slice(0, 12),
      }),
    ),
    logout: createLogout({ sessions, audit }),
    reauthenticate: issuing(createReauthenticate({ users, audit, provePassword, openSession })),
    changePassword: issuing(
      createChangePassword({ users, hasher, audit, provePassword, openSession, policy, onFault }),
    ),
    listSessions: createListSessions({ sessions }),
    endSessions: createEndSessions({ sessions, audit }),
    confirm: createConfirm({ sessions, readRefresh, onFault }),
    refreshBrowser: issuing(createRefreshBrowser({ ...browser, mint, audit })),
    wouldRefresh: createForeseeRefresh(browser),
    refreshApi: issuing(createRefreshApi({ ...checking, mint, throttle, admits, policy: config.jwt })),
    checkToken: createCheckToken(checking),
    blacklistToken: createBlacklistToken({ ...checking, audit }),
    authenticateClient: createAuthenticateClient({ ...ofClients, throttle }),
    manageClients: createManageClients(ofClients),
    introspectToken: createIntrospectToken({ examine }),
    revokeToken: createRevokeToken({ examine, sessions, audit }),
    administer: createAdminister({ users, sessions, hasher, audit, policy }),
    administerGroups: createAdministerGroups({ groups, audit }),
    /** The id of the session a refresh cookie belongs to, whatever has become of it; null when the cookie is none of ours. */
    sessionOf: async (refreshToken: string) => (await readRefresh(refreshToken))?.sid ?? null,
    shortenAccess: issuing(createShortenAccess({ sessions, mint })),
    audit,
    auditReader: createAuditReader(db),
    /** How many rows of each kind were forgotten. */
    prune: createPrune({
      sessions: () => pruneSessions(db),
      counters: () => pruneThrottle(db),
      changes: () => pruneChanges(db),
    }),
    /** How many statements the database has been sent. */
    statements: database.statements,
    /** Null: the keys come from the settings and nobody manages them here. */
    manageKeys,
    keyRing: ring,
    /** What time asks of the keys, and their newest state. The boot calls it every other second. */
    async tendKeys() {
      await manageKeys?.upkeep()
      await ring.refresh()
    },
    async close() {
      await pool.close()
      await audit.flush()
      await live.close()
      await database.close()
      await stop()
    },
  }
}

/** What an attacker would try first for anybody here (PW-8). */
function siteWords({ publicUrl }: Config): string[] {
  return ['latchkey', ...new URL(publicUrl).hostname.split('.')]
}
