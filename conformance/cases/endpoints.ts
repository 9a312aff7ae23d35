/** The endpoints, each with a body that it understands and that changes nothing. */
import type { Case } from '../compare'
import { claimsOf, type Claims, type Side } from '../side'
import type { Sent } from '../wire'

export interface Posted {
  name: string
  path: string
  /** In the order that errors come in. */
  fields: Record<string, string>
}

export const POSTED: Posted[] = [
  {
    name: 'register',
    path: '/api/register/',
    fields: { email: 'no address', username: 'no name', password: 'seven green bottles' },
  },
  { name: 'obtain', path: '/api/token/', fields: { email: 'nobody@example.com', password: 'seven green bottles' } },
  { name: 'refresh', path: '/api/token/refresh/', fields: { refresh: 'nonsense' } },
  { name: 'verify', path: '/api/token/verify/', fields: { token: 'nonsense' } },
  { name: 'blacklist', path: '/api/token/blacklist/', fields: { refresh: 'nonsense' } },
]

export const VIEW = '/api/protected/'

export const JSON_TYPE = 'application/json'
export const FORM_TYPE = 'application/x-www-form-urlencoded'

export function typed(path: string, type: string | null, body: string | Buffer): Sent {
  return { method: 'POST', path, headers: type === null ? [] : [['Content-Type', type]], body }
}

export const asJson = (path: string, fields: unknown) => typed(path, JSON_TYPE, JSON.stringify(fields))

export const asForm = (path: string, fields: Record<string, string>) =>
  typed(path, FORM_TYPE, new URLSearchParams(fields).toString())

export const bearer = (value: string): Sent => ({ path: VIEW, headers: [['Authorization', value]] })

export const always = (name: string, sent: Sent): Case => ({ name, request: () => sent })

/** Where a token can be shown, and how. */
export const SHOWN: { name: string; show: (token: string) => Sent }[] = [
  { name: 'refresh', show: (refresh) => asJson('/api/token/refresh/', { refresh }) },
  { name: 'verify', show: (token) => asJson('/api/token/verify/', { token }) },
  { name: 'blacklist', show: (refresh) => asJson('/api/token/blacklist/', { refresh }) },
  { name: 'view', show: (token) => bearer(`Bearer ${token}`) },
]

/** The claims of a new genuine token of this kind, for a case to spoil. */
export async function genuine(side: Side, kind: 'access' | 'refresh'): Promise<Claims> {
  return claimsOf((await side.obtain())[kind])
}
