/**
 * Emails and usernames: which are accepted, how they are kept, and how they are compared.
 * The sentences are those of the token API (docs/token-api.md, section 3), so that form and API say the same.
 */

export const EMAIL_MAX = 254
export const USERNAME_MAX = 150

const TLD = /^(?:[a-z]{2,63}|xn--[a-z0-9-]{1,59})$/
const LABEL = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/
// An atom of RFC 5322, section 3.2.3, dots between; quoted local parts are refused (EM-3).
const LOCAL = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/
const IPV4_LITERAL = /^\[(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!\])|(?=\]))){4}\]$/
const USERNAME = /^[\p{L}\p{N}_@.+-]+$/u

/** True for an address we would write a mail to. */
export function isEmail(text: string): boolean {
  const at = text.lastIndexOf('@')
  return at > 0 && LOCAL.test(text.slice(0, at)) && isDomain(text.slice(at + 1))
}

function isDomain(domain: string): boolean {
  if (domain.toLowerCase() === 'localhost' || IPV4_LITERAL.test(domain)) return true
  const labels = asciiDomain(domain)?.split('.') ?? []
  return labels.length > 1 && labels.every((label) => LABEL.test(label)) && TLD.test(labels.at(-1) ?? '')
}

/** The domain in its ASCII form (RFC 5891), lower case; null when it is none. */
function asciiDomain(domain: string): string | null {
  // Longer is no domain (RFC 1035, section 2.3.4), and its ASCII form takes time with the square of the length: 20,000 letters, seconds.
  if (domain.length > 253) return null
  if (!/^[\p{L}\p{N}\p{M}.-]+$/u.test(domain)) return null
  const url = `http://${domain}/`
  // A host of digits only would be read as an IPv4 address, and then is no domain name.
  return URL.canParse(url) && new URL(url).pathname === '/' ? new URL(url).hostname : null
}

/** The address as it is stored and shown: as typed, with the domain in lower case. */
export function normaliseEmail(email: string): string {
  const at = email.lastIndexOf('@')
  return email.slice(0, at + 1) + email.slice(at + 1).toLowerCase()
}

/** The form two addresses are compared in (EM-4): lower case, the domain in ASCII. Works for any text, an address or not. */
export function foldEmail(text: string): string {
  const at = text.lastIndexOf('@')
  if (at < 0) return text.toLowerCase()
  const domain = text.slice(at + 1)
  // Cut first: lower case can have another length.
  return text.slice(0, at + 1).toLowerCase() + (asciiDomain(domain) ?? domain.toLowerCase())
}

/** True for letters and digits of any script and `@ . + - _`. */
export function isUsername(text: string): boolean {
  return USERNAME.test(text)
}

/**
 * The form two usernames are compared in: NFKC and lower case, so that look-alike spellings of one name are one name. A name that looks
 * like an address is folded on as one, so that it can be compared with the addresses of others.
 */
export function foldUsername(text: string): string {
  return foldEmail(text.normalize('NFKC').toLowerCase())
}
