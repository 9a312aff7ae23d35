/**
 * Sessions in memory, under the promises of the SessionStore port. The real decisions of core are carried out on the row at once:
 * nothing is awaited between reading and writing, so presentations come one after the other, as the database has them.
 */
import { randomUUID } from 'node:crypto'
import { decideApiRefresh, type ApiRefreshPolicy } from '#lib/core/api-refresh'
import { days } from '#lib/core/duration'
import type { ApiPresentOutcome, NewSession, PresentOutcome, SessionStore } from '#lib/core/ports'
import type { SessionView } from '#lib/core/records'
import type { RequestContext } from '#lib/core/request-context'
import {
  carryOut,
  decideConfirmation,
  decideRotation,
  isOver,
  type PresentedToken,
  type RotationPolicy,
} from '#lib/core/rotation'
import { rotationFacts } from '#lib/core/session-state'
import { aSession } from './builders'
import { later } from './fixed-clock'
import { endSessions, isAlive, viewOf, type MemoryRows } from './memory-rows'

export interface MemoryLifetimes {
  idleMs: number
  absoluteMs: number
  windowMs: number
  apiIdleMs: number
  maxSessions: number
}

export const lifetimes: MemoryLifetimes = {
  idleMs: days(14),
  absoluteMs: days(30),
  windowMs: days(1),
  apiIdleMs: days(1),
  maxSessions: 20,
}

export function memorySessionStore(rows: MemoryRows, lives: MemoryLifetimes = lifetimes): SessionStore {
  const { sessions, clock } = rows
  const find = (sid: string) => viewOf(rows, sid)
  return {
    find: async (sid) => find(sid),
    start: async (wanted) => start(rows, wanted, lives),
    async confirm(sid, generation) {
      const view = find(sid)
      if (!view || decideConfirmation(rotationFacts(view), { generation, tag: '' }, view.now) !== 'confirm') return
      change(rows, sid, { confirmedAt: clock.now() })
    },
    present: async (sid, token, policy, context) => present(rows, { sid, token, policy, context }, lives.idleMs),
    presentApi: async (sid, token, policy, context) =>
      presentApi(rows, { sid, token, policy, context }, lives.apiIdleMs),
    async listLive(userId) {
      const live = [...sessions.values()].filter(({ id, userId: owner }) => owner === userId && isAlive(rows, id))
      return structuredClone(live.sort((a, b) => b.lastSeenAt.getTime() - a.lastSeenAt.getTime()))
    },
    async revoke(sid, reason, userId) {
      const owned = (owner: string) => userId === undefined || owner === userId
      return endSessions(rows, reason, (session) => session.id === sid && owned(session.userId)).length > 0
    },
    revokeOthers: async (userId, keep, reason) =>
      endSessions(rows, reason, (session) => session.userId === userId && session.id !== keep),
  }
}

function start(rows: MemoryRows, wanted: NewSession, lives: MemoryLifetimes): SessionView | null {
  const { user: claimed, kind, persistent, amr, context, supersedes } = wanted
  const now = rows.clock.now()
  const user = rows.users.get(claimed.id)
  const barred = !user?.isActive && !(rows.active.apiIgnoresActive && kind === 'api')
  if (!user || barred || user.epoch !== claimed.epoch) return null
  endSessions(rows, 'superseded', ({ id }) => id === supersedes)
  if (kind === 'browser') endSurplus(rows, user.id, lives.maxSessions - 1, context)
  const absolute = kind === 'browser' && !persistent ? Math.min(lives.windowMs, lives.absoluteMs) : lives.absoluteMs
  const idle = Math.min(kind === 'api' ? lives.apiIdleMs : lives.idleMs, absolute)
  const ends = { idleExpiresAt: later(now, idle), absoluteExpiresAt: later(now, absolute) }
  const times = { authTime: now, lastSeenAt: now, createdAt: now, ...ends }
  const origin = { userAgent: context.userAgent, ip: context.ip }
  const row = aSession({
    id: randomUUID(),
    userId: user.id,
    epoch: user.epoch,
    kind,
    persistent,
    amr,
    ...times,
    ...origin,
  })
  rows.sessions.set(row.id, row)
  return viewOf(rows, row.id)
}

function endSurplus(rows: MemoryRows, userId: string, kept: number, context: RequestContext) {
  const mine = [...rows.sessions.values()].filter(
    (s) => s.userId === userId && s.kind === 'browser' && isAlive(rows, s.id),
  )
  const surplus = mine.sort((a, b) => b.lastSeenAt.getTime() - a.lastSeenAt.getTime()).slice(kept)
  for (const sessionId of endSessions(rows, 'too_many_sessions', (session) => surplus.includes(session))) {
    const note = { outcome: 'success' as const, reason: 'too_many_sessions', subjectId: userId, sessionId, context }
    rows.audit.push({ event: 'session.end', ...note })
  }
}

interface Presentation<Policy> {
  sid: string
  token: PresentedToken
  policy: Policy
  context: RequestContext
}

function present(rows: MemoryRows, shown: Presentation<RotationPolicy>, idleMs: number): PresentOutcome {
  const { sid, token, policy, context } = shown
  const view = viewOf(rows, sid)
  const decision =
    view?.session.kind === 'browser' ? decideRotation(rotationFacts(view), token, view.now, policy) : 'denied'
  if (!view || decision === 'denied')
    return { kind: 'denied', userId: view?.user.id ?? null, revokedReason: view?.session.revokedReason ?? null }
  if (decision === 'reuse') {
    alarm(rows, view, shown)
    return { kind: 'reuse', userId: view.user.id, revokedReason: 'reuse' }
  }
  const origin = { ip: context.ip, userAgent: context.userAgent }
  change(rows, sid, { ...seen(view, idleMs), ...origin })
  const { generation, parentTag, confirmedAt } = carryOut(rotationFacts(view), token, decision, view.now)
  change(rows, sid, { generation, parentTag, confirmedAt })
  if (decision === 'rotate') change(rows, sid, { rotatedAt: view.now })
  return { kind: decision, ...afterwards(rows, sid) }
}

function presentApi(rows: MemoryRows, shown: Presentation<ApiRefreshPolicy>, idleMs: number): ApiPresentOutcome {
  const { sid, token, policy } = shown
  const view = viewOf(rows, sid)
  if (!view || view.session.kind !== 'api') return { kind: 'denied', view }
  const { generation, parentTag } = view.session
  const facts = { over: isOver(rotationFacts(view, rows.active), view.now), generation, parentTag }
  const decision = decideApiRefresh(facts, token, policy)
  if (decision === 'denied') return { kind: 'denied', view }
  if (decision === 'reuse') {
    alarm(rows, view, shown)
    return { kind: 'reuse', view: viewOf(rows, sid) }
  }
  change(rows, sid, seen(view, idleMs))
  if (decision === 'rotate') change(rows, sid, successor(view, token))
  return { kind: decision, ...afterwards(rows, sid) }
}

function change(rows: MemoryRows, sid: string, fields: Partial<SessionView['session']>) {
  Object.assign(rows.sessions.get(sid) ?? {}, fields)
}

const successor = ({ session, now }: SessionView, { tag }: PresentedToken) => ({
  generation: session.generation + 1,
  parentTag: tag,
  rotatedAt: now,
})

/** Every successful refresh moves the idle end, never past the absolute one (design, section 4, rule 7). */
function seen({ session, now }: SessionView, idleMs: number) {
  const idle = Math.min(later(now, idleMs).getTime(), session.absoluteExpiresAt.getTime())
  return { idleExpiresAt: new Date(idle), lastSeenAt: now }
}

function alarm(rows: MemoryRows, { session, user }: SessionView, { token, context }: Presentation<unknown>) {
  endSessions(rows, 'reuse', ({ id }) => id === session.id)
  const detail = { presented: token.generation, current: session.generation }
  const about = { subjectId: user.id, sessionId: session.id, context, detail }
  rows.audit.push({ event: 'refresh.reuse', outcome: 'failure', reason: 'reuse', ...about })
}

function afterwards(rows: MemoryRows, sid: string): SessionView {
  const view = viewOf(rows, sid)
  if (!view) throw new Error('The session is gone.')
  return view
}
