/**
 * A Node service that trusts Latchkey's access tokens, with jose.
 *
 *     LATCHKEY=http://localhost:3000 PORT=8003 node docs/examples/node/server.mjs
 */
import http from 'node:http'
import { createRemoteJWKSet, jwtVerify } from 'jose'

const { LATCHKEY = '', PORT } = process.env
const keys = createRemoteJWKSet(new URL('/.well-known/jwks.json', LATCHKEY))

/**
 * The claims of a good access token, or null.
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
  } catch {
    return null
  }
}

http
  .createServer(async (request, reply) => {
    const claims = await claimsOf(request.headers.authorization ?? '')
    reply.setHeader('Content-Type', 'application/json')
    if (!claims) {
      reply.writeHead(401, { 'WWW-Authenticate': 'Bearer' }).end('{"detail":"Log in first."}')
    } else {
      reply.end(JSON.stringify({ hello: claims.email, roles: claims.roles }))
    }
  })
  .listen(Number(PORT), '127.0.0.1')
