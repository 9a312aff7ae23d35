/**
 * A Node service that trusts Latchkey's access tokens, with jose.
 *
 *     LATCHKEY=http://localhost:3000 PORT=8003 node docs/examples/node/server.mjs
 */
import http from 'node:http'
import { createRemoteJWKSet, errors, jwtVerify } from 'jose'

const { LATCHKEY = '', PORT } = process.env
const keys = createRemoteJWKSet(new URL('/.well-known/jwks.json', LATCHKEY))

/** What jose says of a key set that came late, broken or not at all; a fetch that fails is no error of jose's. */
const KEYS_MISSING = ['ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID', 'ERR_JOSE_GENERIC']

/** @param {unknown} error */
const isAboutTheToken = (error) => error instanceof errors.JOSEError && !KEYS_MISSING.includes(error.code)

/**
 * The claims of a good access token, or null. Throws when the keys cannot be fetched: nothing is known of the token then.
 *
 * @param {string} authorization
 */
async function claimsOf(authorization) {
  const [, token = ''] = /^Bearer (\S+)$/i.exec(authorization) ?? []
  try {
    // The algorithm is ours to say, never the token's.
    const { payload } = await jwtVerify(token, keys, {
      algorithms: ['ES256'],
      issuer: LATCHKEY,
      requiredClaims: ['exp', 'sub'],
    })
    // A refresh token is signed with the same key and opens nothing here.
    return payload.token_type === 'access' ? payload : null
  } catch (error) {
    if (isAboutTheToken(error)) return null
    throw error
  }
}

http
  .createServer(async (request, reply) => {
    reply.setHeader('Content-Type', 'application/json')
    try {
      const claims = await claimsOf(request.headers.authorization ?? '')
      if (!claims) {
        reply.writeHead(401, { 'WWW-Authenticate': 'Bearer' }).end('{"detail":"Log in first."}')
      } else {
        reply.end(JSON.stringify({ hello: claims.email, roles: claims.roles }))
      }
    } catch {
      // Not knowing is no refusal, and no permission either.
      reply.writeHead(503, { 'Retry-After': '5' }).end('{"detail":"Try again in a moment."}')
    }
  })
  .listen(Number(PORT), '127.0.0.1')
