/**
 * The hooks an operator may fill in lib/hooks.ts, as types, and the checks of what they answer (docs/guides/hooks.md).
 * What SimpleJWT takes as Python paths are functions here; none of them is ever given a password, a hash or a token.
 */
import type { Grants, SessionKind, UserRecord } from './records'
import { StartError } from './start-error'

/** What a hook is told of a user: the account without its password hash, and its groups and permissions of this moment. */
export type HookUser = Readonly<Omit<UserRecord, 'passwordHash' | 'epoch'> & Grants>

export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json }

export interface LoginFacts {
  readonly kind: SessionKind
  readonly ip: string
  readonly userAgent: string
  readonly requestId: string
}

export interface Hooks {
  /** Claims of your own in the tokens of programs. Only the declared names may be answered; any of them may be left out. */
  claims?: {
    readonly names: readonly string[]
    readonly of: (user: HookUser) => Answer<Record<string, Json | undefined>>
  }
  /** Whether this user, who has just proven a password or presents a good refresh token, may go on. SimpleJWT's USER_AUTHENTICATION_RULE. */
  authenticationRule?: (user: HookUser) => Answer<boolean>
  onLoginSuccess?: (user: HookUser, login: LoginFacts) => Answer<void>
  /** `identifier` is what was typed as email or username, `reason` the audit log's word for what was wrong. */
  onLoginFailed?: (attempt: LoginFacts & { readonly identifier: string; readonly reason: string }) => Answer<void>
}

type Answer<T> = T | Promise<T>

export class HookError extends Error {
  override readonly name = 'HookError'
}

export function hookUser({ passwordHash: _hash, epoch: _epoch, ...user }: UserRecord, grants: Grants): HookUser {
  // Copies: a hook that changes what it is given changes nothing.
  return { ...user, groups: [...grants.groups], permissions: [...grants.permissions] }
}

/** At boot: a declared name that is ours, or declared twice, or none at all, stops the start. */
export function checkHooks({ claims }: Hooks, own: readonly string[]): void {
  const names = claims?.names ?? []
  const faults = [
    ...names.filter((name) => own.includes(name)).map((name) => `${name} is a claim of Latchkey's own`),
    ...names.filter((name, i) => names.indexOf(name) !== i).map((name) => `${name} is declared twice`),
    ...(names.some((name) => name === '' || name === '__proto__') ? ['a claim must have a name'] : []),
  ]
  if (faults.length > 0)
    throw new StartError(
      `The claims hook in lib/hooks.ts is not usable: ${faults.join('; ')}.`,
      'Give its claims other names; docs/guides/hooks.md lists those that are taken.',
    )
}

/** At each token: what was not declared is refused, so that the check at boot holds for every token. */
export function checkClaims(answer: unknown, declared: readonly string[]): Record<string, unknown> {
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer))
    throw new HookError('The claims hook in lib/hooks.ts must answer an object.')
  const given = Object.entries(answer).filter(([, value]) => value !== undefined)
  const stranger = given.map(([name]) => name).find((name) => !declared.includes(name))
  if (stranger !== undefined)
    throw new HookError(`The claims hook in lib/hooks.ts answered "${stranger}", which is not among its names.`)
  const odd = given.find(([, value]) => !isJson(value))
  if (odd) throw new HookError(`The claims hook in lib/hooks.ts answered a "${odd[0]}" that is not plain JSON.`)
  return Object.fromEntries(given)
}

function isJson(value: unknown): value is Json {
  if (value === null || ['string', 'boolean'].includes(typeof value)) return true
  if (typeof value === 'number') return Number.isFinite(value)
  if (Array.isArray(value)) return value.every(isJson)
  return typeof value === 'object' && isPlain(value) && Object.values(value).every(isJson)
}

const isPlain = (value: object) => [Object.prototype, null].includes(Object.getPrototypeOf(value) as object | null)
