/**
 * What a client is told of a token (RFC 7662), and the bodies of introspection and revocation (RFC 7009) as schemas.
 * Wire names are those of the RFCs. Told is what a resource server needs to decide, and no more: no address, no rights
 * of a refresh token, nothing at all of a token that is not active (IN-1).
 */
import { z } from 'zod'
import type { AccessClaims, ApiRefreshClaims } from './claims'
import { textField } from './fields'
import type { SessionView } from './records'

const text = { type: 'string' }

/** Both endpoints take the same two fields. The hint may say anything: what a token is, its signed claims say. */
const tokenBody = z.object({
  token: textField.meta({ ...text, description: 'A token, access or refresh.' }),
  token_type_hint: z
    .string('Not a valid string.')
    .optional()
    .meta({ description: 'access_token or refresh_token; anything else, or a wrong one, does no harm.' }),
})
export const introspectBody = tokenBody
export const revokeBody = tokenBody

const seconds = z.number().int()

export const activeAnswer = z.strictObject({
  active: z.literal(true),
  token_use: z.enum(['access', 'refresh']).meta({ description: 'Only an access token opens anything.' }),
  token_type: z.literal('Bearer').optional().meta({ description: 'Of an access token only.' }),
  sub: z.uuid().meta({ description: 'The user’s id.' }),
  username: z.string().meta({ description: 'As it is now.' }),
  roles: z.array(z.string()).optional().meta({ description: 'As they are now; of an access token only.' }),
  sid: z.uuid().meta({ description: 'The session’s id, the same in all its tokens.' }),
  jti: z.string(),
  iss: z.string(),
  aud: z.union([z.string(), z.array(z.string())]).optional(),
  client_id: z.string().optional(),
  scope: z.string().optional(),
  iat: seconds,
  exp: seconds.meta({ description: 'Seconds since 1970. The session can end before that.' }),
})
export type ActiveAnswer = z.infer<typeof activeAnswer>

/** The same for every token that is not active, whatever the reason. */
const inactiveAnswer = z.strictObject({ active: z.literal(false) })

export const introspectAnswer = z.union([activeAnswer, inactiveAnswer])
export type IntrospectAnswer = z.infer<typeof introspectAnswer>

/** An error in the words of RFC 6749, section 5.2, and in ours beside them. */
export const clientRefusedAnswer = z.strictObject({
  error: z.literal('invalid_client'),
  detail: z.string(),
  code: z.literal('invalid_client'),
})

/** A body that is refused: the fields and their sentences, beside the word of RFC 6749. */
export const tokenInvalidAnswer = z.strictObject({
  error: z.literal('invalid_request'),
  token: z.array(z.string()).optional(),
  token_type_hint: z.array(z.string()).optional(),
})

export type GoodToken =
  | { token: 'access'; claims: AccessClaims; view: SessionView }
  | { token: 'refresh'; claims: ApiRefreshClaims; view: SessionView }

/** The claims are those of the verified token; the username and the roles are the row's. */
export function describeToken({ token, claims, view }: GoodToken): ActiveAnswer {
  const { sub, sid, jti, iss, aud, client_id, scope, iat, exp } = claims
  const optional = { aud, client_id, scope }
  const written = Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined))
  // Whoever lets in everything that is active and a Bearer must not let in a refresh token.
  const rights = token === 'access' ? { token_type: 'Bearer' as const, roles: view.grants.groups } : {}
  const who = { sub, username: view.user.username, sid }
  return { active: true, token_use: token, ...rights, ...who, jti, iss, ...written, iat, exp }
}
