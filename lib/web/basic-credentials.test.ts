import { describe, expect, test } from 'vitest'
import { readBasicCredentials } from './basic-credentials'

const basic = (pair: string | Buffer) => `Basic ${Buffer.from(pair).toString('base64')}`

describe('the id and secret of a client', () => {
  test.each<[string, string, { id: string; secret: string }]>([
    ['as they are', basic('id-1:latchkey_s-3'), { id: 'id-1', secret: 'latchkey_s-3' }],
    ['form-encoded', basic('a%3Ab%20c:%C3%A9+%2B%25'), { id: 'a:b c', secret: 'é +%' }],
    ['a secret with colons', basic('id:a:b:'), { id: 'id', secret: 'a:b:' }],
    ['an empty secret', basic('id:'), { id: 'id', secret: '' }],
    ['a scheme in other capitals, and spaces', `bASIC   ${basic('id:s').slice(6)} `, { id: 'id', secret: 's' }],
  ])('%s', (_, header, credentials) => expect(readBasicCredentials(header)).toEqual(credentials))

  test.each<[string, string]>([
    ['no header', ''],
    ['another scheme', 'Bearer aWQ6cw=='],
    ['the scheme alone', 'Basic'],
    ['the scheme and spaces', 'Basic   '],
    ['no base64', 'Basic id:secret'],
    ['two at once', `${basic('id:s')}, ${basic('id:s')}`],
    ['two words', `${basic('id:s')} ${basic('id:s')}`],
    ['no colon', basic('id')],
    ['no id', basic(':secret')],
    ['no text', basic(Buffer.from('69643aff', 'hex'))],
    ['a per cent sign that escapes nothing', basic('id:100%')],
    ['an escape that is no text', basic('id:%ff')],
  ])('none in %s', (_, header) => expect(readBasicCredentials(header)).toBeNull())
})
