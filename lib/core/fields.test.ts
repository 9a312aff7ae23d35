import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { emailField, parseFields, passwordField, textField, usernameField } from './fields'

const schema = z.object({ email: emailField, username: usernameField, password: passwordField, note: textField })
const good = { email: 'ada@example.com', username: 'ada', password: 'secret', note: 'hello' }
const fieldsOf = (over: Record<string, unknown>) => parseFields(schema, { ...good, ...over })
const errorOf = (name: keyof typeof good, value: unknown) => {
  const parsed = fieldsOf({ [name]: value })
  return parsed.kind === 'invalid' ? parsed.errors : parsed.data[name]
}

const everyField = Object.keys(good) as (keyof typeof good)[]

describe('token-api 3: the rules of every field', () => {
  test.each<[string, unknown, string]>([
    ['left out', undefined, 'This field is required.'],
    ['null', null, 'This field may not be null.'],
    ['empty', '', 'This field may not be blank.'],
    ['with U+0000', 'a\u0000b', 'Null characters are not allowed.'],
    ['with a lone high surrogate', 'a\ud800', 'Surrogate characters are not allowed: U+D800.'],
    ['with a lone low surrogate', '\udfffa', 'Surrogate characters are not allowed: U+DFFF.'],
    ['with surrogates the wrong way round', '\udc00\ud800', 'Surrogate characters are not allowed: U+DC00.'],
  ])('%s', (_, value, sentence) => {
    for (const name of everyField) expect(errorOf(name, value), name).toEqual({ [name]: [sentence] })
  })

  test.each<[string, unknown]>([
    ['a list', ['a']],
    ['an object', { a: 1 }],
    ['an operator', { $ne: '' }],
    ['true', true],
    ['false', false],
  ])('IV-2: %s is no string, and no address', (_, value) => {
    for (const name of everyField) {
      const sentence = name === 'email' ? 'Enter a valid email address.' : 'Not a valid string.'
      expect(errorOf(name, value), name).toEqual({ [name]: [sentence] })
    }
  })

  test('a number counts as its digits', () => {
    expect(errorOf('note', 42)).toBe('42')
    expect(errorOf('password', 0)).toBe('0')
  })

  test('spaces around a text are trimmed, and spaces only are blank', () => {
    expect(errorOf('note', ' \t hello \n')).toBe('hello')
    expect(errorOf('email', ' ada@example.com ')).toBe('ada@example.com')
    for (const name of ['note', 'email', 'username'] as const)
      expect(errorOf(name, ' \t\n ')).toEqual({ [name]: ['This field may not be blank.'] })
  })

  test('white space is Unicode’s and that of the original: separators and U+0085, but no byte order mark', () => {
    expect(errorOf('note', '\u0085\u001c\u00a0\u3000hello\u2003\u001f')).toBe('hello')
    expect(errorOf('note', '\ufeffhello\u200b')).toBe('\ufeffhello\u200b')
    expect(errorOf('note', '\u0085\u001c')).toEqual({ note: ['This field may not be blank.'] })
  })

  test('F13, PW-3: a password is taken as typed, spaces and all', () => {
    expect(errorOf('password', '  two words ')).toBe('  two words ')
    expect(errorOf('password', '   ')).toBe('   ')
  })

  test('a pair of surrogates is a character like any other', () => {
    expect(errorOf('note', '\u{1f600}')).toBe('\u{1f600}')
  })
})

describe('token-api 3: register', () => {
  const domain = `${'b'.repeat(60)}.${'c'.repeat(60)}.com`
  const email = (length: number) => `${'a'.repeat(length - domain.length - 1)}@${domain}`

  test.each<[keyof typeof good, string, unknown, unknown]>([
    ['email', 'no address', 'plain', { email: ['Enter a valid email address.'] }],
    ['email', '254 characters', email(254), email(254)],
    ['email', '255 characters', email(255), { email: ['Ensure this field has no more than 254 characters.'] }],
    ['email', 'a domain in capitals', 'Ada@EXAMPLE.com', 'Ada@example.com'],
    ['username', '150 characters', 'a'.repeat(150), 'a'.repeat(150)],
    [
      'username',
      '151 characters',
      'a'.repeat(151),
      { username: ['Ensure this field has no more than 150 characters.'] },
    ],
    [
      'username',
      'a character that is none of a name',
      'a b',
      {
        username: ['Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters.'],
      },
    ],
    ['username', 'letters beyond the first plane', '\u{20000}'.repeat(150), '\u{20000}'.repeat(150)],
  ])('%s: %s', (name, _, value, outcome) => expect(errorOf(name, value)).toEqual(outcome))
})

test.each([
  ['password', passwordField, 16_384],
  ['any other text', textField, 16_384],
] as const)('IV-1: %s has a maximum, in code points', (_, field, max) => {
  const read = (text: string) => parseFields(z.object({ field }), { field: text })
  for (const letter of ['x', '\u{1f600}']) {
    expect(read(letter.repeat(max)).kind).toBe('ok')
    const errors = { field: [`Ensure this field has no more than ${max} characters.`] }
    for (const more of [1, 1_000_000]) expect(read(letter.repeat(max + more))).toEqual({ kind: 'invalid', errors })
  }
})

test('the errors of all fields come at once', () => {
  const parsed = parseFields(schema, {})
  expect(parsed).toEqual({
    kind: 'invalid',
    errors: Object.fromEntries(everyField.map((name) => [name, ['This field is required.']])),
  })
})

test('AZ-3: keys that are not asked for are ignored', () => {
  expect(fieldsOf({ is_staff: true, roles: ['admin'], id: 1 })).toEqual({ kind: 'ok', data: good })
})

describe('IV-2: only own keys of the body are its fields', () => {
  test('a __proto__ in JSON gives no field and changes no object', () => {
    const body: unknown = JSON.parse('{"__proto__":{"email":"eve@example.com","polluted":true}}')
    expect(parseFields(z.object({ email: emailField }), body)).toEqual({
      kind: 'invalid',
      errors: { email: ['This field is required.'] },
    })
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })

  test('what an object inherits is left out', () => {
    expect(parseFields(z.object({ note: textField }), Object.create({ note: 'inherited' }))).toMatchObject({
      kind: 'invalid',
    })
  })

  test.each([undefined, null, 'text', 42, true, [], ['email']])('%j is a body without fields', (body) => {
    expect(parseFields(z.object({ note: textField }), body)).toMatchObject({ kind: 'invalid' })
  })
})
