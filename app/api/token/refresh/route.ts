/** `POST /api/token/refresh/`: a refresh token for a new access token, and with rotation a new refresh token. */
import { running } from '#lib/running'
import { apiMethods } from '#lib/web/api-methods'
import { json, throttled } from '#lib/web/json-reply'
import { readTokenField } from '#lib/web/token-field'
import { tokenNotValid, tokenOver, tokenSentence } from '#lib/web/token-sentences'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = apiMethods({
  async POST({ fields, context }) {
    const field = readTokenField('refresh', fields)
    if (field.kind === 'invalid') return json(400, field.errors)
    const { refreshApi } = await running()
    const outcome = await refreshApi(field.token, context)
    switch (outcome.kind) {
      case 'refreshed':
        return json(200, {
          access: outcome.access.token,
          ...(outcome.refresh ? { refresh: outcome.refresh.token } : {}),
        })
      case 'token-fault':
        return tokenNotValid(tokenSentence(outcome.fault))
      case 'over':
        return tokenOver('refresh', outcome.reason)
      case 'throttled':
        return throttled(outcome.retryAfterMs)
    }
  },
})
