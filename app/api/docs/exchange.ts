/** Sends a call and keeps what came back. Without cookies: the API reads none, and none shall go along. */
import type { Call } from './call'

export interface Answer {
  kind: 'answer'
  status: number
  /** The standard words for the status; HTTP/2 sends none. */
  words: string
  ms: number
  headers: [string, string][]
  body: string
  /** The body parsed, when it is JSON. */
  json: unknown
}

export type Exchange = Answer | { kind: 'none'; why: string }

const PATIENCE_MS = 30_000

export async function send({ method, path, headers, body }: Call): Promise<Exchange> {
  const begun = performance.now()
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS)
    const reply = await fetch(path, { method, headers, body, credentials: 'omit', cache: 'no-store', signal })
    const text = await reply.text()
    const json = parsed(text)
    return {
      kind: 'answer',
      status: reply.status,
      words: reply.statusText,
      ms: Math.round(performance.now() - begun),
      headers: [...reply.headers],
      body: json === undefined ? text : JSON.stringify(json, null, 2),
      json,
    }
  } catch (error) {
    return { kind: 'none', why: error instanceof Error ? error.message : 'the request failed' }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
