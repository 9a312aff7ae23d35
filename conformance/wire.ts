/** One request on one socket, byte for byte as a test wrote it: a client library would tidy up what is asked about here. */
import net from 'node:net'

/** A request in parts. `Host`, `Connection: close` and, with a body, `Content-Length` are added. */
export interface Sent {
  path: string
  method?: string
  headers?: readonly (readonly [name: string, value: string])[]
  body?: string | Buffer
  /** The body in chunks of this many bytes, without a Content-Length. */
  chunked?: number
}

export interface Reply {
  /** 0 when the connection ended without an answer. */
  status: number
  headers: Map<string, string[]>
  body: string
}

const answerWithinMs = 30_000

export async function exchange(port: number, sent: Sent): Promise<Reply> {
  const answer = await bytesBack(port, Buffer.concat(requestBytes(port, sent)))
  return parse(answer)
}

function requestBytes(port: number, { method = 'GET', path, headers = [], body, chunked }: Sent): Buffer[] {
  const content = body === undefined ? null : Buffer.from(body)
  const framing: [string, string][] = []
  if (content) framing.push(chunked ? ['Transfer-Encoding', 'chunked'] : ['Content-Length', String(content.length)])
  const lines = [['Host', `localhost:${port}`], ['Connection', 'close'], ...framing, ...headers]
  const head = `${method} ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`
  const payload = !content ? [] : chunked ? inChunks(content, chunked) : [content]
  return [Buffer.from(head, 'latin1'), ...payload]
}

function inChunks(content: Buffer, size: number): Buffer[] {
  const pieces: Buffer[] = []
  for (let at = 0; at < content.length; at += size) {
    const piece = content.subarray(at, at + size)
    pieces.push(Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n'))
  }
  return [...pieces, Buffer.from('0\r\n\r\n')]
}

function bytesBack(port: number, request: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const socket = net.connect(port, '127.0.0.1', () => void socket.write(request))
    socket.setTimeout(answerWithinMs, () => socket.destroy(new Error(`No answer within ${answerWithinMs} ms.`)))
    socket.on('data', (chunk: Buffer) => void chunks.push(chunk))
    // A server may refuse a body before it has read all of it; what it said until then is its answer.
    socket.on('error', (error) => (chunks.length > 0 ? resolve(Buffer.concat(chunks)) : reject(error)))
    socket.on('close', () => resolve(Buffer.concat(chunks)))
  })
}

function parse(answer: Buffer): Reply {
  const end = answer.indexOf('\r\n\r\n')
  if (end < 0) return { status: 0, headers: new Map(), body: answer.toString('latin1') }
  const [statusLine = '', ...lines] = answer.subarray(0, end).toString('latin1').split('\r\n')
  const headers = new Map<string, string[]>()
  for (const line of lines) {
    const [, name = '', value = ''] = /^([^:]+):\s*(.*)$/.exec(line) ?? []
    headers.set(name.toLowerCase(), [...(headers.get(name.toLowerCase()) ?? []), value])
  }
  const rest = answer.subarray(end + 4)
  const content = headers.get('transfer-encoding')?.includes('chunked') ? unchunked(rest) : rest
  return { status: Number(statusLine.split(' ')[1]), headers, body: content.toString('utf8') }
}

function unchunked(rest: Buffer): Buffer {
  const pieces: Buffer[] = []
  for (let at = 0; ;) {
    const line = rest.indexOf('\r\n', at)
    const size = line < 0 ? 0 : Number.parseInt(rest.subarray(at, line).toString('latin1'), 16)
    if (!size) return Buffer.concat(pieces)
    pieces.push(rest.subarray(line + 2, line + 2 + size))
    at = line + 2 + size + 2
  }
}
