import path from 'node:path'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import {
  importsOf,
  isNamed,
  isTest,
  nodes,
  parse,
  sourceFiles,
  type Import,
  type SourceFile,
} from '#lib/testing/source-files'
import { directivesOf } from '#lib/testing/unguarded-exports'

/**
 * The import table of docs/design.md, section 1. `wiring` stands for lib/wiring.ts and the files of its level: lib/open-*.ts, parts
 * of it, lib/boot.ts, which opens it, lib/running.ts, which finds the open one, and lib/report-fault.ts.
 */
const TABLE: Record<string, { parts: string[]; packages: string[]; builtins?: boolean }> = {
  'lib/core': { parts: ['lib/core'], packages: ['zod'] },
  'lib/flows': { parts: ['lib/core'], packages: ['zod'] },
  'lib/store': {
    parts: ['lib/core', 'lib/store'],
    packages: ['@prisma/*', 'pg', '@electric-sql/*'],
    builtins: true,
  },
  'lib/crypto': { parts: ['lib/core', 'lib/crypto'], packages: ['jose', 'bcryptjs'], builtins: true },
  'lib/mail': { parts: ['lib/core', 'lib/mail'], packages: ['nodemailer'], builtins: true },
  'lib/config.ts': { parts: ['lib/core'], packages: ['zod', 'ipaddr.js'] },
  'lib/hooks.ts': { parts: ['lib/core'], packages: ['zod'], builtins: true },
  wiring: {
    parts: ['lib/core', 'lib/flows', 'lib/store', 'lib/crypto', 'lib/mail', 'lib/config.ts', 'lib/hooks.ts', 'wiring'],
    packages: [],
    builtins: true,
  },
  'lib/web': {
    parts: ['lib/core', 'lib/web', 'wiring', 'lib/config.ts'],
    packages: ['next', 'react', 'server-only', 'zod', 'ipaddr.js', 'bowser'],
    builtins: true,
  },
  app: {
    parts: ['lib/core', 'lib/web', 'wiring', 'app', 'app/components'],
    packages: ['next', 'react', 'react-dom', 'lucide-react', 'zod'],
  },
  'app/components': {
    parts: ['lib/core', 'lib/web', 'app/components'],
    packages: ['next', 'react', 'react-dom', 'lucide-react'],
  },
  'middleware.ts': { parts: ['lib/web'], packages: ['next'] },
  'instrumentation.ts': { parts: ['wiring'], packages: [] },
  cli: {
    parts: ['lib/core', 'wiring', 'lib/config.ts', 'cli'],
    packages: ['commander', '@inquirer/password', 'next', '@inquirer/confirm', '@next/env', 'zod'],
    builtins: true,
  },
}

/** What the table does not say, each with its reason. */
const BESIDES: { from: string; to: RegExp; only: (found: Import) => boolean; why: string }[] = [
  {
    from: 'lib/web',
    to: /^lib\/store\/database\.ts$/,
    only: ({ names }) => names.length === 1 && names[0] === 'isUnavailable',
    why: 'whether a fault is a database that does not answer decides between 503 and 500',
  },
  {
    from: 'lib/web',
    to: /^lib\/flows\//,
    only: ({ typesOnly }) => typesOnly,
    why: 'web turns an outcome into a reply, and needs its type for an exhaustive switch',
  },
  {
    from: 'lib/flows',
    to: /^lib\/flows\//,
    only: ({ typesOnly }) => typesOnly,
    why: 'a flow is given the steps it shares with others by wiring, and names their types; it never imports a flow itself',
  },
]

const files = sourceFiles('lib', 'app', 'cli', 'middleware.ts', 'instrumentation.ts')
const product = files.filter(({ file }) => !isTest(file) && !file.startsWith('lib/testing/'))
const WIRING_LEVEL = [
  'lib/wiring.ts',
  'lib/open-keys.ts',
  'lib/open-live.ts',
  'lib/open-secrets.ts',
  'lib/open-tokens.ts',
  'lib/boot.ts',
  'lib/running.ts',
  'lib/report-fault.ts',
]

function partOf(file: string): string {
  if (WIRING_LEVEL.includes(file)) return 'wiring'
  if (file.startsWith('app/components/')) return 'app/components'
  const [first = '', second = ''] = file.split('/')
  return first === 'lib' ? `lib/${second}` : first
}

/** The file of ours that is meant, or null for a package. */
function targetOf(from: string, specifier: string): string | null {
  const named = /^#(lib|components)\/(.*)$/.exec(specifier)
  const target = named
    ? `${named[1] === 'lib' ? 'lib' : 'app/components'}/${named[2]}`
    : specifier.startsWith('.') && path.posix.join(path.posix.dirname(from), specifier)
  if (!target) return null
  const [found] = ['', '.ts', '.tsx'].flatMap((ending) => files.filter(({ file }) => file === target + ending))
  return found?.file ?? target
}

const packageOf = (specifier: string) => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
const isBuiltin = (specifier: string) => specifier.startsWith('node:')
const fits = (name: string, pattern: string) =>
  pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern

/** The imports of a file that the table does not allow. */
function forbiddenImports({ file, tree }: SourceFile): string[] {
  const from = partOf(file)
  const row = TABLE[from]
  if (!row) return [`${file} stands in no row of the table`]
  return importsOf(tree)
    .filter((found) => !isAllowed(file, from, row, found))
    .map(({ specifier }) => `${file} → ${specifier}`)
}

function isAllowed(file: string, from: string, row: (typeof TABLE)[string], found: Import): boolean {
  const target = targetOf(file, found.specifier)
  if (target === null) {
    if (isBuiltin(found.specifier)) return row.builtins === true
    return row.packages.some((pattern) => fits(packageOf(found.specifier), pattern))
  }
  if (from === 'middleware.ts') return target === 'lib/web/gate.ts'
  if (BESIDES.some((beside) => beside.from === from && beside.to.test(target) && beside.only(found))) return true
  return row.parts.includes(partOf(target)) && (from !== 'app' || partOf(target) !== 'app' || isOwnFolder(file, target))
}

/** A page imports from its own folder and from those above, which its neighbours share with it; never from a neighbour’s. */
const isOwnFolder = (from: string, target: string) =>
  `${path.posix.dirname(from)}/`.startsWith(`${path.posix.dirname(target)}/`)

describe('imports run in one direction (docs/design.md, section 1)', () => {
  test('there are files to look at, in every part that is built', () => {
    const parts = new Set(product.map(({ file }) => partOf(file)))
    for (const part of ['lib/core', 'lib/flows', 'lib/store', 'lib/crypto', 'lib/web', 'app', 'cli', 'middleware.ts'])
      expect(parts).toContain(part)
  })

  test('no file imports what its row does not name', () => {
    expect(product.flatMap(forbiddenImports)).toEqual([])
  })

  test('lib/testing is imported by tests only', () => {
    const importers = product.filter(({ file, tree }) =>
      importsOf(tree).some(({ specifier }) => targetOf(file, specifier)?.startsWith('lib/testing/')),
    )
    expect(importers.map(({ file }) => file)).toEqual([])
  })

  test.each<[string, string]>([
    ['lib/core/x.ts', "import { createLogin } from '#lib/flows/login'"],
    ['lib/core/x.ts', "import { randomUUID } from 'node:crypto'"],
    ['lib/core/x.ts', "import type { Config } from '#lib/config'"],
    ['lib/flows/x.ts', "import { createLogin } from './login'"],
    ['lib/flows/x.ts', "import { createUserStore } from '#lib/store/user-store'"],
    ['lib/flows/x.ts', "import { cookies } from 'next/headers'"],
    ['lib/store/x.ts', "import { seal } from '#lib/crypto/sealed'"],
    ['lib/crypto/x.ts', "import { readConfig } from '#lib/config'"],
    ['lib/wiring.ts', "import { gate } from '#lib/web/gate'"],
    ['lib/web/x.ts', "import { createUserStore } from '#lib/store/user-store'"],
    ['lib/web/x.ts', "import { isUnavailable, openDatabase } from '#lib/store/database'"],
    ['lib/web/x.ts', "import { createLogin } from '#lib/flows/login'"],
    ['lib/web/x.ts', "export * from '#lib/flows/login'"],
    ['lib/web/x.ts', "const flow = await import('#lib/flows/login')"],
    ['lib/web/x.ts', "const pg = require('pg')"],
    ['app/x/page.tsx', "import { createLogin } from '#lib/flows/login'"],
    ['app/x/page.tsx', "import { readConfig } from '#lib/config'"],
    ['app/x/page.tsx', "import { helper } from '../y/helper'"],
    ['app/x/page.tsx', "import fs from 'node:fs'"],
    ['app/x/page.tsx', "import { aUser } from '#lib/testing/builders'"],
    ['middleware.ts', "import { isSameOrigin } from '#lib/core/cross-site'"],
    ['middleware.ts', "import { passage } from '#lib/web/gate-passage'"],
    ['cli/x.ts', "import { createUserStore } from '#lib/store/user-store'"],
    ['lib/odd/x.ts', "import { z } from 'zod'"],
    ['lib/core/x.ts', "type Page = import('next').Page"],
  ])('the check sees it: %s with %s', (file, text) => {
    expect(forbiddenImports({ file, tree: parse(file, text) })).toHaveLength(1)
  })

  test.each<[string, string]>([
    ['lib/core/x.ts', "import { z } from 'zod'"],
    ['lib/flows/x.ts', "import type { OpenSession } from './open-session'"],
    ['lib/web/x.ts', "import { isUnavailable } from '#lib/store/database'"],
    ['lib/web/x.ts', "import type { Identity } from '#lib/flows/identify'"],
    ['app/(a)/x/page.tsx', "import { shared } from '../shared'"],
    ['app/x/page.tsx', "import { Card } from '#components/card'"],
    ['middleware.ts', "import { gate } from '#lib/web/gate'"],
  ])('and allows %s with %s', (file, text) => expect(forbiddenImports({ file, tree: parse(file, text) })).toEqual([]))
})

/** A rule over one file: the places that break it. */
type Rule = (source: SourceFile) => string[]

const where = (file: string, node: ts.Node) => {
  const { line } = node.getSourceFile().getLineAndCharacterOfPosition(node.getStart())
  return `${file}:${line + 1}`
}
const places = ({ file, tree }: SourceFile, breaks: (node: ts.Node) => boolean) =>
  [...nodes(tree)].filter(breaks).map((node) => where(file, node))
const isCallOf = (node: ts.Node, object: string, ...methods: string[]) =>
  ts.isPropertyAccessExpression(node) && isNamed(node.expression, object) && methods.includes(node.name.text)

/** Who may read the environment besides config.ts, and why. */
const ENVIRONMENT: Record<string, string> = {
  'lib/config.ts': 'the one reader of the settings',
  'instrumentation.ts': 'Next says in NEXT_RUNTIME which runtime asks; config must not be loaded in another',
  'cli/manage.ts': 'the entry: it reads the .env files that belong to the mode the shell names',
  'cli/serve.mjs': 'the entry: it sets what Next reads when it is loaded, before any of our code is',
  'prisma/generate.mjs': 'a tool: it hands the environment on to Prisma’s own process',
  'prisma/prisma.config.ts': 'a tool’s settings, read by Prisma’s own command',
}

const isEnvironment = (node: ts.Node) =>
  (ts.isPropertyAccessExpression(node) &&
    node.name.text === 'env' &&
    !ts.isImportTypeNode(node.parent) &&
    (isNamed(node.expression, 'process') ||
      ts.isMetaProperty(node.expression) ||
      (ts.isPropertyAccessExpression(node.expression) && node.expression.name.text === 'process'))) ||
  (ts.isElementAccessExpression(node) && isNamed(node.expression, 'process')) ||
  (ts.isVariableDeclaration(node) && !!node.initializer && isNamed(node.initializer, 'process')) ||
  (ts.isImportDeclaration(node) && /^['"](node:)?process['"]$/.test(node.moduleSpecifier.getText()))

const environment: Rule = (source) => (Object.hasOwn(ENVIRONMENT, source.file) ? [] : places(source, isEnvironment))

const sameSite: Rule = (source) =>
  source.file === 'lib/core/cookies.ts'
    ? []
    : places(
        source,
        (node) =>
          isNamed(node, 'sameSite') ||
          (ts.isStringLiteralLike(node) && /samesite\b/i.test(node.text) && !/^COOKIE_/.test(node.text)),
      )

const useServer: Rule = (source) => {
  const isAction = path.posix.basename(source.file) === 'actions.ts'
  const [first] = source.tree.statements
  const opensWithIt =
    !!first && ts.isExpressionStatement(first) && /^['"]use server['"]$/.test(first.expression.getText())
  const count = directivesOf(source.tree).filter((directive) => directive === 'use server').length
  return count === (isAction ? 1 : 0) && opensWithIt === isAction ? [] : [source.file]
}

const IMPURE_CALLS = ['fetch', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask']
const pureCore: Rule = (source) =>
  !source.file.startsWith('lib/core/')
    ? []
    : places(
        source,
        (node) =>
          node.kind === ts.SyntaxKind.AsyncKeyword ||
          ts.isAwaitExpression(node) ||
          (ts.isNewExpression(node) && isNamed(node.expression, 'Date') && !node.arguments?.length) ||
          (ts.isCallExpression(node) && isNamed(node.expression, 'Date')) ||
          isCallOf(node, 'Date', 'now') ||
          isCallOf(node, 'Math', 'random') ||
          isCallOf(node, 'performance', 'now') ||
          ['process', 'crypto', 'console', 'globalThis'].some((name) => isNamed(node, name)) ||
          (ts.isCallExpression(node) && IMPURE_CALLS.some((name) => isNamed(node.expression, name))),
      )

const setCookie: Rule = (source) =>
  source.file.startsWith('lib/web/')
    ? []
    : places(
        source,
        (node) =>
          (ts.isStringLiteralLike(node) && (/^set-cookie$/i.test(node.text) || node.text === 'next/headers')) ||
          isCallOf(node, 'document', 'cookie') ||
          isNamed(node, 'cookieStore'),
      )

const redirectInTry: Rule = (source) =>
  places(source, (node) => {
    if (
      !ts.isCallExpression(node) ||
      !['redirect', 'permanentRedirect', 'notFound'].some((name) => isNamed(node.expression, name))
    )
      return false
    for (let at: ts.Node = node; at.parent; at = at.parent) {
      if (ts.isFunctionLike(at)) return false
      if (ts.isTryStatement(at.parent) && at === at.parent.tryBlock) return true
    }
    return false
  })

const NOTHING_IN_PARTICULAR = /^(index|utils?|helpers?|misc|common|shared|lib|types|constants)\.(ts|tsx|mjs)$/
const named: Rule = ({ file }) => (NOTHING_IN_PARTICULAR.test(path.posix.basename(file)) ? [file] : [])

const rules: [string, Rule, SourceFile[]][] = [
  [
    'the environment is read in lib/config.ts',
    environment,
    [
      ...product,
      ...sourceFiles('prisma', 'next.config.js', 'vitest.config.mts', 'eslint.config.mjs', 'postcss.config.mjs'),
    ],
  ],
  ['sameSite is written in lib/core/cookies.ts', sameSite, product],
  ["'use server' stands at the head of files named actions.ts, and nowhere else", useServer, product],
  ['lib/core has no async, clock, randomness, environment or output', pureCore, product],
  ['cookies are written in lib/web', setCookie, product],
  ['no redirect() stands inside a try', redirectInTry, product],
  ['no file is a barrel or named for nothing in particular', named, product],
]

describe('rules of the source (docs/design.md, section 9)', () => {
  test.each(rules)('%s', (_, rule, sources) => expect(sources.flatMap(rule)).toEqual([]))

  test('whoever may read the environment besides config does read it', () => {
    const readers = sourceFiles(...Object.keys(ENVIRONMENT)).filter(
      (source) => places(source, isEnvironment).length > 0,
    )
    expect(readers.map(({ file }) => file).sort()).toEqual(Object.keys(ENVIRONMENT).sort())
  })

  test('instrumentation asks the environment for nothing but the runtime', () => {
    const [source] = sourceFiles('instrumentation.ts')
    expect(source?.tree.getText().match(/process\.env\.?\w*/g)).toEqual(['process.env.NEXT_RUNTIME'])
  })

  test.each<[string, Rule, string, string]>([
    ['process.env', environment, 'lib/web/x.ts', 'const a = process.env.PORT'],
    ['process.env in brackets', environment, 'lib/web/x.ts', "const a = process['env'].PORT"],
    ['env taken out of process', environment, 'lib/web/x.ts', 'const { env } = process'],
    ['env imported', environment, 'lib/web/x.ts', "import { env } from 'node:process'"],
    ['globalThis.process.env', environment, 'lib/web/x.ts', 'const a = globalThis.process.env.PORT'],
    ['import.meta.env', environment, 'lib/web/x.ts', 'const a = import.meta.env'],
    ['a cookie attribute', sameSite, 'lib/web/x.ts', "const a = { sameSite: 'lax' }"],
    ['a cookie attribute in text', sameSite, 'lib/web/x.ts', "const a = 'a=1; SameSite=Lax'"],
    ['a server action elsewhere', useServer, 'app/x/page.tsx', "async function f() { 'use server' }"],
    ['a file of actions under another name', useServer, 'app/x/do.ts', "'use server'\nexport async function f() {}"],
    ['actions.ts without it', useServer, 'app/x/actions.ts', 'export async function f() {}'],
    ['an async function in core', pureCore, 'lib/core/x.ts', 'export async function f() {}'],
    ['an async arrow in core', pureCore, 'lib/core/x.ts', 'export const f = async () => 1'],
    ['new Date()', pureCore, 'lib/core/x.ts', 'export const now = new Date()'],
    ['Date()', pureCore, 'lib/core/x.ts', 'export const now = Date()'],
    ['Date.now()', pureCore, 'lib/core/x.ts', 'export const now = Date.now()'],
    ['Math.random()', pureCore, 'lib/core/x.ts', 'export const a = Math.random()'],
    ['crypto', pureCore, 'lib/core/x.ts', 'export const a = crypto.randomUUID()'],
    ['a timer', pureCore, 'lib/core/x.ts', 'setTimeout(() => {}, 1)'],
    ['a Set-Cookie header', setCookie, 'app/x/route.ts', "headers.append('Set-Cookie', 'a=1')"],
    ['the cookie jar of Next', setCookie, 'app/x/route.ts', "import { cookies } from 'next/headers'"],
    ['document.cookie', setCookie, 'app/x/x.tsx', "document.cookie = 'a=1'"],
    ['a redirect in a try', redirectInTry, 'app/x/page.tsx', "try { redirect('/a') } catch {}"],
    ['a redirect in an if in a try', redirectInTry, 'app/x/page.tsx', "try { if (a) { redirect('/a') } } finally {}"],
    [
      'a redirect in a catch in a try',
      redirectInTry,
      'app/x/page.tsx',
      "try { try { a() } catch { redirect('/a') } } catch {}",
    ],
    ['a barrel', named, 'lib/core/index.ts', ''],
    ['a drawer', named, 'lib/core/utils.ts', ''],
  ])('the check sees %s', (_, rule, file, text) => {
    expect(rule({ file, tree: parse(file, text) }).length).toBeGreaterThan(0)
  })

  test.each<[string, Rule, string, string]>([
    ['a date made of another', pureCore, 'lib/core/x.ts', 'export const f = (at: number) => new Date(at)'],
    ['a promise in a port', pureCore, 'lib/core/x.ts', 'export interface Port { find(): Promise<string> }'],
    ['a redirect after a try', redirectInTry, 'app/x/page.tsx', "try { a() } catch {}\nredirect('/a')"],
    ['a redirect in a catch', redirectInTry, 'app/x/page.tsx', "try { a() } catch { redirect('/a') }"],
    [
      'a redirect in a function made in a try',
      redirectInTry,
      'app/x/page.tsx',
      "try { f = () => redirect('/a') } catch {}",
    ],
    ['the setting of that name', sameSite, 'lib/config.ts', "const a = { cookieSameSite: env['COOKIE_SAMESITE'] }"],
  ])('and allows %s', (_, rule, file, text) => expect(rule({ file, tree: parse(file, text) })).toEqual([]))
})
