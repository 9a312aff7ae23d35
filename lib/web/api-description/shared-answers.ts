/** Answers that many endpoints give in the same words (docs/token-api.md, sections 2, 6 and 8), and the shapes they have. */
import { z } from 'zod'
import type { Answer, Operation } from './operation'

/** The shape of every error but field errors. A few sentences of the original come without a code. */
export const problem = z
  .object({
    detail: z.string().meta({ description: 'What went wrong, in one sentence.' }),
    code: z.string().optional().meta({ description: 'The same as one stable word.' }),
  })
  .meta({ id: 'Problem' })

/** Field name to its sentences; `non_field_errors` is about the body as a whole. */
const fieldProblems = z.record(z.string(), z.array(z.string()).min(1)).meta({ id: 'FieldProblems' })

/** A 400 is about the fields, or about a body that could not be read. */
const badRequest = z.union([z.object({ detail: z.string() }), fieldProblems])

/** What comes with a token that is not good, or with none. */
const accessProblem = problem
  .extend({
    messages: z
      .array(z.object({ token_class: z.string(), token_type: z.string(), message: z.string() }))
      .optional()
      .meta({ description: 'What is wrong with the token, for `token_not_valid`.' }),
  })
  .meta({ id: 'AccessProblem' })

export const nothing = z.object({}).meta({ description: 'An empty object.' })

export const invalid = (example: Record<string, string[]>): Answer => ({
  description: 'The fields’ errors, all at once, or what is wrong with the body.',
  schema: badRequest,
  example,
})

export const refusedToken: Answer = {
  description: 'The token is malformed, forged, expired, of the wrong type, used up, or its session is over.',
  schema: problem,
  example: { detail: 'Token is invalid', code: 'token_not_valid' },
  headers: ['WWW-Authenticate'],
}

export const refusedAccess: Answer = {
  description: 'There is no access token in its header, or it is not good (any more).',
  schema: accessProblem,
  example: {
    detail: 'Given token not valid for any token type',
    code: 'token_not_valid',
    messages: [{ token_class: 'AccessToken', token_type: 'access', message: 'Token is expired' }],
  },
  headers: ['WWW-Authenticate'],
}

export const throttled: Answer = {
  description: 'Too many failures for this account or from this address; the header says for how many seconds.',
  schema: problem,
  example: { detail: 'Request was throttled. Expected available in 42 seconds.', code: 'throttled' },
  headers: ['Retry-After'],
}

export const ourFault: Answer = {
  description:
    'Something went wrong on our side: 500, or 503 with `Retry-After` while the server is busy or its database does not answer.',
  schema: problem,
  example: { detail: 'The database does not answer. Try again in a moment.', code: 'unavailable' },
}

const anyEndpoint: Record<string, Answer> = {
  default: ourFault,
  406: {
    description: 'The Accept header asks for something other than JSON.',
    schema: problem,
    example: { detail: 'Could not satisfy the request Accept header.' },
  },
}

const postedEndpoint: Record<string, Answer> = {
  ...anyEndpoint,
  413: {
    description: 'The body is larger than 16 kB.',
    schema: problem,
    example: { detail: 'The request body is larger than 16384 bytes.', code: 'too_large' },
  },
  415: {
    description: 'The body is neither JSON nor a form.',
    schema: problem,
    example: { detail: 'Unsupported media type "text/plain" in request.' },
  },
}

/** An endpoint of lib/web/api-methods.ts: its own answers, and those that the machinery around it gives. */
export function jsonEndpoint(described: Operation): Operation {
  const shared = described.method === 'post' ? postedEndpoint : anyEndpoint
  return { ...described, answers: { ...shared, ...described.answers } }
}
