/** `POST /api/register/`: a new account; nobody is logged in by it. */
import { running } from '#lib/running'
import { apiMethods } from '#lib/web/api-methods'
import { busy, json, throttled } from '#lib/web/json-reply'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = apiMethods({
  async POST({ fields, context }) {
    const { register } = await running()
    const outcome = await register({ input: fields, context })
    switch (outcome.kind) {
      case 'registered':
        return json(201, { email: outcome.user.email, username: outcome.user.username })
      case 'invalid':
        return json(400, outcome.errors)
      case 'throttled':
        return throttled(outcome.retryAfterMs)
      case 'busy':
        return busy()
    }
  },
})
