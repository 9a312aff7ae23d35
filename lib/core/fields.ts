/**
 * The fields of forms and of JSON bodies, parsed by one set of rules with the sentences of docs/token-api.md, section 3,
 * so that the page and the API can never disagree about what is acceptable.
 */
import { z } from 'zod'
import { EMAIL_MAX, isEmail, isUsername, normaliseEmail, USERNAME_MAX } from './identifiers'

/** Field name to its sentences: the body of a 400, and the errors beside a form's fields. */
export type FieldErrors = Record<string, string[]>

export type Parsed<T> = { kind: 'ok'; data: T } | { kind: 'invalid'; errors: FieldErrors }

/**
 * IV-1: every text has a maximum, in code points. As much as a body holds; what a field means sets limits of its own below. A login name
 * or a password that is longer than any is unknown or wrong (401, PW-2).
 */
const TEXT_MAX = 16_384

/** Any text but blank. Spaces around it are trimmed; a number counts as its digits. */
export const textField = textLike(strip)

/** A password as typed: nothing is trimmed, so that only the empty one is blank (PW-3). */
export const passwordField = textLike((text) => text)

export const emailField = textLike(strip, 'Enter a valid email address.').transform((email, context) => {
  if (!isEmail(email)) return refuse(context, 'Enter a valid email address.')
  if (email.length > EMAIL_MAX) return refuse(context, tooLong(EMAIL_MAX))
  return normaliseEmail(email)
})

export const usernameField = textField.transform((username, context) => {
  if ([...username].length > USERNAME_MAX) return refuse(context, tooLong(USERNAME_MAX))
  if (isUsername(username)) return username
  return refuse(
    context,
    'Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters.',
  )
})

/** Parses a body; all fields' errors come at once. Keys that are not in the schema are ignored (AZ-3 under the contract). */
export function parseFields<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  input: unknown,
): Parsed<z.infer<z.ZodObject<Shape>>> {
  const given = typeof input === 'object' && input !== null ? (input as Record<string, unknown>) : {}
  // Every key is named, so that a missing field reaches its own rule; own keys only, so that __proto__ does nothing (IV-2).
  const named = Object.keys(schema.shape).map((key) => [key, Object.hasOwn(given, key) ? given[key] : undefined])
  const result = schema.safeParse(Object.fromEntries(named))
  if (result.success) return { kind: 'ok', data: result.data }
  return { kind: 'invalid', errors: fieldErrors(result.error.issues) }
}

function textLike(clean: (text: string) => string, notText = 'Not a valid string.') {
  return z.unknown().transform((value, context): string => {
    if (value === undefined) return refuse(context, 'This field is required.')
    if (value === null) return refuse(context, 'This field may not be null.')
    if (typeof value !== 'string' && typeof value !== 'number') return refuse(context, notText)
    const text = clean(String(value))
    if (text === '') return refuse(context, 'This field may not be blank.')
    // Units first: a code point is one or two, and nobody counts those of a megabyte.
    if (text.length > 2 * TEXT_MAX || [...text].length > TEXT_MAX) return refuse(context, tooLong(TEXT_MAX))
    if (text.includes('\0')) return refuse(context, 'Null characters are not allowed.')
    const surrogate = loneSurrogate(text)
    return surrogate === null ? text : refuse(context, `Surrogate characters are not allowed: U+${surrogate}.`)
  })
}

/** White space as the original sees it: the separators U+001C to U+001F and U+0085 are, a byte order mark is not. */
const BLANK = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/

function strip(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && BLANK.test(text.charAt(start))) start++
  while (end > start && BLANK.test(text.charAt(end - 1))) end--
  return text.slice(start, end)
}

function loneSurrogate(text: string): string | null {
  const match = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.exec(text)
  return match ? match[0].charCodeAt(0).toString(16).toUpperCase() : null
}

function refuse(context: z.RefinementCtx, sentence: string): never {
  context.addIssue({ code: 'custom', message: sentence })
  return z.NEVER
}

const tooLong = (max: number) => `Ensure this field has no more than ${max} characters.`

function fieldErrors(issues: z.core.$ZodIssue[]): FieldErrors {
  const errors: FieldErrors = {}
  for (const { path, message } of issues) (errors[String(path[0])] ??= []).push(message)
  return errors
}
