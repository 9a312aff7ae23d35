/**
 * The bodies of requests, counted where they come in (TH-9). Next would keep up to ten megabytes of each before any code of ours is asked;
 * here a body is held back until it is whole, and let go of as soon as it is too large.
 */

/** What is still read of a body that was refused, so that its sender gets to see why: some, for a moment. */
const restBytes = 1024 * 1024
const restMs = 1000

/**
 * Resolves when the whole body lies in the request, unread, for whoever reads it next; or when it cannot.
 * @param {import('node:http').IncomingMessage} request
 * @param {number} limit in bytes
 * @returns {Promise<'whole' | 'too large' | 'gone'>}
 */
export function takeBody(request, limit) {
  if (isDeclaredLarger(request, limit)) {
    receive(request, () => {})
    return Promise.resolve('too large')
  }
  if (!isDeclaredLarger(request, 0) && !request.headers['transfer-encoding']) return Promise.resolve('whole')
  /** @type {Buffer[]} */
  const chunks = []
  let size = 0
  return new Promise((resolve) => {
    request.once('close', () => resolve('gone'))
    receive(request, (chunk) => {
      if (chunk === null) {
        if (size > 0) request.push(Buffer.concat(chunks))
        request.push(null)
        return resolve('whole')
      }
      size += chunk.length
      if (size <= limit) return void chunks.push(chunk)
      chunks.length = 0
      receive(request, () => {})
      resolve('too large')
    })
  })
}

/**
 * By its Content-Length; a body in chunks declares nothing.
 * @param {import('node:http').IncomingMessage} request
 * @param {number} limit
 */
export function isDeclaredLarger({ headers }, limit) {
  return Number(headers['content-length'] ?? 0) > limit
}

/**
 * Resolves when the sender has stopped, or has had its moment. Nothing is kept.
 * @param {import('node:http').IncomingMessage} request
 * @returns {Promise<void>}
 */
export function letGo(request) {
  if (request.complete || request.destroyed) return Promise.resolve()
  let size = 0
  return new Promise((resolve) => {
    setTimeout(resolve, restMs).unref()
    request.once('close', resolve)
    receive(request, (chunk) => {
      size += chunk?.length ?? 0
      if (chunk === null) resolve()
      // The parser stops reading the socket when it is told that there is no room.
      return size < restBytes
    })
  })
}

/**
 * Stands where the parser hands over what it reads: `push` of the request. The stream itself is not touched, so that it begins with the first
 * reader, and ends only for him. `take` is called with null at the end, when push is the stream's own again.
 * @param {import('node:http').IncomingMessage} request
 * @param {(chunk: Buffer | null) => unknown} take false says that there is no room for more just now
 */
function receive(request, take) {
  request.push = (chunk) => {
    if (chunk === null) Reflect.deleteProperty(request, 'push')
    return take(chunk) !== false
  }
}
