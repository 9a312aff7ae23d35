/**
 * A new account: fields, password policy, hash, and a row whose uniqueness the database holds.
 * Called by the form, by `/auth/register/` and `/api/register/`, and by `manage createsuperuser`. It logs nobody in.
 */
import { z } from 'zod'
import { parseFields, passwordField, type FieldErrors } from '#lib/core/fields'
import { accountWords, checkPassword, passwordSentence } from '#lib/core/password-policy'
import type { AuditLog, PasswordHasher, Throttle, ThrottleKey, UserField, UserStore } from '#lib/core/ports'
import type { UserRecord } from '#lib/core/records'
import { registerFields } from '#lib/core/request-fields'
import type { RequestContext } from '#lib/core/request-context'

export type RegisterOutcome =
  | { kind: 'registered'; user: UserRecord }
  | { kind: 'invalid'; errors: FieldErrors }
  /** Never on the command line. */
  | { kind: 'throttled'; retryAfterMs: number }
  | { kind: 'busy' }

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
  throttle: Throttle
  policy: { minLength: number; siteWords: string[] }
}

export type Register = (request: RegisterRequest) => Promise<RegisterOutcome>

const takenSentence: Record<UserField, string> = {
  email: 'user with this email already exists.',
  username: 'A user with that username already exists.',
}

/** What an attempt told about who has an account, and so what it counts as. */
type Told = 'nothing' | 'a name is free' | 'a name is taken' | 'registered'

export function createRegister(deps: RegisterDeps): Register {
  return async (request) => {
    const { context } = request
    if (context === null) return (await attempt(deps, request)).outcome
    const keys = keysOf(context)
    const all = Object.values(keys)
    // Before it is looked whether the names are taken: that is what somebody with a list of addresses comes for.
    const verdict = await deps.throttle.reserve(all)
    if (verdict.kind === 'wait') {
      await deps.audit.append({ event: 'register', outcome: 'failure', reason: 'throttled', context })
      return { kind: 'throttled', retryAfterMs: verdict.retryAfterMs }
    }
    let told: Told = 'nothing'
    try {
      const { outcome, ...result } = await attempt(deps, request)
      told = result.told
      return outcome
    } finally {
      const counts = told === 'nothing' ? [] : [told === 'a name is free' ? keys.refused : keys.register]
      if (counts.length > 0) await deps.throttle.fail(counts)
      await deps.throttle.release(all.filter((key) => !counts.includes(key)))
    }
  }
}

function keysOf({ network }: RequestContext) {
  return {
    register: { name: 'register', subject: network },
    refused: { name: 'registerRefused', subject: network },
  } satisfies Record<string, ThrottleKey>
}

async function attempt(
  { users, hasher, audit, policy }: RegisterDeps,
  { input, context, as }: RegisterRequest,
): Promise<{ outcome: RegisterOutcome; told: Told }> {
  const refused = async (errors: FieldErrors, told: Told) => {
    await audit.append({
      event: context ? 'register' : 'user.create',
      outcome: 'failure',
      reason: 'invalid',
      context,
      detail: { fields: Object.keys(errors).join(' ') },
    })
    return { outcome: { kind: 'invalid' as const, errors }, told }
  }

  const parsed = parseFields(registerFields, input)
  const names = { email: fieldOf(input, 'email'), username: fieldOf(input, 'username') }
  const asked = names.email !== '' || names.username !== ''
  const taken = asked ? await users.takenFields(names.email, names.username) : []
  const errors = { ...takenErrors(taken), ...passwordErrors(input, policy) }
  const told = taken.length > 0 ? 'a name is taken' : asked ? 'a name is free' : 'nothing'
  if (parsed.kind === 'invalid') return refused(inOrder({ ...errors, ...parsed.errors }), told)
  if (Object.keys(errors).length > 0) return refused(errors, told)

  const { email, username, password } = parsed.data
  const passwordHash = await hasher.hash(password, context ? 'half' : 'whole', context?.network)
  if (passwordHash === null) return { outcome: { kind: 'busy' }, told: 'a name is free' }
  // Two may both have come this far with one name: the database lets one in, the other gets the field's sentence.
  const created = await users.create({ email, username, passwordHash, ...as })
  if (created.kind === 'taken') return refused(takenErrors(created.fields), 'a name is taken')
  const { user } = created
  await audit.append({
    event: context ? 'register' : 'user.create',
    outcome: 'success',
    ...(context ? { actorId: user.id } : { actorId: null, reason: 'command_line' }),
    subjectId: user.id,
    context,
  })
  return { outcome: { kind: 'registered', user }, told: 'registered' }
}

/** In the order of the fields, whichever check found them. */
function inOrder(errors: FieldErrors): FieldErrors {
  return Object.fromEntries(
    Object.keys(registerFields.shape).flatMap((name) => (errors[name] ? [[name, errors[name]]] : [])),
  )
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
  const parsed = parseFields(z.object({ [name]: registerFields.shape[name] }), input)
  return parsed.kind === 'ok' ? String(parsed.data[name]) : ''
}

function takenErrors(fields: UserField[]): FieldErrors {
  return Object.fromEntries(fields.map((field) => [field, [takenSentence[field]]]))
}
