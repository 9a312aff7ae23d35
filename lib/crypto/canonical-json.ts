/**
 * The JSON inside our tokens, read in one spelling only (docs/security/requirements.md, TK-4). Called by verify-token.ts.
 * JSON.parse alone takes the last of two members of one name, and a verifier elsewhere the first: one signature would say two things.
 */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * The object these bytes stand for, if JSON.stringify would write them exactly so, as it wrote every token of ours. Null for anything else:
 * a name that stands twice, at any depth; blanks, escapes or numbers (1e999) that need not be; a byte order mark; no UTF-8; no object.
 */
export function parseCanonicalJson(bytes: Uint8Array): Record<string, unknown> | null {
  try {
    const text = utf8.decode(bytes)
    const value: unknown = JSON.parse(text)
    return isObject(value) && JSON.stringify(value) === text ? value : null
  } catch {
    return null
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
