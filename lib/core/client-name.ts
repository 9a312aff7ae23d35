/**
 * The names of clients: programs that ask about tokens (docs/guides/introspection.md). A name is for people; a client
 * proves itself by its id and its secret.
 */
import { textField } from './fields'

export const CLIENT_NAME_MAX = 64

const NOT_VISIBLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/u
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i

/** The form of a client's id, which is known to everybody. */
export const isClientId = (text: string) => UUID.test(text)

export const clientNameField = textField.transform((name, context) => {
  const fault = nameFault(name)
  if (fault) context.addIssue({ code: 'custom', message: fault })
  return name
})

function nameFault(name: string): string | null {
  if ([...name].length > CLIENT_NAME_MAX) return `Ensure this field has no more than ${CLIENT_NAME_MAX} characters.`
  if (NOT_VISIBLE.test(name)) return 'Enter a name of visible characters.'
  // The command line takes an id or a name in one place.
  return isClientId(name) ? 'Enter a name that does not look like an id.' : null
}

/** The form two names are compared in: look-alike spellings of one name are one name. */
export function foldClientName(name: string): string {
  return name.normalize('NFKC').toLowerCase()
}
