/** The password again, before a sensitive act: a new session id with a fresh auth_time; the former one is superseded (SE-1). */
import { z } from 'zod'
import { parseFields, passwordField, type FieldErrors } from '#lib/core/fields'
import type { AuditLog, UserStore } from '#lib/core/ports'
import type { Principal } from '#lib/core/principal'
import type { RequestContext } from '#lib/core/request-context'
import type { OpenedSession, OpenSession } from './open-session'
import type { ProvePassword } from './prove-password'

export type ReauthenticateOutcome =
  | ({ kind: 'logged-in' } & OpenedSession)
  | { kind: 'invalid'; errors: FieldErrors }
  | { kind: 'refused' }
  | { kind: 'throttled'; retryAfterMs: number }
  | { kind: 'busy' }

interface ReauthenticateDeps {
  users: UserStore
  audit: AuditLog
  provePassword: ProvePassword
  openSession: OpenSession
}

export type Reauthenticate = (
  principal: Principal,
  input: unknown,
  context: RequestContext,
) => Promise<ReauthenticateOutcome>

export function createReauthenticate({ users, audit, provePassword, openSession }: ReauthenticateDeps): Reauthenticate {
  return async ({ user: { id }, session }, input, context) => {
    const parsed = parseFields(z.object({ password: passwordField }), input)
    if (parsed.kind === 'invalid') return parsed
    const proof = await provePassword({
      user: await users.findById(id),
      identifier: null,
      password: parsed.data.password,
      context,
    })
    const who = { event: 'reauthenticate' as const, actorId: id, subjectId: id, context }
    if (proof.kind !== 'proven') {
      const reason = proof.kind === 'failed' ? proof.why : proof.kind
      await audit.append({ ...who, outcome: 'failure', reason, sessionId: session.id })
      return proof.kind === 'failed' ? { kind: 'refused' } : proof
    }
    const next = { kind: session.kind, persistent: session.persistent, amr: ['pwd'], supersedes: session.id, context }
    const opened = await openSession({ ...next, user: proof.user })
    if (!opened) {
      await audit.append({ ...who, outcome: 'failure', reason: 'changed_meanwhile', sessionId: session.id })
      return { kind: 'refused' }
    }
    await audit.append({ ...who, outcome: 'success', sessionId: opened.session.id })
    return { kind: 'logged-in', ...opened }
  }
}
