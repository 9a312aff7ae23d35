import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { CLIENT_NAME_MAX, clientNameField, foldClientName, isClientId } from './client-name'
import { parseFields } from './fields'

const parse = (name: unknown) => parseFields(z.object({ name: clientNameField }), { name })

describe('the name of a client', () => {
  test.each(['billing', 'Orders API', 'архив', 'a', 'x'.repeat(CLIENT_NAME_MAX), '🦊'.repeat(CLIENT_NAME_MAX)])(
    '%j is one',
    (name) => expect(parse(name)).toEqual({ kind: 'ok', data: { name } }),
  )

  test.each<[unknown, string]>([
    [undefined, 'This field is required.'],
    ['  ', 'This field may not be blank.'],
    ['x'.repeat(CLIENT_NAME_MAX + 1), 'Ensure this field has no more than 64 characters.'],
    ['two\nlines', 'Enter a name of visible characters.'],
    ['turned\u202eround', 'Enter a name of visible characters.'],
    ['esc\u001b[2J', 'Enter a name of visible characters.'],
    ['3F0C6A52-8d0b-4b7e-9f55-2a1c7e90d4b8', 'Enter a name that does not look like an id.'],
  ])('%j is none', (name, sentence) => expect(parse(name)).toEqual({ kind: 'invalid', errors: { name: [sentence] } }))

  test('two spellings that look alike are one name', () => {
    expect(foldClientName('Ｂilling')).toBe(foldClientName('billing'))
    expect(foldClientName('billing')).not.toBe(foldClientName('billing 2'))
  })
})

test.each<[string, boolean]>([
  ['3f0c6a52-8d0b-4b7e-9f55-2a1c7e90d4b8', true],
  ['3f0c6a52-8d0b-4b7e-9f55-2a1c7e90d4b8 ', false],
  ["3f0c6a52-8d0b-4b7e-9f55-2a1c7e90d4b8'; --", false],
  ['3f0c6a528d0b4b7e9f552a1c7e90d4b8', false],
  ['billing', false],
  ['', false],
])('whether %j has the form of an id: %s', (text, is) => expect(isClientId(text)).toBe(is))
