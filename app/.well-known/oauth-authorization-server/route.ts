/** `GET /.well-known/oauth-authorization-server`: what this server has and where (RFC 8414). */
import { serverMetadata } from '#lib/core/server-metadata'
import { running } from '#lib/running'
import { published } from '#lib/web/published'

export const GET = published(async () => {
  const { config, keyRing } = await running()
  const { signer, published: keys } = keyRing.keys()
  return serverMetadata({
    ...config,
    issuer: config.jwt.issuer,
    issues: signer !== null,
    hasPublicKeys: keys.length > 0,
  })
})
