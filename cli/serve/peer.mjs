/** Who is at the other end of the connection: a header that only this process sets (decision 0004). */
const ourHeaders = 'x-latchkey-'
const peerHeader = 'x-latchkey-peer'

/**
 * A client could else name its own address, and be throttled and audited as somebody else.
 * @param {import('node:http').IncomingMessage} request
 */
export function markPeer(request) {
  for (const name of Object.keys(request.headers)) if (name.startsWith(ourHeaders)) delete request.headers[name]
  const address = request.socket.remoteAddress ?? ''
  request.headers[peerHeader] = address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address
  // Next may read either form.
  request.rawHeaders = request.rawHeaders.filter(
    (_, index, all) => !all[index - (index % 2)]?.toLowerCase().startsWith(ourHeaders),
  )
  request.rawHeaders.push(peerHeader, request.headers[peerHeader])
}
