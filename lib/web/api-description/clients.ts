/** Endpoints for resource servers, which are clients with a secret: what a token is, and its end. */
import { z } from 'zod'
import {
  clientRefusedAnswer,
  introspectAnswer,
  introspectBody,
  revokeBody,
  tokenInvalidAnswer,
} from '#lib/core/introspection'
import type { Answer } from './operation'
import { jsonEndpoint, problem, throttled } from './shared-answers'

const refusedClient: Answer = {
  description: 'There is no client of this id and secret, or none was named.',
  schema: clientRefusedAnswer,
  example: { error: 'invalid_client', detail: 'Client authentication failed.', code: 'invalid_client' },
  headers: ['WWW-Authenticate'],
}

const invalidBody: Answer = {
  description: 'The token is missing, a field is no text, or the body could not be read.',
  schema: z.union([tokenInvalidAnswer, problem, z.object({ non_field_errors: z.array(z.string()) })]),
  example: { error: 'invalid_request', token: ['This field is required.'] },
}

/** The RFCs have forms; JSON is read as well. */
const types = ['application/x-www-form-urlencoded', 'multipart/form-data', 'application/json']

export const introspect = jsonEndpoint({
  id: 'introspect',
  method: 'post',
  path: '/api/token/introspect/',
  group: 'For clients',
  summary: 'Ask what a token stands for',
  description:
    'RFC 7662. Judged by the live session, so a revoked token is not active from the next question on. Why a token is not active is never said.',
  security: 'client',
  body: { schema: introspectBody, example: { token: 'eyJ…' }, types },
  answers: {
    200: {
      description: 'What there is to know, or that it is not active.',
      schema: introspectAnswer,
      example: { active: false },
    },
    400: invalidBody,
    401: refusedClient,
    429: throttled,
  },
})

export const revoke = jsonEndpoint({
  id: 'revoke',
  method: 'post',
  path: '/api/token/revoke/',
  group: 'For clients',
  summary: 'End the session of a token',
  description: 'RFC 7009. The token may be either kind; every other token of its session is refused from then on, too.',
  security: 'client',
  body: { schema: revokeBody, example: { token: 'eyJ…' }, types },
  answers: {
    200: { description: 'It is over, or it was over, or it never was a token.' },
    400: invalidBody,
    401: refusedClient,
    429: throttled,
  },
})
