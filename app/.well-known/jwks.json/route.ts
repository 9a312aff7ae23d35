/** `GET /.well-known/jwks.json`: the public halves of all keys whose tokens are good, and of the one that signs next (RFC 7517). */
import { running } from '#lib/running'
import { published } from '#lib/web/published'

export const GET = published(async () => {
  const { keyRing } = await running()
  await keyRing.ready()
  return { keys: keyRing.keys().published }
})
