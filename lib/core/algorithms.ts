/** The algorithms tokens can be signed with (TK-3), under their names of RFC 7518 and RFC 8037, which SimpleJWT and PyJWT use too. */

export const ALGORITHMS = [
  ...(['ES256', 'ES384', 'ES512', 'EdDSA'] as const),
  ...(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'] as const),
  ...(['HS256', 'HS384', 'HS512'] as const),
] as const

export type Algorithm = (typeof ALGORITHMS)[number]
export type HmacAlgorithm = Extract<Algorithm, `HS${string}`>

/** One secret on both sides: whoever can check a token can make one, and the key set is empty. */
export const isHmac = (algorithm: Algorithm): algorithm is HmacAlgorithm => algorithm.startsWith('HS')

/** RFC 7518, section 3.2: the secret is at least as long as the hash. */
export const hashBytes = (algorithm: HmacAlgorithm) => Number(algorithm.slice(2)) / 8
