/**
 * Log in with an email or a username and a password: one answer and about one time for every way to fail (EN-1, EN-2).
 * Called by the login form, by `/auth/login/` and by `/api/token/`; they differ in the kind of session and in their words.
 */
import { parseFields, type FieldErrors, type textField } from '#lib/core/fields'
import type { AuditLog, LoginHooks, UserStore } from '#lib/core/ports'
import type { SessionKind } from '#lib/core/records'
import { loginFields } from '#lib/core/request-fields'
import type { RequestContext } from '#lib/core/request-context'
import type { OpenedSession, OpenSession } from './open-session'
import type { ProvePassword } from './prove-password'

export type LoginOutcome =
  | ({ kind: 'logged-in' } & OpenedSession)
  | { kind: 'invalid'; errors: FieldErrors }
  | { kind: 'refused' }
  | { kind: 'throttled'; retryAfterMs: number }
  | { kind: 'busy' }

export interface LoginRequest {
  input: unknown
  /** The key of the input that holds the email or username: forms say identifier, programs email or username. */
  identifierKey: keyof typeof loginFields
  session: { kind: SessionKind; persistent: boolean; supersedes: string | null }
  context: RequestContext
}

interface LoginDeps {
  users: UserStore
  audit: AuditLog
  provePassword: ProvePassword
  openSession: OpenSession
  recordsLastLogin: boolean
  /** A keyed hash of what was typed: people type passwords into the wrong field (LG-4). */
  identifierMark: (typed: string) => string
  /** JWT_CHECK_USER_IS_ACTIVE=false: programs of deactivated users may log in. */
  apiIgnoresActive?: boolean
  hooks?: LoginHooks
}

export type Login = (request: LoginRequest) => Promise<LoginOutcome>

export function createLogin(deps: LoginDeps): Login {
  return async ({ input, identifierKey, session, context }) => {
    const parsed = parseFields<Record<string, typeof textField>>(loginFields[identifierKey], input)
    if (parsed.kind === 'invalid') return parsed
    const { [identifierKey]: identifier = '', password = '' } = parsed.data

    // An email first; a username only if no account has that email; never both. One query either way (EN-2).
    const user = await deps.users.findByLoginName(identifier)
    const inactive = deps.apiIgnoresActive && session.kind === 'api' ? 'admitted' : 'refused'
    const proof = await deps.provePassword({ user, identifier, password, context, inactive })
    const audit = { event: 'login' as const, subjectId: user?.id ?? null, context }
    if (proof.kind !== 'proven') {
      const reason = proof.kind === 'failed' ? proof.why : proof.kind
      const detail = { ...(user ? {} : { identifier: deps.identifierMark(identifier) }), kind: session.kind }
      await deps.audit.append({ ...audit, outcome: 'failure', reason, detail })
      await deps.hooks?.onFailed({ kind: session.kind, identifier, reason, context })
      return proof.kind === 'failed' ? { kind: 'refused' } : proof
    }

    const opened = await deps.openSession({ ...session, user: proof.user, amr: ['pwd'], context })
    if (!opened) {
      await deps.audit.append({
        ...audit,
        outcome: 'failure',
        reason: 'changed_meanwhile',
        detail: { kind: session.kind },
      })
      await deps.hooks?.onFailed({ kind: session.kind, identifier, reason: 'changed_meanwhile', context })
      return { kind: 'refused' }
    }
    if (deps.recordsLastLogin) await deps.users.recordLogin(proof.user.id)
    const who = { actorId: proof.user.id, subjectId: proof.user.id, sessionId: opened.session.id }
    await deps.audit.append({ ...audit, ...who, outcome: 'success', detail: { kind: session.kind } })
    await deps.hooks?.onSuccess(opened, context)
    return { kind: 'logged-in', ...opened }
  }
}
