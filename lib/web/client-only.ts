/** The guard of introspection and revocation: a client proves itself by HTTP Basic, and nobody else gets an answer (IN-1). */
import type { z } from 'zod'
import type { FieldErrors } from '#lib/core/fields'
import type { clientRefusedAnswer } from '#lib/core/introspection'
import type { ClientRecord } from '#lib/core/records'
import { running } from '#lib/running'
import { guardedMethods, type ApiRequest, type Method, type RouteHandler } from './api-methods'
import { readBasicCredentials } from './basic-credentials'
import { json, throttled } from './json-reply'

const CLIENT_CHALLENGE = 'Basic realm="api"'

/** A route for clients. Who asks is looked at before the method and the body are. */
export function clientOnly(
  answer: (client: ClientRecord, request: ApiRequest) => Promise<Response>,
): Record<Method, RouteHandler> {
  return guardedMethods(
    async ({ headers }, context) => {
      const credentials = readBasicCredentials(headers.get('authorization') ?? '')
      // Nothing was claimed, so nothing failed: it is not counted.
      if (!credentials) return refused()
      const { authenticateClient } = await running()
      const proof = await authenticateClient(credentials, context)
      switch (proof.kind) {
        case 'proven':
          return proof.client
        case 'refused':
          return refused()
        case 'throttled':
          return throttled(proof.retryAfterMs)
      }
    },
    { POST: answer },
  )
}

/** 400 in the words of RFC 6749, section 5.2, with our sentences by field beside them. */
export function invalidRequest(errors: FieldErrors): Response {
  return json(400, { error: 'invalid_request', ...errors })
}

/** One answer for no credentials, an unknown client and a wrong secret. */
function refused(): Response {
  const body: z.infer<typeof clientRefusedAnswer> = {
    error: 'invalid_client',
    detail: 'Client authentication failed.',
    code: 'invalid_client',
  }
  return json(401, body, { 'WWW-Authenticate': CLIENT_CHALLENGE })
}
