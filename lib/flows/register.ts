/**
 * A new account: fields, password policy, hash, and a row whose uniqueness the database holds.
 * Called by the form, by `/auth/register/` and `/api/register/`, and by `manage createsuperuser`. It logs nobody in.
 */
import { z } from 'zod'
import { emailField, parseFields, passwordField, usernameField, type FieldErrors } from '#lib/core/fields'
import { accountWords, checkPassword, passwordSentence } from '#lib/core/password-policy'
import type { AuditLog, PasswordHasher, UserField, UserStore } from '#lib/core/ports'
import type { UserRecord } from '#lib/core/records'
import type { RequestContext } from '#lib/core/request-context'

export type RegisterOutcome =
  { kind: 'registered'; user: UserRecord } | { kind: 'invalid'; errors: FieldErrors } | { kind: 'busy' }

export interface RegisterRequest {
  input: unknown
  /** Null on the command line. */
  context: RequestContext | null
  as?: { isStaff: boolean; isSuperuser: boolean }
}

interface RegisterDeps {
  users: UserStore
  hasher: PasswordHasher
  audit: AuditLog
  policy: { minLength: number; siteWords: string[] }
}

export type Register = (request: RegisterRequest) => Promise<RegisterOutcome>

const schema = z.object({ email: emailField, username: usernameField, password: passwordField })

const takenSentence: Record<UserField, string> = {
  email: 'user with this email already exists.',
  username: 'A user with that username already exists.',
}

export function createRegister({ users, hasher, audit, policy }: RegisterDeps): Register {
  const refused = async (errors: FieldErrors, context: RequestContext | null): Promise<RegisterOutcome> => {
    await audit.append({
      event: context ? 'register' : 'user.create',
      outcome: 'failure',
      reason: 'invalid',
      context,
      detail: { fields: Object.keys(errors).join(' ') },
    })
    return { kind: 'invalid', errors }
  }

  return async ({ input, context, as }) => {
    const parsed = parseFields(schema, input)
    const taken = await users.takenFields(fieldOf(input, 'email'), fieldOf(input, 'username'))
    const errors = { ...takenErrors(taken), ...passwordErrors(input, policy) }
    if (parsed.kind === 'invalid') return refused(inOrder({ ...errors, ...parsed.errors }), context)
    if (Object.keys(errors).length > 0) return refused(errors, context)

    const { email, username, password } = parsed.data
    const passwordHash = await hasher.hash(password)
    if (passwordHash === null) return { kind: 'busy' }
    // Two may both have come this far with one name: the unique index lets one in, the other gets the field's sentence.
    const created = await users.create({ email, username, passwordHash, ...as })
    if (created.kind === 'taken') return refused(takenErrors(created.fields), context)
    const { user } = created
    await audit.append({
      event: context ? 'register' : 'user.create',
      outcome: 'success',
      ...(context ? { actorId: user.id } : { actorId: null, reason: 'command_line' }),
      subjectId: user.id,
      context,
    })
    return { kind: 'registered', user }
  }
}

/** In the order of the fields, whichever check found them. */
function inOrder(errors: FieldErrors): FieldErrors {
  return Object.fromEntries(Object.keys(schema.shape).flatMap((name) => (errors[name] ? [[name, errors[name]]] : [])))
}

/** The policy's objection, also when other fields are wrong: all errors come at once. Words are taken from whatever was given. */
function passwordErrors(input: unknown, { minLength, siteWords }: RegisterDeps['policy']): FieldErrors {
  const password = parseFields(z.object({ password: passwordField }), input)
  if (password.kind === 'invalid') return {}
  const given = z
    .object({ email: z.string().catch(''), username: z.string().catch('') })
    .catch({ email: '', username: '' })
    .parse(input)
  const fault = checkPassword(password.data.password, { minLength, words: [...siteWords, ...accountWords(given)] })
  return fault ? { password: [passwordSentence(fault, minLength)] } : {}
}

/** One field on its own, so that whether it is taken is told beside the errors of others; empty when it is no good itself. */
function fieldOf(input: unknown, name: UserField): string {
  const parsed = parseFields(z.object({ [name]: schema.shape[name] }), input)
  return parsed.kind === 'ok' ? String(parsed.data[name]) : ''
}

function takenErrors(fields: UserField[]): FieldErrors {
  return Object.fromEntries(fields.map((field) => [field, [takenSentence[field]]]))
}
