/**
 * Change one's own password: the current one asked, every session ended by the user's epoch, this one goes on under a new id
 * (PW-10, SE-1, SE-3). Of two changes at once one wins; the other finds its "current" password outdated.
 */
import { z } from 'zod'
import { parseFields, passwordField, type FieldErrors } from '#lib/core/fields'
import { accountWords, checkPassword, passwordSentence } from '#lib/core/password-policy'
import type { AuditLog, PasswordHasher, UserStore } from '#lib/core/ports'
import type { Principal } from '#lib/core/principal'
import type { RequestContext } from '#lib/core/request-context'
import type { OpenedSession, OpenSession } from './open-session'
import type { ProvePassword } from './prove-password'

export type ChangePasswordOutcome =
  | ({ kind: 'changed' } & OpenedSession)
  /** The new password holds, but there is no session with it: a fault between the two, or a user disabled at that moment. */
  | { kind: 'changed-and-out' }
  | { kind: 'invalid'; errors: FieldErrors }
  | { kind: 'throttled'; retryAfterMs: number }
  | { kind: 'busy' }

interface ChangePasswordDeps {
  users: UserStore
  hasher: PasswordHasher
  audit: AuditLog
  provePassword: ProvePassword
  openSession: OpenSession
  policy: { minLength: number; siteWords: string[] }
  /** Hears of a session that could not be opened after the change. */
  onFault: (fault: unknown) => void
}

export type ChangePassword = (
  principal: Principal,
  input: unknown,
  context: RequestContext,
) => Promise<ChangePasswordOutcome>

const schema = z.object({ current_password: passwordField, new_password: passwordField })
const wrongCurrent: ChangePasswordOutcome = {
  kind: 'invalid',
  errors: { current_password: ['This is not your current password.'] },
}

export function createChangePassword(deps: ChangePasswordDeps): ChangePassword {
  return async ({ user: { id, email, username }, session }, input, context) => {
    const parsed = parseFields(schema, input)
    if (parsed.kind === 'invalid') return parsed
    const { current_password: current, new_password: wanted } = parsed.data
    const words = [...deps.policy.siteWords, ...accountWords({ email, username })]
    const fault = checkPassword(wanted, { minLength: deps.policy.minLength, words })
    if (fault) return { kind: 'invalid', errors: { new_password: [passwordSentence(fault, deps.policy.minLength)] } }

    // A wrong current password counts as a failed login: a stolen screen is no way to guess it (PW-10).
    const proof = await deps.provePassword({
      user: await deps.users.findById(id),
      identifier: null,
      password: current,
      context,
    })
    const who = { event: 'password.change' as const, actorId: id, subjectId: id, sessionId: session.id, context }
    if (proof.kind !== 'proven') {
      await deps.audit.append({ ...who, outcome: 'failure', reason: proof.kind === 'failed' ? proof.why : proof.kind })
      return proof.kind === 'failed' ? wrongCurrent : proof
    }
    const hash = await deps.hasher.hash(wanted, 'whole', context.network)
    if (hash === null) return { kind: 'busy' }
    const changed = await deps.users.changePassword(id, proof.user.passwordHash ?? '', hash)
    if (!changed) {
      await deps.audit.append({ ...who, outcome: 'failure', reason: 'changed_meanwhile' })
      return wrongCurrent
    }
    // At once: whatever happens to the new session, the password is changed. The row names the session it was changed in.
    await deps.audit.append({ ...who, outcome: 'success' })
    const opened = await deps.openSession({ user: changed, ...successor(session), context }).catch((fault: unknown) => {
      deps.onFault(fault)
      return null
    })
    return opened ? { kind: 'changed', ...opened } : { kind: 'changed-and-out' }
  }
}

const successor = ({ id, kind, persistent }: Principal['session']) => ({
  kind,
  persistent,
  amr: ['pwd'],
  supersedes: id,
})
