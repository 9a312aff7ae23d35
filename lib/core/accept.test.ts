import { describe, expect, test } from 'vitest'
import { acceptsJson } from './accept'

describe('token-api 2.2: Accept', () => {
  test.each([
    '*/*',
    'application/json',
    'APPLICATION/JSON',
    'application/*',
    '*/json',
    'application/json; charset=utf-8',
    ' application/json ;q=0.5',
    'text/csv, application/json;q=0.1',
    'text/html',
    'text/*',
    'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
  ])('%j takes JSON', (accept) => expect(acceptsJson(accept)).toBe(true))

  test('so does no header at all', () => expect(acceptsJson(null)).toBe(true))

  test('quality is not weighed, not even 0', () => expect(acceptsJson('application/json;q=0')).toBe(true))

  test.each([
    '',
    ' ',
    ',',
    ';',
    '*',
    '/',
    'json',
    'text/plain',
    'text/csv, image/png',
    'application/xml',
    'application/problem+json',
    'application/jsonx',
    'application/ json',
  ])('%j does not', (accept) => expect(acceptsJson(accept)).toBe(false))
})
