/** Endpoints that give, renew, judge and end tokens. */
import { z } from 'zod'
import { loginFields, tokenFields } from '#lib/core/request-fields'
import { invalid, jsonEndpoint, nothing, problem, refusedToken, throttled } from './shared-answers'

const access = z.string().meta({ description: 'A JWT that opens protected endpoints, good for some minutes.' })
const refresh = z.string().meta({ description: 'Traded for new tokens at /api/token/refresh/. Keep it secret.' })

export const obtained = z.object({ refresh, access })
export const renewed = z.object({
  access,
  refresh: refresh.optional().meta({ description: 'With rotation, which is the default: the old one is used up.' }),
})

const required = (field: string) => invalid({ [field]: ['This field is required.'] })

export const obtain = jsonEndpoint({
  id: 'obtain',
  method: 'post',
  path: '/api/token/',
  group: 'Tokens',
  summary: 'Obtain an access and a refresh token',
  description:
    'Logs in with an email or a username and a password, and begins a session. The key may be `email` or `username`; either may hold either. A wrong password and an unknown account get the same answer.',
  security: 'none',
  body: {
    schema: z.union([loginFields.email, loginFields.username]),
    example: { email: 'ada@example.com', password: 'seven green bottles' },
  },
  answers: {
    200: {
      description: 'The tokens of a new session.',
      schema: obtained,
      example: { refresh: 'eyJ…', access: 'eyJ…' },
    },
    400: required('password'),
    401: {
      description: 'No active account has these.',
      schema: problem,
      example: { detail: 'No active account found with the given credentials' },
      headers: ['WWW-Authenticate'],
    },
    429: throttled,
  },
})

export const refreshTokens = jsonEndpoint({
  id: 'refresh',
  method: 'post',
  path: '/api/token/refresh/',
  group: 'Tokens',
  summary: 'Trade a refresh token for new tokens',
  description:
    'With rotation, the default, the refresh token that was sent is used up: keep the one in the answer. A used one that comes back ends its session with every token of it, so send each only once and never two at a time.',
  security: 'none',
  body: { schema: tokenFields.refresh, example: { refresh: 'eyJ…' } },
  answers: {
    200: { description: 'New tokens.', schema: renewed, example: { access: 'eyJ…', refresh: 'eyJ…' } },
    400: required('refresh'),
    401: refusedToken,
  },
})

export const verify = jsonEndpoint({
  id: 'verify',
  method: 'post',
  path: '/api/token/verify/',
  group: 'Tokens',
  summary: 'Ask whether a token is good',
  description: 'Either kind of token, judged by its signature and by its session: one that was revoked is not good.',
  security: 'none',
  body: { schema: tokenFields.token, example: { token: 'eyJ…' } },
  answers: {
    200: { description: 'It is good.', schema: nothing, example: {} },
    400: required('token'),
    401: refusedToken,
  },
})

export const blacklist = jsonEndpoint({
  id: 'blacklist',
  method: 'post',
  path: '/api/token/blacklist/',
  group: 'Tokens',
  summary: 'Log out',
  description:
    'Ends the session of the refresh token: it and every access token of that session are refused from then on.',
  security: 'none',
  body: { schema: tokenFields.refresh, example: { refresh: 'eyJ…' } },
  answers: {
    200: { description: 'The session is over.', schema: nothing, example: {} },
    400: required('refresh'),
    401: refusedToken,
  },
})
