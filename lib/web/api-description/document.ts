/** The OpenAPI 3.1 document, made of the descriptions. Served by /api/openapi.json and shown by /api/docs. */
import { z } from 'zod'
import type { Answer, Body, HeaderName, Operation, Security } from './operation'
import { operations } from './operations'
import type { TokenHeader } from './token-header'

const JSON_TYPE = 'application/json'
const FIELD_TYPES = [JSON_TYPE, 'application/x-www-form-urlencoded', 'multipart/form-data']

const introduction = ({
  name,
}: TokenHeader) => `Register, log in and use tokens from programs. A path answers with and without its final slash.

Nothing here reads or sets a cookie: an access token counts in the ${name} header alone. Code that runs in this site’s own pages uses the cookie handlers under /auth/ instead, which are not part of this document.

Every reply carries X-Request-Id; quote it when you ask about one.`

const headerTexts: Record<HeaderName, string> = {
  'WWW-Authenticate': 'The challenge of RFC 6750, section 3.',
  'Retry-After': 'Seconds to wait.',
  ETag: 'Names this version of the answer.',
  'Cache-Control': 'How long the answer may be kept.',
}

export interface DocumentFacts {
  /** The origin by which the server is known outside. */
  publicUrl: string
  tokenHeader: TokenHeader
}

let made: { of: string; document: OpenApiDocument } | null = null

/** Made once, since it hangs on nothing else. */
export function openApiDocument(facts: DocumentFacts): OpenApiDocument {
  const of = JSON.stringify(facts)
  if (made?.of !== of) made = { of, document: make(facts) }
  return made.document
}

export type OpenApiDocument = ReturnType<typeof make>

function make({ publicUrl, tokenHeader }: DocumentFacts) {
  const schemas: Schemas = {}
  const paths: Record<string, Record<string, OperationObject>> = {}
  for (const described of operations)
    (paths[described.path] ??= {})[described.method] = operationObject(described, schemas)
  return {
    openapi: '3.1.0',
    info: { title: 'Latchkey', version: '1', description: introduction(tokenHeader) },
    servers: [{ url: publicUrl }],
    tags: [...new Set(operations.map(({ group }) => group))].map((name) => ({ name })),
    paths,
    components: {
      schemas,
      securitySchemes: {
        bearer: tokenScheme(tokenHeader),
        client: { type: 'http', scheme: 'basic', description: 'The id and the secret of a client.' },
      },
    },
  }
}

/** `http` means the Authorization header; a token in another one is a key there, its scheme word included. */
function tokenScheme({ name, scheme }: TokenHeader) {
  if (name !== 'Authorization')
    return { type: 'apiKey', in: 'header', name, description: `An access token behind the word ${scheme} and a space.` }
  const format = scheme.toLowerCase() === 'bearer' ? { bearerFormat: 'JWT' } : {}
  return { type: 'http', scheme: scheme.toLowerCase(), ...format, description: 'An access token.' }
}

type OperationObject = ReturnType<typeof operationObject>

/** Schemas that have a name, by it: they stand once, in `components`. */
type Schemas = Record<string, unknown>

function operationObject(described: Operation, schemas: Schemas) {
  const { id, group, summary, description, security, body, answers } = described
  const responses = Object.entries(answers).map(([status, answer]) => [status, answerObject(answer, schemas)] as const)
  return {
    operationId: id,
    tags: [group],
    summary,
    description,
    security: securityOf(security),
    ...(body ? { requestBody: bodyObject(body, schemas) } : {}),
    responses: Object.fromEntries(responses),
  }
}

/** An empty list: none is asked for, whatever else the document says. */
function securityOf(security: Security): Record<string, never[]>[] {
  return security === 'none' ? [] : [{ [security]: [] }]
}

function bodyObject({ schema, example, types = FIELD_TYPES }: Body, schemas: Schemas) {
  const content = types.map((type) => [type, { schema: jsonSchema(schema, 'input', schemas), example }] as const)
  return { required: true, content: Object.fromEntries(content) }
}

function answerObject({ description, schema, example, headers = [], type = JSON_TYPE }: Answer, schemas: Schemas) {
  const content = schema && { schema: jsonSchema(schema, 'output', schemas), ...(example ? { example } : {}) }
  const named = headers.map((name) => [name, { description: headerTexts[name], schema: { type: 'string' } }] as const)
  return {
    description,
    ...(named.length > 0 ? { headers: Object.fromEntries(named) } : {}),
    ...(content ? { content: { [type]: content } } : {}),
  }
}

/** `input`: what may be sent, before the fields are parsed. `output`: what is answered, and no key beyond it. */
function jsonSchema(schema: z.ZodType, io: 'input' | 'output', schemas: Schemas): Record<string, unknown> {
  const made = z.toJSONSchema(schema, {
    io,
    // Beside a format its pattern says nothing but what zod does.
    override: ({ jsonSchema }) => void (jsonSchema.format && delete jsonSchema.pattern),
  })
  const moved = JSON.stringify(made).replaceAll('"#/$defs/', '"#/components/schemas/')
  const { $schema: _, $defs, ...rest } = JSON.parse(moved) as Record<string, unknown>
  // An id is a name here, no address.
  for (const [name, named] of Object.entries($defs ?? {})) {
    const { id: _, ...unnamed } = named as Record<string, unknown>
    schemas[name] = unnamed
  }
  return rest
}
