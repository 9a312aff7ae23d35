/**
 * The fields of a request body: JSON or a form, at every endpoint, with the refusals of docs/token-api.md, section 2.1.
 * At most 16 kB are read, whatever the Content-Length says (TH-9), also where no listener of ours stands in front.
 */
import { DATA_LIMIT } from '#lib/core/body-limit'

export const BODY_LIMIT = DATA_LIMIT

export type BodyReading =
  | { kind: 'fields'; fields: Record<string, unknown> }
  | { kind: 'refused'; status: 400 | 413 | 415; body: Record<string, unknown> }

export async function readBody(request: Request): Promise<BodyReading> {
  const bytes = await readLimited(request)
  if (bytes === null)
    return refuse(413, { detail: `The request body is larger than ${BODY_LIMIT} bytes.`, code: 'too_large' })
  const sent = request.headers.get('content-type') ?? ''
  // An empty body of any type, or of none, is an empty object.
  if (bytes.byteLength === 0) return { kind: 'fields', fields: {} }
  switch (sent.split(';')[0]?.trim().toLowerCase()) {
    case 'application/json':
      return readJson(bytes)
    case 'application/x-www-form-urlencoded':
    case 'multipart/form-data':
      return readForm(bytes, sent)
    default:
      return refuse(415, { detail: `Unsupported media type "${sent}" in request.` })
  }
}

function readJson(bytes: Uint8Array): BodyReading {
  let text: string
  let value: unknown
  try {
    // A byte order mark is no JSON (RFC 8259, section 8.1), and stays in the text for the parser to find.
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    value = withEveryDigit(text, JSON.parse(text))
  } catch (error) {
    return refuse(400, { detail: `JSON parse error - ${error instanceof Error ? error.message : 'not JSON'}` })
  }
  if (value === null) return refuse(400, { non_field_errors: ['No data provided'] })
  if (typeof value === 'object' && !Array.isArray(value))
    return { kind: 'fields', fields: value as Record<string, unknown> }
  return refuse(400, { non_field_errors: [`Invalid data. Expected a dictionary, but got ${pythonType(text)}.`] })
}

const TEXT_OR_LONG_INTEGER = /"(?:[^"\\]|\\.)*"|(?<![\w.+-])-?\d{16,}(?![\d.eE])/g

/** A number is taken as its digits (section 3), and JavaScript keeps some sixteen of them: longer integers are read as text. */
function withEveryDigit(text: string, parsed: unknown): unknown {
  const quoted = text.replace(TEXT_OR_LONG_INTEGER, (found) => (found.startsWith('"') ? found : `"${found}"`))
  return quoted === text ? parsed : JSON.parse(quoted)
}

/** The name of the type of this JSON, which is neither object nor null, as clients of the original know it. */
function pythonType(json: string): string {
  const text = json.trim()
  if (text.startsWith('[')) return 'list'
  if (text.startsWith('"')) return 'str'
  if (text === 'true' || text === 'false') return 'bool'
  return /[.eE]/.test(text) ? 'float' : 'int'
}

async function readForm(bytes: Uint8Array<ArrayBuffer>, contentType: string): Promise<BodyReading> {
  try {
    const form = await new Response(bytes, { headers: { 'Content-Type': contentType } }).formData()
    // Of one key twice the last counts. A file is no text: it is left an object for the field rules to refuse.
    return { kind: 'fields', fields: Object.fromEntries(form.entries()) }
  } catch (error) {
    return refuse(400, {
      detail: `Multipart form parse error - ${error instanceof Error ? error.message : 'not a form'}`,
    })
  }
}

/** Null when there is more than the limit. */
async function readLimited(request: Request): Promise<Uint8Array<ArrayBuffer> | null> {
  const chunks: Uint8Array[] = []
  const reader = request.body?.getReader()
  for (let size = 0; ;) {
    const { done, value } = (await reader?.read()) ?? { done: true, value: undefined }
    if (done) return new Uint8Array(Buffer.concat(chunks))
    size += value.byteLength
    if (size > BODY_LIMIT) return null
    chunks.push(value)
  }
}

function refuse(status: 400 | 413 | 415, body: Record<string, unknown>): BodyReading {
  return { kind: 'refused', status, body }
}
