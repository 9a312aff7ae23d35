import { describe, expect, test } from 'vitest'
import { foldEmail, foldUsername, isEmail, isUsername, normaliseEmail } from './identifiers'

describe('addresses (docs/token-api.md, section 3.1)', () => {
  test.each([
    ...['plain', 'a@', '@example.com', 'a b@example.com', 'a@b@example.com', 'a@b', 'a..b@example.com'],
    ...['a@example.com.', 'a@example.c', 'a@-example.com', '\u00e9@example.com', '"a b"@example.com'],
  ])('the contract refuses %s', (email) => expect(isEmail(email)).toBe(false))

  test.each(['a+b@example.com', "o'neil@example.com", 'a@localhost', 'a@[127.0.0.1]', 'a@\u00e9.com'])(
    'the contract accepts %s',
    (email) => expect(isEmail(email)).toBe(true),
  )

  test.each([
    ...[
      '',
      '@',
      '.a@example.com',
      'a.@example.com',
      'a@example-.com',
      'a@exa_mple.com',
      'a@.example.com',
      'a@example..com',
    ],
    ...[
      'a@[256.0.0.1]',
      'a@[127.0.0]',
      'a@[127.0.0.1',
      'a@[127.0.0.1.]',
      'a@127.0.0.1',
      'a@0x7f000001',
      'a@2130706433',
    ],
    ...[
      'a@example.123',
      `a@${'b'.repeat(64)}.com`,
      'a@example.com/x',
      'a@example.com?x',
      'a@example.com#x',
      'a@example.com:25',
    ],
    ...['a@exa%6dple.com', 'a@example\u3002com', '<a@example.com>', 'a@example.com,b@example.com', 'a;b@example.com'],
    ...['a(comment)@example.com', 'a\\@example.com', 'a@example.com\n', 'a\u0000@example.com', 'a\u0001b@example.com'],
    ...['a@example.com\r\nBcc: b@example.com', 'a\t@example.com', 'a@exam\u00adple.com\u0000', 'a@ex ample.com'],
  ])('EM-3: %j is no address', (email) => expect(isEmail(email)).toBe(false))

  test.each([
    ...[
      'a@EXAMPLE.COM',
      'a.b.c@example.com',
      `a@${'b'.repeat(63)}.com`,
      'a@example.co',
      'a@LOCALHOST',
      '1@example.com',
    ],
    ...['a@xn--bcher-kva.example', 'a@[255.255.255.255]', "!#$%&'*+/=?^_`{|}~-@example.com", 'a@b.c.d.example.museum'],
  ])('%s is an address', (email) => expect(isEmail(email)).toBe(true))

  test('the domain is kept in lower case and the local part as typed', () => {
    expect(normaliseEmail('Ada.Lovelace@Example.COM')).toBe('Ada.Lovelace@example.com')
  })
})

describe('EM-4: comparing', () => {
  test.each([
    ['ADA@EXAMPLE.COM', 'ada@example.com'],
    ['ada@b\u00fccher.example', 'ada@xn--bcher-kva.example'],
    ['ada@B\u00dcCHER.example', 'ADA@b\u00fccher.example'],
    ['ADA', 'ada'],
    ['A@B@EXAMPLE.COM', 'a@b@example.com'],
  ])('%s and %s are one email', (one, other) => expect(foldEmail(one)).toBe(foldEmail(other)))

  test.each([
    ['ada@example.com', 'ada+1@example.com'],
    ['ada@example.com', 'a.da@example.com'],
    ['ada@example.com', 'ada@example.org'],
    ['ada', 'ada@'],
    // The capital I with a dot becomes two characters in lower case.
    ['\u0130@example.com', '\u0130example.com'],
    ['\u0130x@example.com', '\u0130y@example.com'],
  ])('%s and %s are two emails', (one, other) => expect(foldEmail(one)).not.toBe(foldEmail(other)))

  test.each([
    ['Ada', 'ada'],
    ['\uff21da', 'ada'],
    ['e\u0301ve', '\u00e9ve'],
    ['\u212bngstrom', '\u00e5ngstrom'],
  ])('%s and %s are one username', (one, other) => expect(foldUsername(one)).toBe(foldUsername(other)))

  test.each([
    ['ada@example.com', 'ADA@Example.com'],
    ['\uff21da@example.com', 'ada@example.com'],
    ['ada@\u00c4.example', 'ada@xn--4ca.example'],
  ])('the username %s and the email %s are one name', (username, email) =>
    expect(foldUsername(username)).toBe(foldEmail(email)),
  )

  test('letters of another script that only look alike are another username', () => {
    expect(foldUsername('\u0430da')).not.toBe(foldUsername('ada'))
  })
})

describe('usernames', () => {
  test.each(['ada', 'Ada.Lovelace', 'a@b', 'a+b', 'a-b', 'a_b', '\u0430\u0434\u0430', '\u65e5\u672c', '\u0663', '1'])(
    '%s is one',
    (name) => expect(isUsername(name)).toBe(true),
  )
  test.each(['', 'a b', 'a/b', 'a\n', 'a\u0000', 'a<b', 'a,b', "a'b", 'a\u200bb', '\u{1f600}', 'a\u202eb', 'a%b'])(
    '%j is none',
    (name) => expect(isUsername(name)).toBe(false),
  )
})

test('a domain longer than any is none, and is folded without being turned into ASCII', () => {
  const long = [...Array(5300).keys()].map((i) => String.fromCodePoint(0x4e00 + i)).join('')
  expect(isEmail(`a@${long}.example`)).toBe(false)
  expect(foldEmail(`A@${long}`)).toBe(`a@${long}`)
})
