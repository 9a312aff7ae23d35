/**
 * The token API beside the original, request for request (conformance/). It needs Debian's Python packages: without them the
 * comparison is skipped with its reason, and with CONFORMANCE=required it fails instead.
 */
import { expect, test } from '@playwright/test'
import { compare, type Case } from '../conformance/compare'
import { differences } from '../conformance/differences'
import { whyNoReference } from '../conformance/reference-server'
import { cases, casesWithoutRotation, compareServers, compareWithoutRotation } from '../conformance/run'
import type { Side } from '../conformance/side'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { root } from './servers'

const missing = whyNoReference()
const skipped = missing !== null && process.env.CONFORMANCE !== 'required'

test(`every answer is that of Django with SimpleJWT, or a difference we have written down${skipped ? ` (skipped: ${missing})` : ''}`, async () => {
  test.skip(skipped, missing ?? '')
  test.setTimeout(15 * 60_000)
  expect(missing).toBeNull()
  const { compared, unexpected, unused } = await compareServers()
  expect(unexpected.join('\n')).toBe('')
  expect(unused).toEqual([])
  expect(compared).toBeGreaterThan(3000)
})

test(`so it is with rotation and blacklisting off${skipped ? ` (skipped: ${missing})` : ''}`, async () => {
  test.skip(skipped, missing ?? '')
  const { compared, unexpected } = await compareWithoutRotation()
  expect(unexpected.join('\n')).toBe('')
  expect(compared).toBe(casesWithoutRotation.length)
})

test('no two cases have one name', () => {
  const names = [...cases, ...casesWithoutRotation].map(({ name }) => name)
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([])
})

test('every difference stands in docs/token-api.md', () => {
  const contract = readFileSync(path.join(root, 'docs/token-api.md'), 'utf8')
  const listed = contract.split('\n## F. ')[1]?.split('\n## ')[0] ?? ''
  const numbers = [...listed.matchAll(/^(\d+)\. /gm)].map(([, number]) => `F${number}`)
  const sections = [...contract.matchAll(/^###? ([\d.]+?)\.? /gm)].map(([, number]) => number)
  const known = new Set(['next', ...numbers, ...sections])
  expect(differences.map(({ source }) => source).filter((source) => !known.has(source))).toEqual([])
})

test.describe('the comparison itself', () => {
  const one: Case[] = [{ name: 'a case', request: () => ({ path: '/' }) }]
  const side = (status: number, body: string, header = 'application/json') =>
    ({ send: async () => ({ status, body, headers: new Map([['content-type', [header]]]) }) }) as unknown as Side

  test('two answers that are the same are the same, and then no row is needed', async () => {
    const { unexpected, unused } = await compare(one, side(200, '{"a":1}'), side(200, '{"a":1}'))
    expect(unexpected).toEqual([])
    expect(unused).toHaveLength(differences.length)
  })

  test('a status, a header and a body that differ are told, each', async () => {
    const { unexpected } = await compare(one, side(200, '{"a":1}'), side(201, '{"a":2}', 'text/plain'))
    expect(unexpected).toEqual([
      'a case\n    status: 200  →  201',
      'a case\n    type: application/json  →  text/plain',
      'a case\n    body: {"a":1}  →  {"a":2}',
    ])
  })

  test('a fault of ours is told even where the original has the same', async () => {
    const { unexpected } = await compare(one, side(500, ''), side(500, ''))
    expect(unexpected).toEqual(['a case\n    our status is 500'])
  })
})
