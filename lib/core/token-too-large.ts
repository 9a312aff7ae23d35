/** A token that would be too long to send: refused when it is made, with words for the operator, instead of vanishing on its way. */

/** A token has fewer characters than this (docs/token-api.md, section 5); a cookie then stays far below its 4096 bytes (CK-2). */
export const TOKEN_LIMIT = 2048

export class TokenTooLarge extends Error {
  override readonly name = 'TokenTooLarge'
}

/** By name: the error crosses from one of Next's bundles to another, where the class is not the same. */
export function isTokenTooLarge(error: unknown): boolean {
  return error instanceof Error && error.name === 'TokenTooLarge'
}

/** The message is for the log: it names the account by its id, and no role or address. */
export function tokenTooLarge(length: number, { userId, roles }: { userId: string; roles: number }): TokenTooLarge {
  return new TokenTooLarge(
    `The token of user ${userId} would have ${length} characters; it must have fewer than ${TOKEN_LIMIT}. ` +
      `Give the account fewer groups (it has ${roles}) or shorter group names, or let the claims hook and JWT_AUDIENCE add less.`,
  )
}
