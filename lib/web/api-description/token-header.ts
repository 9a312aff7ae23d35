/** The header that an access token comes in, as people write it: JWT_AUTH_HEADER_NAME and the first word of JWT_AUTH_HEADER_TYPES. */
import type { Config } from '#lib/config'

export interface TokenHeader {
  /** Each word with a capital, as in Authorization and X-Access-Token. */
  name: string
  /** The word before the token. */
  scheme: string
}

export function tokenHeader({ name, schemes }: Config['jwt']['authHeader']): TokenHeader {
  const written = name.replace(/(^|-)[a-z]/g, (start) => start.toUpperCase())
  return { name: written, scheme: schemes[0] ?? 'Bearer' }
}
