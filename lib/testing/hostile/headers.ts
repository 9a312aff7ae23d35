/** Headers that give orders, name another key or another algorithm (TK-5, TK-6). All but those of `confusions` are well signed. */
import { generateKeyPairSync } from 'node:crypto'
import { bytes, digest, ecdsa, encode, forge, hmac, rsa, type Hostile, type Issuer, type Signer } from './forge'

const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const wide = generateKeyPairSync('ec', { namedCurve: 'P-384' })
const koblitz = generateKeyPairSync('ec', { namedCurve: 'secp256k1' })
const bulky = generateKeyPairSync('rsa', { modulusLength: 2048 })
const strangerJwk = stranger.publicKey.export({ format: 'jwk' })

/** Headers under the issuer's own signature, that must be refused all the same. */
export function oddHeaders(claims: object, { header, sign }: Issuer): Hostile[] {
  const { alg, kid } = header
  const text = JSON.stringify(header)
  const headers: [string, unknown][] = [
    ['crit', { ...header, crit: ['exp'], exp: 1 }],
    ['an empty crit', { ...header, crit: [] }],
    ['b64 false', { ...header, b64: false, crit: ['b64'] }],
    ['b64 true', { ...header, b64: true }],
    ['jwk', { ...header, jwk: strangerJwk }],
    ['jku', { ...header, jku: 'https://keys.example/jwks.json' }],
    ['x5u', { ...header, x5u: 'https://keys.example/cert.pem' }],
    ['x5c', { ...header, x5c: ['MIIB'] }],
    ['x5t', { ...header, x5t: 'abc' }],
    ['x5t#S256', { ...header, 'x5t#S256': 'abc' }],
    ['zip', { ...header, zip: 'DEF' }],
    ['cty', { ...header, cty: 'JWT' }],
    ['enc', { ...header, enc: 'A128GCM' }],
    ['a claim', { ...header, iss: 'x' }],
    ['a member of no name', { ...header, '': 1 }],
    ['__proto__', text.replace('}', ',"__proto__":{"typ":"JWT"}}')],
    ['constructor', { ...header, constructor: 1 }],
    ['no typ', { alg, kid }],
    ['another typ', { ...header, typ: 'logout+jwt' }],
    ['typ in lower case', { ...header, typ: 'jwt' }],
    ['typ in a list', { ...header, typ: ['JWT'] }],
    ['no kid', { alg, typ: 'JWT' }],
    ...[null, [kid], { kid }, 1, true].map((odd): [string, unknown] => [
      `a kid of ${JSON.stringify(odd)}`,
      { ...header, kid: odd },
    ]),
    ...[
      '',
      ' ',
      `${kid} `,
      `../${kid}`,
      `../../../../dev/null`,
      `file:///dev/null`,
      `' OR '1'='1`,
      `x' UNION SELECT 'secret`,
      '$(id)',
      '%00',
      `${kid}\u0000`,
      '__proto__',
      'constructor',
      'toString',
      'size',
      'undefined',
      'x'.repeat(2000),
    ].map((odd): [string, unknown] => [`a kid of ${JSON.stringify(odd.slice(0, 30))}`, { ...header, kid: odd }]),
    ['a kid twice, ours last', text.replace('{', '{"kid":"theirs",')],
    ['a kid twice, ours first', text.replace('}', ',"kid":"theirs"}')],
    ['a kid twice, the same', text.replace('}', `,"kid":${JSON.stringify(kid)}}`)],
    ['an alg twice', text.replace('{', '{"alg":"none",')],
    ['blanks', text.replaceAll(',', ', ')],
    ['a byte order mark', `\ufeff${text}`],
    ['a list', [header]],
    ['null', 'null'],
    ['text', '"ES256"'],
    ['no JSON', '{alg:ES256}'],
    ['more behind it', `${text}${text}`],
    ['no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
    ['depth', `{"alg":${'['.repeat(800)}${']'.repeat(800)}}`],
  ]
  return headers.map(([name, odd]) => [`header: ${name}`, forge(odd, claims, sign)])
}

/** Another algorithm, another key, or none. */
export function confusions(claims: object, { header, sign, publicKey }: Issuer): Hostile[] {
  const as = (alg: unknown, signer: Signer = sign) => forge({ ...header, alg }, claims, signer)
  const unsigned = (alg: unknown) => as(alg).replace(/[^.]*$/, '')
  const nones = ['none', 'None', 'NONE', 'nOnE', 'none ', ' none', 'none\u0000', '', 'null', null, [], {}, 0, false]
  const secrets: [string, string | Buffer][] = publicKey
    ? [
        ['in PEM', publicKey.export({ type: 'spki', format: 'pem' }).toString()],
        ['in PEM, trimmed', publicKey.export({ type: 'spki', format: 'pem' }).toString().trim()],
        ['in DER', publicKey.export({ type: 'spki', format: 'der' })],
        ['as JWK', JSON.stringify(publicKey.export({ format: 'jwk' }))],
        ['its x', Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url')],
      ]
    : []
  return [
    ...nones.flatMap((alg): Hostile[] => [
      [`alg ${JSON.stringify(alg)} without a signature`, unsigned(alg)],
      [`alg ${JSON.stringify(alg)} with a good one`, as(alg)],
      [`alg ${JSON.stringify(alg)} with any`, as(alg, bytes('x'))],
    ]),
    ['no alg', forge({ typ: header.typ, kid: header.kid }, claims, sign)],
    ['alg in lower case', as(header.alg.toLowerCase())],
    ['alg in a list', as([header.alg])],
    ...secrets.map(([name, secret]): Hostile => [`the public key ${name} as HMAC secret`, as('HS256', hmac(secret))]),
    ['an empty HMAC secret', as('HS256', hmac(''))],
    ['a zero HMAC secret', as('HS256', hmac(Buffer.alloc(32)))],
    ['the kid as HMAC secret', as('HS256', hmac(header.kid))],
    ['HS384', as('HS384', hmac(Buffer.alloc(48), 'sha384'))],
    ['HS512', as('HS512', hmac(Buffer.alloc(64), 'sha512'))],
    ['a bare hash for a MAC', as('HS256', digest)],
    ['RS256 by a stranger', as('RS256', rsa(bulky.privateKey))],
    ['PS256 over a good signature', as('PS256')],
    ['EdDSA over a good signature', as('EdDSA')],
    ['ES256K by a stranger', as('ES256K', ecdsa(koblitz.privateKey))],
    ['ES384 by a stranger', as('ES384', ecdsa(wide.privateKey, 'sha384'))],
    ['ES256 by a stranger', as('ES256', ecdsa(stranger.privateKey))],
    [
      'ES256 by a stranger whose key lies in the header',
      foreign(claims, { ...header, alg: 'ES256', jwk: strangerJwk }),
    ],
    ['ES256 by a stranger under the kid of its own', foreign(claims, { ...header, alg: 'ES256', kid: 'theirs' })],
    ['encrypted, its key none', encrypted(header)],
  ]
}

const foreign = (claims: object, header: object) => forge(header, claims, ecdsa(stranger.privateKey))

const encrypted = ({ kid }: Issuer['header']) =>
  [
    encode(JSON.stringify({ alg: 'dir', enc: 'A128GCM', typ: 'JWT', kid })),
    '',
    encode('iv'),
    encode('{}'),
    encode('tag'),
  ].join('.')
