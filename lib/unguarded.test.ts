import { describe, expect, test } from 'vitest'
import { parse, sourceFiles } from '#lib/testing/source-files'
import { unguardedExports } from '#lib/testing/unguarded-exports'

/** Everything that answers somebody who is not known, and why it may. Nothing else does. */
const PUBLIC: Record<string, string> = {
  'app/layout.tsx default': 'the frame of every page, the login too; it reads the theme alone',
  'app/layout.tsx generateViewport': 'the colour of the browser’s bar, from the theme alone',
  'app/page.tsx default': 'says what this is to those who are not logged in',
  'app/(auth)/layout.tsx default': 'the frame of the pages before and after a session; it shows nothing of anybody',
  'app/(auth)/login/page.tsx default': 'where one logs in',
  'app/(auth)/login/actions.ts login': 'logging in; the password is what guards it',
  'app/(auth)/register/page.tsx default': 'where one registers',
  'app/(auth)/register/actions.ts register':
    'registering; it opens a session of the account it has just made and of no other',
  'app/(auth)/logout/page.tsx default': 'a button that posts; it must be there when the session is over already',
  'app/theme/route.ts POST': 'sets the theme cookie and nothing else',
  'app/auth/login/route.ts POST': 'logging in from browser code',
  'app/auth/register/route.ts POST': 'registering from browser code',
  'app/auth/logout/route.ts POST': 'ends the session whose signed cookie comes with it, also one that is over already',
  'app/api/csp-report/route.ts POST': 'browsers report here, without credentials',
  'app/.well-known/jwks.json/route.ts GET': 'public keys, for whoever checks our tokens',
  'app/.well-known/oauth-authorization-server/route.ts GET': 'where what is to be found (RFC 8414)',
  ...everyMethod('app/api/register/route.ts', 'registering, for programs; the contract asks no authorization of it'),
  ...everyMethod('app/api/token/route.ts', 'logging in, for programs'),
  ...everyMethod('app/api/token/refresh/route.ts', 'the refresh token in the body is what guards it'),
  ...everyMethod('app/api/token/verify/route.ts', 'says of a token in the body whether it is good'),
  ...everyMethod('app/api/token/blacklist/route.ts', 'ends the session of the refresh token in the body'),
  ...everyMethod('app/api/openapi.json/route.ts', 'describes the endpoints; the same document for everybody'),
  'app/api/docs/page.tsx default': 'shows that document, and calls the API with the tokens its reader types in',
  ...everyMethod('app/api/[[...path]]/route.ts', '404 in JSON, for whatever is not there'),
}

function everyMethod(file: string, why: string): Record<string, string> {
  return Object.fromEntries(
    ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].map((method) => [`${file} ${method}`, why]),
  )
}

/** Files of app/ that Next calls for a request. */
const ANSWERS =
  /\/(page|layout|template|default|route|actions|robots|sitemap|manifest|icon|apple-icon|opengraph-image|twitter-image)\.(ts|tsx|js|jsx|mjs)$/

const files = sourceFiles('app').filter(({ file }) => ANSWERS.test(file))
const unguarded = files.flatMap(({ file, tree }) => unguardedExports(tree).map((name) => `${file} ${name}`))

describe('MW-1: every page, layout, action and route handler asks who is there, or is public for a reason', () => {
  test('there are some to look at', () => expect(files.length).toBeGreaterThan(20))

  test('nothing unguarded stands outside the public list', () => {
    expect(unguarded.filter((name) => !Object.hasOwn(PUBLIC, name))).toEqual([])
  })

  test('the public list names nothing that is guarded or gone', () => {
    expect(Object.keys(PUBLIC).filter((name) => !unguarded.includes(name))).toEqual([])
  })
})

const GUARD = "import { requirePrincipal } from '#lib/web/require-principal'\n"
const ACTION = `${GUARD}import { formAction } from '#lib/web/form-action'\n`
const check = (source: string) => unguardedExports(parse('app/x/page.tsx', source))

describe('the check sees an export without a guard', () => {
  test.each<[string, string, string[]]>([
    ['a page', 'export default async function Page() { return <p>secret</p> }', ['default']],
    ['a page that is an arrow', 'const Page = () => <p>secret</p>\nexport default Page', ['default']],
    ['a page from elsewhere', "export { default } from './other'", ['default']],
    ['everything from elsewhere', "export * from './other'", ['*']],
    ['a page that only imports the guard', `${GUARD}export default async function Page() { return 1 }`, ['default']],
    [
      'a guard nobody waits for',
      `${GUARD}export default async function Page() { requirePrincipal(); return 1 }`,
      ['default'],
    ],
    [
      'a guard under a condition',
      `${GUARD}export default async function Page({ a }) { if (a) await requirePrincipal(); return 1 }`,
      ['default'],
    ],
    [
      'a guard behind an &&',
      `${GUARD}export default async function Page({ a }) { a && (await requirePrincipal()); return 1 }`,
      ['default'],
    ],
    [
      'a guard after a return',
      `${GUARD}export default async function Page({ a }) { if (a) return 2; await requirePrincipal() }`,
      ['default'],
    ],
    [
      'a guard in a try',
      `${GUARD}export default async function Page() { try { await requirePrincipal() } catch {} return 1 }`,
      ['default'],
    ],
    [
      'a guard in a function nobody calls',
      `${GUARD}export default async function Page() { const f = async () => { await requirePrincipal() }; return 1 }`,
      ['default'],
    ],
    [
      'a guard of the same name from elsewhere',
      "import { requirePrincipal } from './mine'\nexport default async function Page() { await requirePrincipal() }",
      ['default'],
    ],
    [
      'a guard defined on the spot',
      'const requirePrincipal = async () => {}\nexport default async function Page() { await requirePrincipal() }',
      ['default'],
    ],
    [
      'metadata that reads',
      `${GUARD}export async function generateMetadata() { return {} }\nexport default async function Page() { await requirePrincipal() }`,
      ['generateMetadata'],
    ],
    [
      'one action of two',
      `${ACTION}export async function a() { return formAction({}, async () => { await requirePrincipal() }) }\nexport async function b() { return formAction({}, async () => 1) }`,
      ['b'],
    ],
    ['an action that is an arrow', `${ACTION}export const a = async () => formAction({}, async () => 1)`, ['a']],
    [
      'an action that answers before it asks',
      `${ACTION}export async function a(x) { return formAction({}, async () => { if (x) return 1; await requirePrincipal() }) }`,
      ['a'],
    ],
    [
      'a public handler',
      "import { publicHandler } from '#lib/web/cookie-handler'\nexport const POST = publicHandler(async () => 1)",
      ['POST'],
    ],
    ['a bare handler', 'export async function GET() { return new Response() }', ['GET']],
    [
      'API methods without a guard',
      "import { apiMethods } from '#lib/web/api-methods'\nexport const { GET, POST } = apiMethods({ POST: async () => 1 })",
      ['GET', 'POST'],
    ],
    [
      'a protectedHandler from elsewhere',
      "import { protectedHandler } from './mine'\nexport const GET = protectedHandler(async () => 1)",
      ['GET'],
    ],
    [
      'a clientOnly from elsewhere',
      "import { clientOnly } from '#lib/web/bearer'\nexport const POST = clientOnly(async () => 1)",
      ['POST'],
    ],
    ['a handler under another name', 'const f = async () => 1\nexport { f as GET, f as HEAD }', ['GET', 'HEAD']],
    ['a class', 'export default class Page {}', ['default']],
  ])('%s', (_, source, names) => expect(check(source)).toEqual(names))
})

describe('the check takes what is guarded', () => {
  test.each([
    `${GUARD}export default async function Page() { const { user } = await requirePrincipal(); return <p>{user.email}</p> }`,
    `${GUARD}export default async function Page() { const rows = await list(await requirePrincipal()); return rows }`,
    `${GUARD}const Page = async () => { await requirePrincipal() }\nexport default Page`,
    `${GUARD}export const metadata = { title: 'x' }\nexport const dynamic = 'force-dynamic'\nexport default async function Page() { await requirePrincipal() }`,
    `${ACTION}export async function a(form) { const values = {}; return formAction(values, async (context) => { const p = await requirePrincipal() }) }`,
    "import { protectedHandler } from '#lib/web/cookie-handler'\nexport const GET = protectedHandler(async () => 1)",
    "import { bearerOnly } from '#lib/web/bearer'\nexport const { GET, POST } = bearerOnly(async () => 1)",
    "import { clientOnly } from '#lib/web/client-only'\nexport const { GET, POST } = clientOnly(async () => 1)",
    'export type Props = { a: string }\nexport interface More {}',
  ])('%s', (source) => expect(check(source)).toEqual([]))
})
