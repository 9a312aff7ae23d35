/** `POST /api/token/verify/`: whether a token, access or refresh, is good. */
import { running } from '#lib/running'
import { apiMethods } from '#lib/web/api-methods'
import { json } from '#lib/web/json-reply'
import { readTokenField } from '#lib/web/token-field'
import { tokenNotValid, tokenSentence } from '#lib/web/token-sentences'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = apiMethods({
  async POST({ fields }) {
    const field = readTokenField('token', fields)
    if (field.kind === 'invalid') return json(400, field.errors)
    const { checkToken } = await running()
    const check = await checkToken(field.token)
    switch (check.kind) {
      case 'good':
        return json(200, {})
      case 'token-fault':
        return tokenNotValid(tokenSentence(check.fault))
      case 'over':
        // Here a token that was revoked is `token_not_valid` always, whatever ended it.
        return tokenNotValid(check.token === 'refresh' ? 'Token is blacklisted' : 'Token is invalid')
    }
  },
})
