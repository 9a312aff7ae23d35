import { describe, expect, test } from 'vitest'
import { accountWords, checkPassword, passwordSentence, type PasswordFault } from './password-policy'

const words = ['latchkey', 'login', 'example', ...accountWords({ username: 'lovelace', email: 'countess@example.com' })]
const check = (password: string, minLength = 12) => checkPassword(password, { minLength, words })
/** Letters in no order that the policy knows. */
const plain = (length: number) => 'gzkwvhmxqbtdjy'.repeat(10).slice(0, length)

describe('PW-1 and PW-2: length counts code points after NFC', () => {
  test.each<[string, string, PasswordFault | null]>([
    ['eleven letters fail', plain(11), 'too_short'],
    ['twelve letters pass', plain(12), null],
    [
      'eleven emoji fail',
      '\u{1f600}\u{1f916}\u{1f47d}\u{1f480}\u{1f431}\u{1f436}\u{1f98a}\u{1f43b}\u{1f43c}\u{1f428}\u{1f42f}',
      'too_short',
    ],
    [
      'twelve emoji pass',
      '\u{1f600}\u{1f916}\u{1f47d}\u{1f480}\u{1f431}\u{1f436}\u{1f98a}\u{1f43b}\u{1f43c}\u{1f428}\u{1f42f}\u{1f981}',
      null,
    ],
    ['eleven letters with an accent of its own fail', `${plain(10)}e\u0301`, 'too_short'],
    ['eleven letters and a composed one pass', `${plain(11)}\u00e9`, null],
    ['128 characters pass', plain(128), null],
    ['129 characters fail', plain(129), 'too_long'],
    ['128 emoji pass', '\u{1f600}\u{1f916}\u{1f47d}\u{1f480}'.repeat(32), null],
    ['128 letters whose accents are typed apart pass', 'e\u0301o\u0302a\u0300u\u0308'.repeat(32), null],
    ['the empty password fails by its length', '', 'too_short'],
    ['eleven spaces fail by their length', ' '.repeat(11), 'too_short'],
  ])('%s', (_, password, fault) => expect(check(password)).toBe(fault))

  test.each([8, 15, 64])('a minimum of %d holds', (minLength) => {
    expect(check(plain(minLength - 1), minLength)).toBe('too_short')
    expect(check(plain(minLength), minLength)).toBe(null)
  })
})

test('PW-3: nothing is trimmed, a space counts', () => {
  expect(check(` ${plain(10)} `)).toBe(null)
})

describe('PW-4: no composition rule', () => {
  test.each<[string, string, PasswordFault | null]>([
    ['digits alone', '739182640571', null],
    ['words with spaces', 'tea on the roof', null],
    ['Cyrillic', '\u043f\u0430\u0440\u0443\u0441\u0431\u0435\u043b\u0435\u0435\u0442\u044a', null],
    ['a newline', `${plain(11)}\n`, null],
    ['NUL', `${plain(12)}\u0000`, 'null_character'],
    ['a lone high surrogate', `${plain(12)}\ud800`, 'surrogate'],
    ['a lone low surrogate', `\udc00${plain(12)}`, 'surrogate'],
  ])('%s', (_, password, fault) => expect(check(password)).toBe(fault))
})

describe('PW-7: what attackers try first', () => {
  test.each([
    ...['password1234', 'PASSWORD1234', 'passwordpassword', 'correcthorsebatterystaple', 'qwertyuiop123'],
    ...['aaaaaaaaaaaa', 'abababababab', 'abcabcabcabc', 'abcabcabcabca', '\u{1f600}'.repeat(12), ' '.repeat(12)],
    ...['abcdefghijkl', 'lkjihgfedcba', '123456789012', '210987654321', 'ABCDEFGHIJKL', '098765432109'],
  ])('%s is refused', (password) => expect(check(password)).toBe('too_common'))

  test.each(['abcdefghijkz', 'aaaaaaaaaaab', '1234567890zz', 'tea tea tea on', 'mixtmixtmixt'])(
    '%s is not',
    (password) => expect(check(password)).toBe(null),
  )

  test('a keyboard row and a common password over and over are refused where the minimum lets them through', () => {
    expect(check('qwertyuiop', 8)).toBe('too_common')
    expect(check('zxcvbnm', 7)).toBe('too_common')
    expect(check('superman1superman1', 8)).toBe(null)
    expect(check('password'.repeat(2), 8)).toBe('too_common')
  })
})

describe('PW-8: words of the account and the site are taken out, and eight code points must remain', () => {
  test.each<[string, PasswordFault | null]>([
    ['lovelace+1234567', null],
    ['lovelace+123456x', null],
    ['lovelace+123456', 'contains_context'],
    ['LoveLace+123456', 'contains_context'],
    ['countess-x4!kv9', 'contains_context'],
    ['latchkeylatchkey', 'contains_context'],
    ['latchkeylovelace!', 'contains_context'],
    ['my-latchkey-pw', 'contains_context'],
    ['examplezebraxylo', null],
  ])('%s: %s', (password, fault) => expect(check(password)).toBe(fault))

  test('words of fewer than four letters take nothing out', () => {
    const fault = checkPassword('ada ada x9 k', {
      minLength: 12,
      words: accountWords({ username: 'ada', email: 'al@b.example' }),
    })
    expect(fault).toBe(null)
  })

  test.each([
    [{ username: 'ada', email: 'a.b@c.example' }, ['ada', 'a.b']],
    [{ username: 'ada', email: 'nothing' }, ['ada', 'nothing']],
  ])('the words of an account are its name and the local part: %j', (account, expected) =>
    expect(accountWords(account)).toEqual(expected),
  )
})

test('PW-9: every refusal is a sentence, and those about strength say how to do better', () => {
  const advice: Record<PasswordFault, RegExp> = {
    too_short: /at least 12 characters; a few words/,
    too_long: /at most 128/,
    too_common: /unrelated words/,
    contains_context: /Add words/,
    null_character: /^Null characters are not allowed\.$/,
    surrogate: /not valid text/,
  }
  for (const [fault, sentence] of Object.entries(advice))
    expect(passwordSentence(fault as PasswordFault, 12)).toMatch(sentence)
})
