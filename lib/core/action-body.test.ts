import { describe, expect, test } from 'vitest'
import { isReadableCall, isReadableForm, type ActionParts } from './action-body'

const ID = '40'.padEnd(42, 'a')
const call = (root: unknown, ...before: [string, unknown][]): ActionParts => [
  ...before.map(([name, value]) => [name, JSON.stringify(value)] as const),
  ['0', JSON.stringify(root)],
]
const nested = (depth: number): unknown => (depth === 0 ? [] : [nested(depth - 1)])

describe('a call by script', () => {
  test.each<[string, ActionParts]>([
    ['nothing', call([])],
    ['plain data', call([{ a: 1, b: [true, null, 'text'] }, 'x'])],
    [
      'a form after its state',
      [
        ['_1_email', 'a@b'],
        ['_1_file', null],
        ['0', '[{"errors":{}},"$K1"]'],
      ],
    ],
    ['marks for what JSON has no word for', call(['$undefined', '$NaN', '$Infinity', '$-Infinity', '$-0', '$$5'])],
    ['a date and big numbers', call(['$D2026-01-01T00:00:00.000Z', '$n12', `$n-${'9'.repeat(299)}`])],
    ['a placeholder', call([{ icon: '$T' }])],
    ['a part that came before', call(['$1', { again: '$1:a' }], ['1', { a: {} }])],
    ['an object that stands there twice', call([{ a: { b: {} } }, '$0:0:a:b'])],
    ['a map and a set', call(['$Q1', '$W2'], ['1', [['a', 1]]], ['2', ['a']])],
    ['a promise', call(['$@1'], ['1', 'later'])],
    ['a part with two digits: counted by ten, referred to by sixteen', call(['$a', '$10'], ['10', {}], ['16', {}])],
    ['64 levels', call(nested(63))],
    ['thirty references', call(Array(30).fill('$1'), ['1', []])],
    ['a thousand arguments', call(Array(1000).fill(0))],
  ])('is read: %s', (_, parts) => expect(isReadableCall(parts)).toBe(true))

  test.each<[string, ActionParts]>([
    ['no part 0', [['1', '[]']]],
    ['no part at all', []],
    ['an empty part', [['0', '']]],
    ['half a list', [['0', '[']]],
    ['an object', call({})],
    ['null', call(null)],
    ['a number', call(1)],
    ['a mark alone', call('$K1')],
    ['a file', [['0', null]]],
    ['part 0 twice', [...call([]), ...call([])]],
    ['another part that is no JSON', [['1', '{'], ...call([])]],
    ['a thousand and one arguments', call(Array(1001).fill(0))],
    ['65 levels', call(nested(64))],
    ['thirty thousand levels', [['0', '['.repeat(30_000) + ']'.repeat(30_000)]]],
    ['a part that is not there', call(['$1'])],
    ['a part that comes later', [...call(['$1']), ['1', '[]']]],
    [
      'two parts that refer to each other',
      [
        ['1', '["$2"]'],
        ['2', '["$1"]'],
        ['0', '["$1"]'],
      ],
    ],
    ['a path that leads nowhere', call(['$1:b'], ['1', { a: {} }])],
    ['a path through a text', call(['$1:a:length'], ['1', { a: 'x' }])],
    ['a path to what is dropped', call(['$1:a'], ['1', { a: '$undefined' }])],
    [
      'a path to the prototype',
      [
        ['1', '{"__proto__":{}}'],
        ['0', '["$1:__proto__"]'],
      ],
    ],
    ['a path to an inherited property', call(['$1:constructor'], ['1', {}])],
    ['a promise of nothing', call(['$@1'])],
    ['a map of no pairs', call(['$Q1'], ['1', [1]])],
    ['a map of an object', call(['$Q1'], ['1', {}])],
    ['two sets of one list', call(['$W1', '$W1'], ['1', []])],
    ['a set of itself', call(['$W0'])],
    ['thirty-one references', call(Array(31).fill('$1'), ['1', []])],
    ['a placeholder without a path', call([{ 'a:b': ['$T'] }])],
    ['a big number that is none', call(['$nx'])],
    ['a big number without end', call([`$n${'9'.repeat(300)}`])],
    ...['$', '$h1', '$F1', '$A1', '$o1', '$B1', '$R1', '$r1', '$X1', '$x1', '$i1', '$S', '$-1', '$u', '$zz', '$1:'].map(
      (mark) => [`the mark ${mark}`, call([mark], ['1', []])] as [string, ActionParts],
    ),
  ])('is refused: %s', (_, parts) => expect(isReadableCall(parts)).toBe(false))
})

describe('a form without script', () => {
  const descriptor = `{"id":"${ID}","bound":"$@1"}`
  const form = (root: string, bound: string | null = '[{}]', ref = '1'): ActionParts => [
    [`$ACTION_REF_${ref}`, ''],
    [`$ACTION_${ref}:0`, root],
    ...(bound === null ? [] : ([[`$ACTION_${ref}:1`, bound]] as const)),
    ['email', '{'],
  ]

  test.each<[string, ActionParts]>([
    [
      'that names no action',
      [
        ['email', '{'],
        ['0', '{'],
      ],
    ],
    ['with its state', form(descriptor)],
    ['under another name', form(descriptor, '["$undefined"]', 'R_x')],
    ['that binds nothing', form(`{"id":"${ID}","bound":null}`, null)],
    ['with a bare id, which Next looks at', [[`$ACTION_ID_${ID}`, '']]],
    ['and two buttons', [...form(descriptor), ...form(descriptor, '[]', '2')]],
  ])('is read: %s', (_, parts) => expect(isReadableForm(parts)).toBe(true))

  test.each<[string, ActionParts]>([
    ['no descriptor', [['$ACTION_REF_1', '']]],
    ['half a descriptor', form(`{"id":"${ID}"`)],
    ['a list', form('[]')],
    ['two ids', form(`{"id":"${ID}","id":"other","bound":null}`)],
    ['an id that is no text', form('{"id":1,"bound":null}')],
    ['bound to a part that is not there', form(descriptor, null)],
    ['bound to no list', form(descriptor, '{}')],
    ['bound to no JSON', form(descriptor, '[')],
    ['bound to something else', form(`{"id":"${ID}","bound":"$h1"}`)],
    ['bound directly', form(`{"id":"${ID}","bound":[]}`)],
    ['nothing said of what is bound', form(`{"id":"${ID}"}`)],
    ['bound to a placeholder', form(descriptor, '["$T"]')],
    ['the second of two', [...form(descriptor), ...form(descriptor, '{', '2')]],
  ])('is refused: %s', (_, parts) => expect(isReadableForm(parts)).toBe(false))
})
