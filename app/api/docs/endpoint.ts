/** One endpoint as the page shows it: plain data, made on the server from its description, so that no schema travels to the browser. */
import type { OpenApiDocument } from '#lib/web/api-description/document'
import type { Operation } from '#lib/web/api-description/operation'

export interface EndpointField {
  name: string
  about: string
  required: boolean
  /** A password: hidden while it is typed, and left out of the curl command. */
  secret: boolean
  /** What the curl command shows while nothing is typed. */
  example: string
}

export interface Endpoint {
  id: string
  method: 'GET' | 'POST'
  path: string
  summary: string
  description: string
  security: Operation['security']
  /** The media type it is called with here. */
  type: string
  /** Empty when nothing is sent, or when the body is no list of texts. */
  fields: EndpointField[]
  /** Such a body, as an example to change. */
  rawBody: string | null
  answers: { status: string; description: string; headers: string[]; example: string | null }[]
}

interface BodySchema {
  anyOf?: BodySchema[]
  required?: string[]
  properties?: Record<string, { type?: string; format?: string; description?: string }>
}

type Documented = OpenApiDocument['paths'][string][string]

export function endpointOf(operation: Operation, documented: Documented): Endpoint {
  const { id, path, summary, description, security, body, answers } = operation
  const [type, content] = Object.entries(documented.requestBody?.content ?? {})[0] ?? ['application/json']
  const fields = body ? fieldsOf(content?.schema as BodySchema, body.example) : []
  return {
    id,
    method: operation.method === 'get' ? 'GET' : 'POST',
    path,
    summary,
    description,
    security,
    type,
    fields,
    rawBody: body && fields.length === 0 ? JSON.stringify(body.example, null, 2) : null,
    answers: Object.entries(answers).map(([status, { description, headers = [], example }]) => ({
      status,
      description,
      headers,
      example: example === undefined ? null : JSON.stringify(example, null, 2),
    })),
  }
}

/** Of several ways to fill a body the first. */
function fieldsOf({ anyOf, ...schema }: BodySchema, example: unknown): EndpointField[] {
  const { properties = {}, required = [] } = anyOf?.[0] ?? schema
  const shown = Object.entries(properties)
  if (!shown.every(([, { type }]) => type === 'string')) return []
  return shown.map(([name, { description = '', format }]) => ({
    name,
    about: description,
    required: required.includes(name),
    secret: format === 'password',
    example: String((example as Record<string, unknown>)[name] ?? ''),
  }))
}
