/** The one field of the token endpoints, under the rules every field has. */
import { z } from 'zod'
import { parseFields, textField, type FieldErrors } from '#lib/core/fields'

export function readTokenField(
  name: 'refresh' | 'token',
  fields: unknown,
): { kind: 'ok'; token: string } | { kind: 'invalid'; errors: FieldErrors } {
  const parsed = parseFields(z.object({ [name]: textField }), fields)
  return parsed.kind === 'ok' ? { kind: 'ok', token: parsed.data[name] ?? '' } : parsed
}
