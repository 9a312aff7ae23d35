/** What the OpenAPI document says an answer looks like, as something to hold a real answer against. */
import { z } from 'zod'

interface Document {
  paths: Record<string, Record<string, { responses: Record<string, { content?: Record<string, { schema: object }> }> }>>
  components: { schemas: object }
}

/** Null when the document says there is no body. Throws when it does not name the answer at all. */
export function answerSchema(document: Document, path: string, method: string, status: string): z.ZodType | null {
  const answer = document.paths[path]?.[method]?.responses[status]
  if (!answer) throw new Error(`The document knows no ${status} of ${method} ${path}.`)
  const [content] = Object.values(answer.content ?? {})
  return content ? fromDocument(content.schema, document.components.schemas) : null
}

/** zod looks for the schemas that are named under `$defs`. */
export function fromDocument(schema: object, schemas: object): z.ZodType {
  const whole = JSON.stringify({ ...schema, $defs: schemas }).replaceAll('"#/components/schemas/', '"#/$defs/')
  return z.fromJSONSchema(JSON.parse(whole))
}
