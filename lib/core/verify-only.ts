/** The fault of asking a server for a token that holds only the public half of its keys: it checks tokens and issues none. */

export const VERIFY_ONLY_SENTENCE = 'This server only checks tokens; it has no key to issue any.'

export class VerifyOnly extends Error {
  override readonly name = 'VerifyOnly'
  constructor() {
    super(VERIFY_ONLY_SENTENCE)
  }
}

/** By name: Next bundles routes and middleware apart, and each bundle has a class of its own. */
export const isVerifyOnly = (error: unknown) => error instanceof Error && error.name === 'VerifyOnly'
