/** Rows, views and requests as tests need them: sensible throughout, each field open to change. */
import { randomUUID } from 'node:crypto'
import { days, minutes } from '#lib/core/duration'
import type { Principal } from '#lib/core/principal'
import type { Grants, SessionRecord, SessionView, UserRecord } from '#lib/core/records'
import type { RequestContext } from '#lib/core/request-context'
import { principalOf } from '#lib/flows/identify'
import { later, START } from './fixed-clock'

export function aUser(over: Partial<UserRecord> = {}): UserRecord {
  return {
    id: randomUUID(),
    email: 'ada@example.com',
    username: 'ada',
    passwordHash: null,
    isActive: true,
    isStaff: false,
    isSuperuser: false,
    emailVerifiedAt: null,
    lastLoginAt: null,
    epoch: 0,
    createdAt: START,
    ...over,
  }
}

/** A browser session begun at START, still unconfirmed. */
export function aSession(over: Partial<SessionRecord> = {}): SessionRecord {
  return {
    id: randomUUID(),
    userId: randomUUID(),
    kind: 'browser',
    generation: 0,
    parentTag: null,
    rotatedAt: null,
    confirmedAt: null,
    idleExpiresAt: later(START, days(14)),
    absoluteExpiresAt: later(START, days(30)),
    revokedAt: null,
    revokedReason: null,
    persistent: true,
    authTime: START,
    amr: ['pwd'],
    epoch: 0,
    userAgent: 'Test',
    ip: '203.0.113.7',
    lastSeenAt: START,
    createdAt: START,
    ...over,
  }
}

export function aView({
  session = {},
  user = {},
  grants = {},
  now = START,
}: {
  session?: Partial<SessionRecord>
  user?: Partial<UserRecord>
  grants?: Partial<Grants>
  now?: Date
} = {}): SessionView {
  const owner = aUser(user)
  return {
    session: aSession({ userId: owner.id, ...session }),
    user: owner,
    grants: { groups: [], permissions: [], ...grants },
    now,
  }
}

export function aContext(over: Partial<RequestContext> = {}): RequestContext {
  return { ip: '203.0.113.7', network: '203.0.113.7', userAgent: 'Test', requestId: 'request-1', ...over }
}

/** Who a living session acts as. */
export function aPrincipal(view: SessionView): Principal {
  const iat = Math.floor(view.now.getTime() / 1000)
  return principalOf(view, { jti: '0'.repeat(32), iat, exp: iat + minutes(10) / 1000 })
}
