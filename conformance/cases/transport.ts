/** docs/token-api.md, section 2.2: paths, methods and Accept. */
import type { Case } from '../compare'
import type { Sent } from '../wire'
import { always, asJson, POSTED, VIEW } from './endpoints'

const METHODS = ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'FOO']
const LOWER = ['get', 'post', 'Post']

const ACCEPTS: [string, string | null][] = [
  ['none', null],
  ['empty', ''],
  ['anything', '*/*'],
  ['JSON', 'application/json'],
  ['JSON in capitals', 'APPLICATION/JSON'],
  ['JSON with a charset', 'application/json; charset=utf-8'],
  ['any application', 'application/*'],
  ['JSON of quality 0.5', 'application/json;q=0.5'],
  ['JSON of quality 0', 'application/json;q=0'],
  ['anything of quality 0', '*/*;q=0'],
  ['JSON, then what is not served', 'application/json, text/csv'],
  ['what is not served, then anything', 'text/csv, */*;q=0.1'],
  ['a page alone', 'text/html'],
  ['a page with a charset', 'text/html; charset=utf-8'],
  ['a page or JSON', 'text/html, application/json'],
  ['JSON or a page', 'application/json, text/html'],
  ['any text', 'text/*'],
  ['a browser’s', 'text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8'],
  ['plain text', 'text/plain'],
  ['XML', 'application/xml'],
  ['a picture', 'image/png'],
  ['a list of what is not served', 'text/csv, image/png;q=0.5'],
  ['a problem document', 'application/problem+json'],
  ['no type', 'nonsense'],
  ['a star', '*'],
  ['a comma', ','],
  ['a semicolon', ';'],
  ['a slash', '/'],
  ['anything JSON', '*/json'],
  ['JSON with a space', 'application/ json'],
  ['JSON with indent', 'application/json; indent=4'],
]

const PATHS: [string, string][] = [
  ['another name', '/api/nope/'],
  ['another name, deep', '/api/no/such/path/'],
  ['below an endpoint', '/api/token/nope/'],
  ['two slashes behind', '/api/token//'],
  ['two slashes before', '/api//token/'],
  ['capitals', '/API/token/'],
  ['capitals behind', '/api/Token/'],
  ['a dot', '/api/token.json'],
  ['the API itself', '/api/'],
  ['sliding tokens', '/api/token/sliding/'],
  ['a file', '/api/token/index.html'],
]

const POSTS: Sent[] = POSTED.map(({ path, fields }) => asJson(path, fields))

const methods: Case[] = [
  ...POSTED.flatMap(({ name, path, fields }) => [
    ...METHODS.map((method) => always(`method: ${name} ${method}`, { method, path })),
    ...LOWER.map((method) => always(`method: ${name} ${method} as written`, { ...asJson(path, fields), method })),
    ...['PUT', 'PATCH', 'DELETE', 'FOO'].map((method) =>
      always(`method: ${name} ${method} with a body`, { ...asJson(path, fields), method }),
    ),
    always(`method: ${name} PUT of another type`, {
      method: 'PUT',
      path,
      body: 'x',
      headers: [['Content-Type', 'text/plain']],
    }),
    always(`method: ${name} PUT that accepts no JSON`, { method: 'PUT', path, headers: [['Accept', 'text/csv']] }),
    always(`method: ${name} OPTIONS that accepts no JSON`, {
      method: 'OPTIONS',
      path,
      headers: [['Accept', 'text/csv']],
    }),
    ...['X-HTTP-Method-Override', 'X-Method-Override', 'X-HTTP-Method'].map((header) =>
      always(`method: ${name} POST with ${header}`, {
        ...asJson(path, fields),
        headers: [
          ['Content-Type', 'application/json'],
          [header, 'GET'],
        ],
      }),
    ),
    always(`method: ${name} POST with _method`, asJson(`${path}?_method=PUT`, { ...fields, _method: 'PUT' })),
  ]),
  ...[...METHODS, 'POST'].flatMap((method): Case[] => [
    always(`method: view ${method} without credentials`, { method, path: VIEW }),
    {
      name: `method: view ${method} with a good token`,
      request: async (side) => ({
        method,
        path: VIEW,
        headers: [['Authorization', `Bearer ${(await side.obtain()).access}`]],
      }),
    },
  ]),
  always('method: view POST of another type without credentials', {
    method: 'POST',
    path: VIEW,
    body: 'x',
    headers: [['Content-Type', 'text/plain']],
  }),
  {
    name: 'method: view GET with a body',
    request: async (side) => ({
      ...{ method: 'GET', path: VIEW, body: '{"a":' },
      headers: [
        ['Authorization', `Bearer ${(await side.obtain()).access}`],
        ['Content-Type', 'application/json'],
      ],
    }),
  },
]

const accepts: Case[] = ACCEPTS.flatMap(([what, accept]) => {
  const headers = (more: [string, string][] = []) => [
    ...more,
    ...(accept === null ? [] : [['Accept', accept] as const]),
  ]
  return [
    ...POSTED.map(({ name }, i) =>
      always(`accept: ${name}, ${what}`, {
        ...(POSTS[i] ?? { path: '' }),
        headers: headers([['Content-Type', 'application/json']]),
      }),
    ),
    always(`accept: view without credentials, ${what}`, { path: VIEW, headers: headers() }),
    {
      name: `accept: view with a good token, ${what}`,
      request: async (side) => ({
        path: VIEW,
        headers: headers([['Authorization', `Bearer ${(await side.obtain()).access}`]]),
      }),
    } satisfies Case,
    always(`accept: a path that is not there, ${what}`, { path: '/api/nope/', headers: headers() }),
  ]
})

const paths: Case[] = [
  ...POSTED.map(({ name, path, fields }) =>
    always(`path: ${name} without its slash`, asJson(path.slice(0, -1), fields)),
  ),
  ...POSTED.map(({ name, path }) => always(`path: ${name} GET without its slash`, { path: path.slice(0, -1) })),
  always('path: view without its slash', { path: VIEW.slice(0, -1) }),
  ...PATHS.flatMap(([what, path]) => [
    always(`path: GET of ${what}`, { path }),
    always(`path: POST to ${what}`, asJson(path, {})),
  ]),
  ...POSTED.map(({ name, path, fields }) => always(`path: ${name} with a query`, asJson(`${path}?a=b&c=%zz`, fields))),
  ...POSTED.map(({ name, path, fields }) =>
    always(`path: ${name} escaped`, asJson(path.replace('api', '%61pi'), fields)),
  ),
  ...['json', 'api', 'xml', ''].map((format) =>
    always(`path: ?format=${format}`, asJson(`/api/token/verify/?format=${format}`, { token: 'nonsense' })),
  ),
]

export const transport: Case[] = [...methods, ...accepts, ...paths]
