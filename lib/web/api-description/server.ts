/** Endpoints about the server itself, and the smallest protected one. */
import { z } from 'zod'
import { legacyReport, reports } from '#lib/core/csp-report'
import type { Operation } from './operation'
import { jsonEndpoint, refusedAccess } from './shared-answers'

export const protectedView = jsonEndpoint({
  id: 'protected',
  method: 'get',
  path: '/api/protected/',
  group: 'Protected',
  summary: 'The smallest protected endpoint',
  description: 'Says one sentence to whoever brings a good access token: enough to try one.',
  security: 'bearer',
  answers: {
    200: {
      description: 'The token is good.',
      schema: z.object({ message: z.string() }),
      example: { message: 'This view is protected' },
    },
    401: refusedAccess,
  },
})

export const document = jsonEndpoint({
  id: 'openapi',
  method: 'get',
  path: '/api/openapi.json',
  group: 'About this server',
  summary: 'This document',
  description:
    'OpenAPI 3.1, made of the schemas that the endpoints read their fields by. With `If-None-Match` and the `ETag` of an earlier answer it is sent only when it has changed.',
  security: 'none',
  answers: {
    200: {
      description: 'The document.',
      schema: z.looseObject({ openapi: z.literal('3.1.0') }),
      headers: ['ETag', 'Cache-Control'],
    },
    304: { description: 'It is still the one you have.', headers: ['ETag', 'Cache-Control'] },
  },
})

/** Without the machinery of the others: browsers send no JSON type and read no body. */
export const cspReport: Operation = {
  id: 'csp-report',
  method: 'post',
  path: '/api/csp-report/',
  group: 'About this server',
  summary: 'Report what the Content-Security-Policy stopped',
  description: 'For browsers, which are told of it in the policy of every page. Only the directive is kept.',
  security: 'none',
  body: {
    schema: z.union([legacyReport, reports]),
    example: { 'csp-report': { 'effective-directive': 'script-src' } },
    types: ['application/csp-report', 'application/reports+json', 'application/json'],
  },
  answers: { 204: { description: 'Noted.' }, 400: { description: 'This is no report, or it is larger than 10 kB.' } },
}
