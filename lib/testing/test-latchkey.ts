/** Latchkey without a database: the real flows, core and tokens on in-memory stores, a fixed clock and a hasher that costs nothing. */
import type { ApiRefreshPolicy } from '#lib/core/api-refresh'
import { minutes, seconds } from '#lib/core/duration'
import type { Hooks } from '#lib/core/hooks'
import type { SessionStore } from '#lib/core/ports'
import type { UserRecord } from '#lib/core/records'
import { contractShape, ownClaims, type TokenShape } from '#lib/core/token-shape'
import { clientSecrets } from '#lib/crypto/client-secret'
import { createAdminister } from '#lib/flows/administer'
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
import { createReauthenticate } from '#lib/flows/reauthenticate'
import { createRefreshApi } from '#lib/flows/refresh-api'
import { createRefreshBrowser } from '#lib/flows/refresh-browser'
import { createRegister } from '#lib/flows/register'
import { createRevokeToken } from '#lib/flows/revoke-token'
import { createShortenAccess } from '#lib/flows/shorten-access'
import { aContext, aUser } from './builders'
import { fastHash, fastHasher } from './fast-hasher'
import { fixedClock } from './fixed-clock'
import { memoryClientStore } from './memory-client-store'
import { memoryAuditLog, memoryRows } from './memory-rows'
import { lifetimes, memorySessionStore } from './memory-session-store'
import { memoryThrottle } from './memory-throttle'
import { memoryUserStore } from './memory-user-store'
import { testTokens } from './test-tokens'

export const PASSWORD = 'a few unrelated words'
const rotationPolicy = { rotationAgeMs: minutes(5), lateWindowMs: seconds(30) }

export interface TestOptions {
  apiPolicy?: ApiRefreshPolicy
  maxSessions?: number
  recordsLastLogin?: boolean
  shape?: TokenShape
  hooks?: Hooks
  /** JWT_CHECK_USER_IS_ACTIVE=false. */
  apiIgnoresActive?: boolean
  /** Puts something between the flows and the session store: a fault, a race. */
  sessions?: (store: SessionStore) => SessionStore
}

export type TestLatchkey = ReturnType<typeof testLatchkey>

export function testLatchkey(options: TestOptions = {}) {
  const { apiPolicy, maxSessions, recordsLastLogin = true, sessions: wrap, shape, hooks = {} } = options
  const active = { apiIgnoresActive: options.apiIgnoresActive ?? false }
  const clock = fixedClock()
  const rows = { ...memoryRows(clock), active }
  const users = memoryUserStore(rows)
  const store = memorySessionStore(rows, { ...lifetimes, maxSessions: maxSessions ?? lifetimes.maxSessions })
  const sessions = wrap?.(store) ?? store
  const audit = memoryAuditLog(rows)
  const throttle = memoryThrottle(clock)
  const hasher = fastHasher()
  const faults: unknown[] = []
  const onFault = (fault: unknown) => void faults.push(fault)
  const own = ownClaims(shape ?? contractShape)
  const grantsOf = async (id: string) => rows.grants.get(id) ?? { groups: [], permissions: [] }
  const { extraClaims, admits, login: loginHooks } = createAskHooks({ hooks, own, grantsOf, onFault })
  const { mint, minted, readAccess, readApiRefresh, readRefresh } = testTokens(clock, { shape, extraClaims })

  const openSession = createOpenSession({ sessions, mint })
  const provePassword = createProvePassword({ throttle, hasher, users, admits })
  const identify = createIdentify({ find: sessions.find, readAccess, active, userIdField: shape?.userIdField })
  const checking = { sessions, identify, active, readRefresh: readApiRefresh }
  const examine = createExamineToken(checking)
  const ofClients = { clients: memoryClientStore(rows), secrets: clientSecrets, audit }
  const policy = { minLength: 12, siteWords: ['latchkey', 'localhost'] }
  const refreshPolicy = apiPolicy ?? { rotate: true, singleUse: true, tolerant: false }
  const browser = { sessions, readRefresh, admits, policy: rotationPolicy }
  const proving = { users, audit, provePassword, openSession }

  return {
    ...{ clock, rows, users, sessions, throttle, hasher, mint, minted, faults, openSession, identify, provePassword },
    readAccess,
    readRefresh,
    context: aContext(),
    register: createRegister({ users, hasher, audit, throttle, policy }),
    openFirstSession: createOpenSession({ sessions, mint, admits }),
    login: createLogin({
      ...{ ...proving, ...active, hooks: loginHooks, recordsLastLogin },
      identifierMark: (typed) => `mark-of-${typed.length}`,
    }),
    logout: createLogout({ sessions, audit }),
    reauthenticate: createReauthenticate(proving),
    changePassword: createChangePassword({ ...proving, hasher, policy, onFault }),
    listSessions: createListSessions({ sessions }),
    endSessions: createEndSessions({ sessions, audit }),
    confirm: createConfirm({ sessions, readRefresh, onFault }),
    refreshBrowser: createRefreshBrowser({ ...browser, mint, audit }),
    wouldRefresh: createForeseeRefresh(browser),
    refreshApi: createRefreshApi({ ...checking, mint, throttle, admits, policy: refreshPolicy }),
    checkToken: createCheckToken(checking),
    blacklistToken: createBlacklistToken({ ...checking, audit }),
    authenticateClient: createAuthenticateClient({ ...ofClients, throttle }),
    manageClients: createManageClients(ofClients),
    introspectToken: createIntrospectToken({ examine }),
    revokeToken: createRevokeToken({ examine, sessions, audit }),
    administer: createAdminister({ users, sessions, hasher, audit, policy }),
    shortenAccess: createShortenAccess({ sessions, mint }),

    /** An account whose password is PASSWORD. */
    addUser(over: Partial<UserRecord> = {}): UserRecord {
      const user = aUser({ passwordHash: fastHash(PASSWORD), ...over })
      rows.users.set(user.id, user)
      return structuredClone(user)
    },

    /** A session of that user, with its first tokens. */
    async open(user: UserRecord, kind: 'browser' | 'api' = 'browser', supersedes: string | null = null) {
      const wanted = { user, kind, persistent: true, amr: ['pwd'], context: aContext(), supersedes }
      const opened = await openSession(wanted)
      if (!opened) throw new Error('The session was not opened.')
      minted.length = 0
      return opened
    },
  }
}
