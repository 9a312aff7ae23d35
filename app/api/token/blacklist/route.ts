/** `POST /api/token/blacklist/`: the logout of a program. The session of the refresh token ends, its access tokens too. */
import { running } from '#lib/running'
import { apiMethods } from '#lib/web/api-methods'
import { json } from '#lib/web/json-reply'
import { readTokenField } from '#lib/web/token-field'
import { tokenNotValid, tokenSentence } from '#lib/web/token-sentences'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = apiMethods({
  async POST({ fields, context }) {
    const field = readTokenField('refresh', fields)
    if (field.kind === 'invalid') return json(400, field.errors)
    const { blacklistToken } = await running()
    const check = await blacklistToken(field.token, context)
    switch (check.kind) {
      case 'good':
        return json(200, {})
      case 'token-fault':
        return tokenNotValid(tokenSentence(check.fault))
      case 'over':
        return tokenNotValid('Token is blacklisted')
    }
  },
})
