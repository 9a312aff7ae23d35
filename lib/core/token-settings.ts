/**
 * The settings that shape tokens, their claims and the header they come in: each one's own rule, and where two of them disagree.
 * Used by config.ts alone, which reads the environment; meanings in docs/token-api.md, section B.
 */
import { z } from 'zod'
import { OWN_AUDIENCES } from './claims'
import { contractShape, RESERVED_CLAIMS } from './token-shape'

const words = (fallback: string) =>
  z
    .string()
    .default(fallback)
    .transform((text) =>
      text
        .split(',')
        .map((word) => word.trim())
        .filter(Boolean),
    )

const claimName = (fallback: string) =>
  z
    .string()
    .default(fallback)
    .refine(
      (name) => /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/.test(name),
      'must be a name of letters, digits, _ . and -, beginning with a letter',
    )

/** Headers with a meaning of their own, which no token may come in. */
const TAKEN_HEADERS =
  /^(cookie|host|origin|connection|content-.*|transfer-encoding|x-forwarded-.*|x-latchkey-.*|x-nonce|next-.*|rsc)$/i

const headerName = z
  .string()
  .default('Authorization')
  .superRefine((name, context) => {
    const message = headerFault(name)
    if (message) context.addIssue({ code: 'custom', message })
  })

function headerFault(name: string): string | null {
  if (/^HTTP_/i.test(name))
    return `is the plain name of a header here: write ${name
      .slice(5)
      .split('_')
      .map((word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase())
      .join('-')} instead of ${name}`
  if (!/^[A-Za-z0-9-]{1,64}$/.test(name)) return 'must be the name of a header such as X-Access-Token'
  return TAKEN_HEADERS.test(name) ? 'must be a header without another meaning, such as X-Access-Token' : null
}

const { names } = contractShape

export const tokenSettings = {
  TOKEN_PROFILE: z
    .enum(['contract', 'rfc9068'], { error: 'must be contract or rfc9068' })
    .default(contractShape.profile),
  JWT_AUDIENCE: words('')
    .refine(
      (list) => list.every((one) => /^[\x21-\x7e]{1,255}$/.test(one)),
      'must be names without spaces, with commas between',
    )
    .refine(
      (list) => list.every((one) => !one.startsWith(OWN_AUDIENCES)),
      `must not begin with ${OWN_AUDIENCES}, which is for tokens that Latchkey alone accepts`,
    ),
  JWT_AUTH_HEADER_TYPES: words('Bearer')
    .refine(
      (list) => list.length > 0 && list.every((word) => /^[A-Za-z][A-Za-z0-9_-]{0,31}$/.test(word)),
      'must be one word or several such as Bearer,JWT',
    )
    .refine(
      (list) => list.every((word) => word.toLowerCase() !== 'basic'),
      'must not be Basic, which carries passwords',
    ),
  JWT_AUTH_HEADER_NAME: headerName,
  JWT_USER_ID_FIELD: z
    .enum(['id', 'email', 'username'], { error: 'must be id, email or username' })
    .default(contractShape.userIdField),
  JWT_USER_ID_CLAIM: claimName(names.userId),
  JWT_TOKEN_TYPE_CLAIM: claimName(names.tokenType),
  JWT_JTI_CLAIM: claimName(names.tokenId),
}

export type TokenSettings = { [Name in keyof typeof tokenSettings]: z.infer<(typeof tokenSettings)[Name]> }

const NAMING = { JWT_USER_ID_CLAIM: names.userId, JWT_TOKEN_TYPE_CLAIM: names.tokenType, JWT_JTI_CLAIM: names.tokenId }
type Naming = keyof typeof NAMING

/** Where the settings disagree with each other or with the claims that are always there, a sentence each. */
export function tokenContradictions(settings: TokenSettings): string[] {
  const naming = Object.entries(NAMING) as [Naming, string][]
  const renamed = naming.filter(([setting, standard]) => settings[setting] !== standard).map(([setting]) => setting)
  const taken = renamed
    .filter((setting) => RESERVED_CLAIMS.includes(settings[setting]))
    .map((setting) => `${setting} must not be ${settings[setting]}: that claim has a meaning of its own.`)
  const twice = naming
    .map(([setting]) => setting)
    .filter((setting, i, all) => all.findIndex((other) => settings[other] === settings[setting]) !== i)
    .map((setting) => `${setting} must not be the name of another claim as well.`)
  return [...taken, ...(taken.length > 0 ? [] : twice), ...fixedNames(settings, renamed)]
}

/** RFC 9068 says what its claims are called. */
function fixedNames({ TOKEN_PROFILE, JWT_USER_ID_FIELD }: TokenSettings, renamed: string[]): string[] {
  if (TOKEN_PROFILE === 'contract') return []
  const useless = [...renamed, ...(JWT_USER_ID_FIELD === 'id' ? [] : ['JWT_USER_ID_FIELD'])]
  return useless.map((setting) => `${setting} cannot be set together with TOKEN_PROFILE=rfc9068.`)
}
