/** The one field of the token endpoints, under the rules every field has. */
import { parseFields, type FieldErrors, type textField } from '#lib/core/fields'
import { tokenFields } from '#lib/core/request-fields'

export function readTokenField(
  name: keyof typeof tokenFields,
  fields: unknown,
): { kind: 'ok'; token: string } | { kind: 'invalid'; errors: FieldErrors } {
  const parsed = parseFields<Record<string, typeof textField>>(tokenFields[name], fields)
  return parsed.kind === 'ok' ? { kind: 'ok', token: parsed.data[name] ?? '' } : parsed
}
