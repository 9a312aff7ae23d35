/**
 * TK-14: tokens that nothing may accept, each made from the claims of a genuine one and, where that helps the attack, with its real key.
 * hostile-tokens.test.ts shows them to the readers, e2e/hostile-tokens.spec.ts to a running server.
 */
import type { KeyObject } from 'node:crypto'
import { es256Issuer, forge, hs256Issuer, type Hostile, type Issuer } from './forge'
import { confusions, oddHeaders } from './headers'
import { oddPayloads, type Claims } from './payloads'
import { badSignatures, strangeForms } from './signatures'
import { spellings } from './spellings'

export interface RealKeys {
  kid: string
  privateKey: KeyObject
  publicKey: KeyObject
  browserRefreshKey: Buffer
}

const SIGNED = ['iss', 'sub', 'sid', 'g', 'jti', 'iat', 'exp', 'user_id', 'token_type']
const BROWSER_REFRESH = ['sid', 'g', 'jti', 'iat', 'exp', 'aud', 'token_type']

/** For an access token or an API session's refresh token. `now` in seconds. */
export function hostileSigned(claims: Claims, keys: RealKeys, now: number): Hostile[] {
  const issuer = published(keys)
  const changed = (over: Claims) => forge(issuer.header, { ...claims, ...over }, issuer.sign)
  return [
    ...hostile(claims, SIGNED, issuer),
    ...strangeForms(claims, keys.kid, keys.privateKey),
    [
      'under our own internal key',
      forge({ ...issuer.header, alg: 'HS256' }, claims, hs256Issuer('', keys.browserRefreshKey).sign),
    ],
    ['under our own internal key and its kid', forge(internal(keys).header, claims, internal(keys).sign)],
    ['expired a second ago', changed({ exp: now - 1 })],
    ['expired since 1970', changed({ exp: 0 })],
    ['issued tomorrow', changed({ iat: now + 86_400 })],
    ['not before tomorrow', changed({ nbf: now + 86_400 })],
    ...[null, String(now), now - 0.5, [now], {}, true, 1e300].map((nbf): Hostile => [
      `nbf of ${JSON.stringify(nbf)}`,
      changed({ nbf }),
    ]),
    ...['https://evil.example', `${String(claims.iss)}/`, String(claims.iss).toUpperCase()].map((iss): Hostile => [
      `iss of ${iss}`,
      changed({ iss }),
    ]),
    ...["' OR 1=1 --", '%', '*', 'x'.repeat(300)].map((sid): Hostile => [
      `sid of ${sid.slice(0, 20)}`,
      changed({ sid }),
    ]),
    ...['ACCESS', 'Access', 'id', 'sliding', 'any'].map((kind): Hostile => [
      `token_type of ${kind}`,
      changed({ token_type: kind }),
    ]),
    ['the tag in capitals', changed({ jti: 'AB'.repeat(16) })],
    ['a tag too short', changed({ jti: 'ab' })],
    ['a generation beyond the column', changed({ g: 2 ** 31 })],
  ]
}

/** For a browser's refresh token: its exp is not judged, the row is. */
export function hostileBrowserRefresh(claims: Claims, keys: RealKeys): Hostile[] {
  const issuer = internal(keys)
  const changed = (over: Claims) => forge(issuer.header, { ...claims, ...over }, issuer.sign)
  return [
    ...hostile(claims, BROWSER_REFRESH, issuer),
    ['under the public keys', forge(published(keys).header, claims, published(keys).sign)],
    ...['latchkey', 'latchkey:browser-refresh ', '*'].map((aud): Hostile => [`aud of ${aud}`, changed({ aud })]),
    ...['access', 'REFRESH', 'sliding'].map((kind): Hostile => [
      `token_type of ${kind}`,
      changed({ token_type: kind }),
    ]),
    ['the tag in capitals', changed({ jti: 'AB'.repeat(16) })],
    ['a generation beyond the column', changed({ g: 2 ** 31 })],
  ]
}

/** The genuine claims under the genuine key: what shows that all the others are refused for what is wrong with them. */
export function resigned(claims: Claims, keys: RealKeys): string {
  const { header, sign } = claims.aud === 'latchkey:browser-refresh' ? internal(keys) : published(keys)
  return forge(header, claims, sign)
}

const published = (keys: RealKeys) => es256Issuer(keys.kid, keys.privateKey, keys.publicKey)
const internal = (keys: RealKeys) => hs256Issuer('browser-refresh', keys.browserRefreshKey)

function hostile(claims: Claims, required: string[], issuer: Issuer): Hostile[] {
  return [
    ...spellings(forge(issuer.header, claims, issuer.sign)),
    ['more than 4096 characters', tooLong(claims, issuer)],
    ...oddHeaders(claims, issuer),
    ...confusions(claims, issuer),
    ...badSignatures(claims, issuer),
    ...oddPayloads(claims, required, issuer),
  ]
}

/** By one to three characters, and well signed. */
function tooLong(claims: Claims, { header, sign }: Issuer): string {
  for (let size = 0; ; size++) {
    const token = forge(header, { ...claims, fill: 'x'.repeat(size) }, sign)
    if (token.length > 4096) return token
  }
}
