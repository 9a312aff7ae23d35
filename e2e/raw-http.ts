/** Requests as they are written, byte for byte: fetch and Playwright would tidy them up first. */
import net from 'node:net'

export interface RawReply {
  status: number
  headers: Record<string, string>
  body: string
}

/** The reply to these bytes, once the server has closed; with `enough`, once its headers are there. */
export function sendRaw(port: number, text: string, enough: 'all' | 'headers' = 'all'): Promise<RawReply> {
  return new Promise((resolve) => {
    let output = ''
    const socket = net.connect(port, '127.0.0.1', () => socket.write(text, 'latin1'))
    socket.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      if (enough === 'headers' && output.includes('\r\n\r\n')) socket.destroy()
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(parse(output)))
  })
}

function parse(reply: string): RawReply {
  const [head = '', ...rest] = reply.split('\r\n\r\n')
  const [first = '', ...lines] = head.split('\r\n')
  const headers = lines.map((line) => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const
  })
  return { status: Number(first.split(' ')[1]), headers: Object.fromEntries(headers), body: rest.join('\r\n\r\n') }
}

/** Posts that many bytes in chunks, and goes on whatever is answered, until they are sent or the connection is closed. */
export function sendMuch({ port, path, bytes }: { port: number; path: string; bytes: number }) {
  const piece = `${(64 * 1024).toString(16)}\r\n${'x'.repeat(64 * 1024)}\r\n`
  const head = `POST ${path} HTTP/1.1\r\nHost: localhost:${port}\r\nTransfer-Encoding: chunked\r\n\r\n`
  return new Promise<RawReply & { sent: number }>((resolve) => {
    let sent = 0
    let output = ''
    const socket = net.connect(port, '127.0.0.1', () => socket.write(head, send))
    const send = (error?: Error | null) => {
      if (error || socket.destroyed) return
      if (sent >= bytes) return void socket.write('0\r\n\r\n')
      sent += piece.length
      socket.write(piece, send)
    }
    socket.on('data', (chunk: Buffer) => (output += chunk.toString()))
    socket.on('error', () => {})
    socket.on('close', () => resolve({ ...parse(output), sent }))
  })
}
