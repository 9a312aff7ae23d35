/** Some sentences of the token API are fixed by its clients and read like a program's; on a form a person gets plainer ones. */
import type { FieldErrors } from './fields'

const plainer: Record<string, string> = {
  'This field is required.': 'Please fill this in.',
  'This field may not be null.': 'Please fill this in.',
  'This field may not be blank.': 'Please fill this in.',
  'Not a valid string.': 'Please write text here.',
  'user with this email already exists.': 'An account with this email already exists.',
  'A user with that username already exists.': 'This username already exists; choose another.',
  'Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters.':
    'Enter a valid username. Use only letters, digits and @ . + - _ in it, no spaces.',
}

/** The same refusal in words for people. Sentences that read well stay as they are. */
export function inPlainWords(errors: FieldErrors): FieldErrors {
  const plain = Object.entries(errors).map(([field, sentences]) => [
    field,
    sentences.map((sentence) => plainer[sentence] ?? sentence),
  ])
  return Object.fromEntries(plain)
}
