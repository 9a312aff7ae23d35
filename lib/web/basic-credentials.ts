/** A client's id and secret in HTTP Basic, as OAuth has it: both form-encoded before they are joined (RFC 6749, section 2.3.1). */
import type { ClientCredentials } from '#lib/flows/authenticate-client'

const BASIC = /^basic +([A-Za-z0-9+/]+={0,2})\s*$/i

/** Null when the header holds no such pair; whether it is right is not asked here. */
export function readBasicCredentials(authorization: string): ClientCredentials | null {
  const encoded = BASIC.exec(authorization)?.[1]
  try {
    const pair = encoded && new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(encoded, 'base64'))
    // An id contains no colon: it would have come encoded.
    const [, id, secret] = /^([^:]+):([^]*)$/.exec(pair ?? '') ?? []
    return id === undefined || secret === undefined ? null : { id: decode(id), secret: decode(secret) }
  } catch {
    // No text in UTF-8, or a per cent sign that escapes nothing.
    return null
  }
}

const decode = (text: string) => decodeURIComponent(text.replaceAll('+', ' '))
