/**
 * The HTTP server in front of Next: what it refuses never gets there. Limits on size and time, targets that can be read, methods that exist,
 * the peer's address, and the headers of every reply. It decides nothing by itself: lib/core/edge-rules.ts does, through boot.
 */
import http from 'node:http'
import { isDeclaredLarger, takeBody } from './body.mjs'
import { markPeer } from './peer.mjs'
import { moved, newRequestId, refusals, refuse, refuseRaw, tooLarge, wrongMethod } from './refusal.mjs'
import { addHeaders } from './reply-headers.mjs'

/**
 * @typedef {import('../../lib/core/edge-rules').EdgeRules} EdgeRules
 * @typedef {(request: http.IncomingMessage, response: http.ServerResponse) => unknown} RequestHandler
 */

const maxHeaderBytes = 16 * 1024
/** The last reply begun on a connection. @type {WeakMap<object, http.ServerResponse>} */
const answering = new WeakMap()
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/** How long a request may take to arrive, headers and all of it, and how often that is looked at. */
const arrival = { headersTimeout: 10_000, requestTimeout: 30_000, connectionsCheckingInterval: 2000 }

/**
 * @param {{ rules: () => EdgeRules, handle: RequestHandler, times?: typeof arrival }} parts `rules` is asked from the first request on
 */
export function createListener({ rules, handle, times = arrival }) {
  // A request without Host is refused below, in our own shape.
  const options = { maxHeaderSize: maxHeaderBytes, requireHostHeader: false, ...times }
  /** @type {RequestHandler} */
  const answer = (request, response) => onRequest(request, response, rules(), handle)
  const server = http.createServer(options, answer)
  // Whoever waits for our word before sending a body is told first whether it is too large.
  server.on('checkContinue', answer)
  server.on('connect', (_, socket) => refuseRaw(socket, wrongMethod('CONNECT', methods), rules()))
  server.on('clientError', (error, socket) => onBroken(error, socket, rules()))
  return server
}

/**
 * @param {http.IncomingMessage} request
 * @param {http.ServerResponse} response
 * @param {EdgeRules} rules
 * @param {RequestHandler} handle
 */
async function onRequest(request, response, rules, handle) {
  answering.set(request.socket, response)
  const { method = '', url: target = '', headers } = request
  const cors = rules.cors({
    ...{ target, method, origin: headers.origin ?? null },
    requestedMethod: headers['access-control-request-method'] ?? null,
  })
  addHeaders(response, { always: cors.headers, unlessSet: rules.commonHeaders })
  const refused = refusalOf(request, rules)
  if (refused) return refuse(request, response, refused, rules)
  if (cors.preflight) return void response.writeHead(204, { 'x-request-id': newRequestId() }).end()

  const limit = rules.bodyLimit(target)
  const body = takeBody(request, limit)
  if (headers.expect?.toLowerCase() === '100-continue' && !isDeclaredLarger(request, limit)) response.writeContinue()
  const outcome = await body
  if (outcome === 'too large') return refuse(request, response, tooLarge(limit), rules)
  if (outcome === 'gone') return
  markPeer(request)
  await handle(request, response)
}

/**
 * @param {http.IncomingMessage} request
 * @param {EdgeRules} rules
 */
function refusalOf({ method = '', url: target = '', headers, httpVersion }, rules) {
  const reading = rules.readTarget(target)
  if (reading.kind === 'unreadable') return refusals.unreadable
  if (!methods.includes(method)) return wrongMethod(method, methods)
  if (headers.host === undefined && httpVersion === '1.1') return refusals.noHost
  return reading.kind === 'untidy' ? moved(reading.to) : null
}

/**
 * The parser gave up, or a request took too long. Behind a reply that has begun nothing can be said.
 * @param {NodeJS.ErrnoException} error
 * @param {import('node:stream').Duplex} socket
 * @param {EdgeRules} rules
 */
function onBroken(error, socket, rules) {
  const last = answering.get(socket)
  if (!socket.writable || error.code === 'ECONNRESET' || (last?.headersSent && !last.writableFinished))
    return void socket.destroy()
  if (error.code === 'HPE_HEADER_OVERFLOW') return refuseRaw(socket, refusals.longHeaders, rules)
  refuseRaw(socket, error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? refusals.slow : refusals.broken, rules)
}
