/** What is published for whoever verifies our tokens. Without the machinery of the others: it is JSON whatever is asked for. */
import { z } from 'zod'
import type { Operation } from './operation'
import { ourFault } from './shared-answers'

const published = { method: 'get', group: 'About this server', security: 'none' } as const

export const keySet: Operation = {
  ...published,
  id: 'jwks',
  path: '/.well-known/jwks.json',
  summary: 'The public keys',
  description:
    'RFC 7517. Of every key whose tokens are good, and of the one that signs next; empty with a shared secret.',
  answers: {
    200: {
      description: 'The key set.',
      schema: z.object({ keys: z.array(z.looseObject({ kty: z.string(), kid: z.string(), alg: z.string() })) }),
      headers: ['Cache-Control'],
    },
    default: ourFault,
  },
}

export const serverMetadata: Operation = {
  ...published,
  id: 'metadata',
  path: '/.well-known/oauth-authorization-server',
  summary: 'What this server has and where',
  description: 'RFC 8414.',
  answers: {
    200: {
      description: 'The metadata.',
      schema: z.looseObject({ issuer: z.string(), jwks_uri: z.string().optional() }),
      headers: ['Cache-Control'],
    },
    default: ourFault,
  },
}
