/** `POST /api/token/`: email or username and password for an access and a refresh token (SimpleJWT's "obtain"). */
import { running } from '#lib/running'
import { apiMethods } from '#lib/web/api-methods'
import { busy, json, loginRefused, throttled } from '#lib/web/json-reply'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = apiMethods({
  async POST({ fields, context }) {
    const { login } = await running()
    // Either key may hold either identifier; with neither, the email is what is missing.
    const identifierKey = !('email' in fields) && 'username' in fields ? 'username' : 'email'
    const session = { kind: 'api' as const, persistent: true, supersedes: null }
    const outcome = await login({ input: fields, identifierKey, session, context })
    switch (outcome.kind) {
      case 'logged-in':
        return json(200, { refresh: outcome.tokens.refresh.token, access: outcome.tokens.access.token })
      case 'invalid':
        return json(400, outcome.errors)
      case 'refused':
        return loginRefused()
      case 'throttled':
        return throttled(outcome.retryAfterMs)
      case 'busy':
        return busy()
    }
  },
})
