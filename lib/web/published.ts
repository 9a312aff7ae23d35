/** Replies that any service may read and keep for five minutes: the key set and the server's metadata (KY-2). */
import { NO_STORE } from '#lib/core/security-headers'
import { fault, json } from './json-reply'
import { requestContext } from './request-context'

/** Half of the shortest time for which a key is published before it signs. */
const KEEP = 'public, max-age=300'

export function published(answer: () => Promise<object>): (request: Request) => Promise<Response> {
  return async (request) => {
    try {
      return json(200, await answer(), { 'Cache-Control': KEEP })
    } catch (error) {
      const { requestId } = await requestContext(request.headers)
      const reply = fault(error, requestId)
      reply.headers.set('Cache-Control', NO_STORE)
      return reply
    }
  }
}
