/** The token API's words for what is wrong with a token in a body (docs/token-api.md, section 6). */
import type { TokenFaultWord } from '#lib/flows/identify'
import type { OverReason } from '#lib/core/session-state'
import { challenge } from './challenge'
import { json } from './json-reply'

const sentences: Record<TokenFaultWord, string> = {
  invalid: 'Token is invalid',
  expired: 'Token is expired',
  'no-exp': "Token has no 'exp' claim",
  'no-id': 'Token has no id',
  'no-type': 'Token has no type',
  'wrong-type': 'Token has wrong type',
  // Of an endpoint that takes it in its body; the view has a sentence of its own.
  'no-user': 'Token is invalid',
}

export const tokenSentence = (fault: TokenFaultWord) => sentences[fault]

export const tokenNotValid = (sentence: string) => refuse({ detail: sentence, code: 'token_not_valid' })

/** A genuine token whose session or user is over. */
export function tokenOver(token: 'access' | 'refresh', reason: OverReason | 'user-missing' | 'used'): Response {
  switch (reason) {
    case 'inactive':
    case 'user-missing':
      return refuse({ detail: 'No active account found for the given token.' })
    case 'password_changed':
    case 'revoked':
    case 'expired':
    case 'used':
      return tokenNotValid(token === 'refresh' ? 'Token is blacklisted' : 'Token is invalid')
  }
}

/** A token was sent and refused: the challenge says so, and never what was wrong with it (TK-12). */
const refuse = (body: Record<string, unknown>) => json(401, body, { 'WWW-Authenticate': challenge('invalid_token') })
