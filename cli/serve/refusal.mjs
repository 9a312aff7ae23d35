/** The replies that the listener gives itself, in the shape and with the headers of all others. The words' form is lib/core/edge-rules.ts's. */
import { randomBytes } from 'node:crypto'
import http from 'node:http'
import { letGo } from './body.mjs'

/** @typedef {import('../../lib/core/edge-rules').EdgeRules} EdgeRules */
/** @typedef {{ status: number, sentence: string, code: string, headers?: Record<string, string> }} Refused */

/** @type {Record<'unreadable' | 'noHost' | 'slow' | 'longHeaders' | 'broken', Refused>} */
export const refusals = {
  unreadable: { status: 400, sentence: 'The address asked for cannot be read.', code: 'bad_request' },
  noHost: { status: 400, sentence: 'The request names no host.', code: 'bad_host' },
  slow: { status: 408, sentence: 'The request did not arrive in time.', code: 'timeout' },
  longHeaders: {
    status: 431,
    sentence: 'The headers of the request are larger than 16 kB.',
    code: 'headers_too_large',
  },
  broken: { status: 400, sentence: 'The request is not HTTP as it should be.', code: 'bad_request' },
}

/** @type {(limit: number) => Refused} */
export const tooLarge = (limit) => ({
  status: 413,
  sentence: `The request body is larger than ${limit} bytes.`,
  code: 'too_large',
})

/** @type {(to: string) => Refused} */
export const moved = (to) => ({
  ...{ status: 308, sentence: 'The address is written with one slash.', code: 'moved' },
  headers: { Location: to },
})

/** @type {(method: string, allowed: string[]) => Refused} */
export const wrongMethod = (method, allowed) => ({
  ...{ status: 405, sentence: `Method "${method}" not allowed.`, code: 'method_not_allowed' },
  headers: { Allow: allowed.join(', ') },
})

export const newRequestId = () => randomBytes(8).toString('hex')

/**
 * @param {http.IncomingMessage} request
 * @param {http.ServerResponse} response
 * @param {Refused} refused
 * @param {EdgeRules} rules
 */
export async function refuse(request, response, refused, rules) {
  const asPage = refused.status === 413 && rules.wantsPage(request.url ?? '', request.headers.accept ?? '')
  const { headers, body: words } = compose(refused, rules, asPage)
  // A TRACE is for echoes: nothing at all goes back.
  const body = request.method === 'TRACE' ? '' : words
  // What follows a body that nobody has read is no next request.
  response.writeHead(refused.status, { ...headers, 'content-length': Buffer.byteLength(body), connection: 'close' })
  response.write(body)
  // With its sender still writing, closing at once would take the reply away from him.
  await letGo(request)
  response.end()
}

/**
 * Where there is no request to answer, only the socket it should have come over.
 * @param {import('node:stream').Duplex} socket
 * @param {Refused} refused
 * @param {EdgeRules} rules
 */
export function refuseRaw(socket, refused, rules) {
  const { headers, body } = compose(refused, rules, false)
  const lines = { ...headers, 'Content-Length': Buffer.byteLength(body), Connection: 'close' }
  const head = Object.entries(lines).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.on('error', () => socket.destroy())
  socket.end(`HTTP/1.1 ${refused.status} ${http.STATUS_CODES[refused.status]}\r\n${head.join('')}\r\n${body}`)
  socket.resume()
  setTimeout(() => socket.destroy(), 1000).unref()
}

/**
 * @param {Refused} refused
 * @param {EdgeRules} rules
 * @param {boolean} asPage
 */
function compose({ headers: own, ...refused }, rules, asPage) {
  const requestId = newRequestId()
  const nonce = randomBytes(16).toString('base64')
  const { headers, body } = rules.refusal({ ...refused, requestId, nonce, asPage })
  return { headers: { ...headers, ...own }, body }
}
