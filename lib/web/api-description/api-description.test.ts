/** The document and the routes say the same, in both directions; e2e/openapi.spec.ts holds it against real answers. */
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { openOnce } from '#lib/running'
import { answerSchema, fromDocument } from '#lib/testing/document-schema'
import type { Latchkey } from '#lib/wiring'
import { openApiDocument } from './document'
import { operations } from './operations'
import { tokenHeader } from './token-header'

/** Routes that are for nobody to call. */
const UNDESCRIBED: Record<string, string> = { '/api/[[...path]]': 'answers 404 for whatever is not there' }

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']
const facts = { publicUrl: 'https://login.example.com', tokenHeader: { name: 'Authorization', scheme: 'Bearer' } }
const document = JSON.parse(JSON.stringify(openApiDocument(facts)))

const withoutSlash = (url: string) => url.replace(/(?<=.)\/$/, '')
const described = operations.map(({ method, path }) => `${method.toUpperCase()} ${withoutSlash(path)}`)

const routes = readdirSync('app', { recursive: true, encoding: 'utf8' })
  .filter((file) => path.basename(file) === 'route.ts')
  .map((file) => ({ file: path.join('app', file), url: urlOf(file) }))
  .filter(({ url }) => /^\/(api|\.well-known)\//.test(url))

/** Folders in round brackets are no part of the path. */
function urlOf(file: string): string {
  const parts = path.dirname(file).split(path.sep)
  return `/${parts.filter((part) => !/^\(.*\)$/.test(part)).join('/')}`
}

/** What a route says of itself in Allow; one that does not answer OPTIONS serves what it exports. */
async function served({ file, url }: { file: string; url: string }): Promise<string[]> {
  const handlers = (await import(path.resolve(file))) as Record<string, (request: Request) => Promise<Response>>
  const allow = await handlers.OPTIONS?.(new Request(`http://localhost${url}`, { method: 'OPTIONS' }))
  const methods = allow ? (allow.headers.get('allow') ?? 'none').split(', ') : Object.keys(handlers)
  return methods.filter((method) => METHODS.includes(method)).map((method) => `${method} ${url}`)
}

describe('document and routes agree', async () => {
  await openOnce(async () => ({ config: { trustedProxies: [] } }) as unknown as Latchkey)
  const all = (await Promise.all(routes.filter(({ url }) => !UNDESCRIBED[url]).map(served))).flat()

  test('there are some', () => expect(all.length).toBeGreaterThan(7))
  test('every method that a route serves is described', () => {
    expect(all.filter((one) => !described.includes(one))).toEqual([])
  })
  test('every description has its route', () => expect(described.filter((one) => !all.includes(one))).toEqual([]))
  test('what is left out is there', () => {
    const urls = routes.map(({ url }) => url)
    expect(Object.keys(UNDESCRIBED).filter((url) => !urls.includes(url))).toEqual([])
  })
  test('the cookie handlers are not part of it', () => {
    expect(Object.keys(document.paths).filter((url) => !/^\/(api|\.well-known)\//.test(url))).toEqual([])
    expect(document.info.description).toContain('/auth/')
  })
})

describe.each(operations.map((operation) => [operation.id, operation] as const))('%s', (_, operation) => {
  test('has a name of its own, and sentences', () => {
    expect(operations.filter(({ id }) => id === operation.id)).toHaveLength(1)
    for (const text of [operation.description, ...Object.values(operation.answers).map((answer) => answer.description)])
      expect(text).toMatch(/^[A-Z].*\.$/s)
  })

  test('its examples are what its schemas say, in zod and in the document alike', () => {
    const { body, answers, method, path } = operation
    if (body) {
      expect(body.schema.safeParse(body.example).success).toBe(true)
      const contents = Object.values<{ schema: object }>(document.paths[path][method].requestBody.content)
      for (const { schema } of contents)
        expect(fromDocument(schema, document.components.schemas).safeParse(body.example).error).toBeUndefined()
    }
    for (const [status, { example }] of Object.entries(answers)) {
      if (example) expect(answerSchema(document, path, method, status)?.safeParse(example).error).toBeUndefined()
    }
  })

  test('whoever is asked for a token is told when it is not good, and nobody else is', () => {
    if (operation.security !== 'none') expect(operation.answers[401]?.headers).toContain('WWW-Authenticate')
    expect(document.paths[operation.path][operation.method].security).toEqual(
      operation.security === 'none' ? [] : [{ [operation.security]: [] }],
    )
  })
})

describe('the document', () => {
  test('says every schema of a body in plain JSON types, with all required fields', () => {
    const { schema } = document.paths['/api/register/'].post.requestBody.content['application/json']
    expect(schema).toMatchObject({ type: 'object', required: ['email', 'username', 'password'] })
    expect(Object.values<{ type: string }>(schema.properties).map(({ type }) => type)).toEqual(Array(3).fill('string'))
  })

  test('names no schema it does not have', () => {
    const named = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(
      ([, name]) => name,
    )
    expect(named.length).toBeGreaterThan(5)
    expect(named.filter((name) => !(name! in document.components.schemas))).toEqual([])
    expect(JSON.stringify(document)).not.toContain('$defs')
  })

  test('is known by the public address', () => expect(document.servers).toEqual([{ url: 'https://login.example.com' }]))

  test.each([
    ['authorization', ['Bearer', 'JWT'], 'Authorization', { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' }],
    ['authorization', ['JWT', 'Bearer'], 'Authorization', { type: 'http', scheme: 'jwt' }],
    ['x-access-token', ['Token'], 'X-Access-Token', { type: 'apiKey', in: 'header', name: 'X-Access-Token' }],
  ])('says where a token is sent: %s, first of %j', (name, schemes, written, scheme) => {
    const made = openApiDocument({ ...facts, tokenHeader: tokenHeader({ name, schemes }) })
    const { description, ...rest } = made.components.securitySchemes.bearer
    expect(rest).toEqual(scheme)
    expect(description).toContain(name === 'authorization' ? 'access token' : 'behind the word Token')
    expect(made.info.description).toContain(`counts in the ${written} header alone`)
    expect(JSON.stringify(made)).not.toMatch(written === 'Authorization' ? /X-Access-Token/ : /Authorization/)
  })

  test('an answer with a key too many does not pass', () => {
    const schema = answerSchema(document, '/api/token/', 'post', '200')
    expect(schema?.safeParse({ refresh: 'a', access: 'b' }).success).toBe(true)
    expect(schema?.safeParse({ refresh: 'a', access: 'b', id: 1 }).success).toBe(false)
    expect(schema?.safeParse({ refresh: 'a' }).success).toBe(false)
    expect(answerSchema(document, '/api/protected/', 'get', '401')?.safeParse({ code: 'x' }).success).toBe(false)
  })
})
