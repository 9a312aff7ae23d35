/**
 * What of a reply is compared: its status, the headers that docs/token-api.md names, and its body. Tokens differ from server to
 * server and from second to second: of them the header's members, the claims with their types, and what they say of the person count.
 */
import { claimsOf } from './side'
import type { Reply } from './wire'

/** Each by its name; what a reply has not is left out. */
export type Facts = Record<string, string>

const PLAIN_HEADERS = ['allow', 'x-content-type-options', 'x-frame-options', 'referrer-policy', 'location']
const TOKEN = /eyJ[\w-]+\.[\w-]+\.[\w-]+/g
/** Claims whose values are the same on both sides. */
const SAME_VALUE = ['token_type', 'email', 'roles']

export function factsOf(reply: Reply): Facts {
  const header = (name: string) => reply.headers.get(name)?.join(', ') ?? ''
  const facts: Facts = { status: String(reply.status), type: header('content-type').split(';')[0] ?? '' }
  for (const name of PLAIN_HEADERS) facts[name] = header(name)
  facts.challenge = /^\w+ realm="[^"]*"/.exec(header('www-authenticate'))?.[0] ?? header('www-authenticate')
  facts['varies by Accept'] = /(^|, *)accept($|,)/i.test(header('vary')) ? 'yes' : 'no'
  facts['sets a cookie'] = reply.headers.has('set-cookie') ? 'yes' : 'no'
  if (facts.type === 'text/html') facts.body = 'a page'
  else Object.assign(facts, bodyFacts(reply.body))
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== ''))
}

function bodyFacts(body: string): Facts {
  const tokens: Facts = {}
  const plain = body.replace(TOKEN, (token) => {
    const { token_type } = claimsOf(token)
    Object.assign(tokens, tokenFacts(String(token_type), token))
    return `<${String(token_type)} token>`
  })
  return { ...tokens, body: plain }
}

function tokenFacts(kind: string, token: string): Facts {
  const claims = claimsOf(token)
  const header = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as Record<string, unknown>
  const facts: Facts = { [`${kind}: lives`]: String(Number(claims.exp) - Number(claims.iat)) }
  for (const [name, value] of Object.entries(header))
    facts[`${kind}: header ${name}`] = name === 'kid' ? typeof value : String(value)
  for (const [name, value] of Object.entries(claims))
    facts[`${kind}: claim ${name}`] = SAME_VALUE.includes(name) ? JSON.stringify(value) : typeOf(name, value)
  return facts
}

export const isAboutTokens = (fact: string) => /^(access|refresh): /.test(fact)

function typeOf(name: string, value: unknown): string {
  if (name === 'jti') return /^[0-9a-f]{32}$/.test(String(value)) ? '32 hex digits' : JSON.stringify(value)
  return typeof value === 'number' && Number.isInteger(value) ? 'integer' : typeof value
}
