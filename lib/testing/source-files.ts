/** The project's own source, parsed, for the tests that read code rather than run it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import ts from 'typescript'

export interface SourceFile {
  /** From the root of the repository, with forward slashes. */
  file: string
  tree: ts.SourceFile
}

const SOURCE = /\.(ts|tsx|js|jsx|mjs|mts|cjs)$/
const LEFT_OUT = /(^|\/)(node_modules|generated|\.(?!well-known\b)[^/]+)(\/|$)|\.d\.ts$/

/** Every source file at these paths, folders with all that is in them; a path that is not there counts for none. */
export function sourceFiles(...paths: string[]): SourceFile[] {
  return paths.flatMap(filesAt).map((file) => ({ file, tree: parse(file, readFileSync(file, 'utf8')) }))
}

export const isTest = (file: string) => /\.test\.[a-z]+$/.test(file)

export function parse(file: string, text: string): ts.SourceFile {
  const kind = /x$/.test(file) ? ts.ScriptKind.TSX : file.endsWith('js') ? ts.ScriptKind.JS : ts.ScriptKind.TS
  return ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true, kind)
}

/** Every node of a tree, from the top. */
export function* nodes(node: ts.Node): Generator<ts.Node> {
  yield node
  for (const child of node.getChildren()) yield* nodes(child)
}

export interface Import {
  /** As written: `#lib/core/gate`, `./gate`, `next/server`, `node:fs`. */
  specifier: string
  /** What is taken from it by name; empty for all of it. */
  names: string[]
  /** Gone when the code runs. */
  typesOnly: boolean
}

export function importsOf(tree: ts.SourceFile): Import[] {
  return [...nodes(tree)].flatMap((node): Import[] => {
    if (ts.isImportDeclaration(node)) return [declared(node)]
    if (ts.isExportDeclaration(node) && node.moduleSpecifier)
      return [{ specifier: textOf(node.moduleSpecifier), names: [], typesOnly: node.isTypeOnly }]
    if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
      return [{ specifier: textOf(node.argument.literal), names: [], typesOnly: true }]
    const loads =
      ts.isCallExpression(node) &&
      (node.expression.kind === ts.SyntaxKind.ImportKeyword || isNamed(node.expression, 'require'))
    const [argument] = loads ? node.arguments : []
    return argument ? [{ specifier: textOf(argument), names: [], typesOnly: false }] : []
  })
}

function declared({ moduleSpecifier, importClause }: ts.ImportDeclaration): Import {
  const named = importClause?.namedBindings
  const elements = named && ts.isNamedImports(named) ? [...named.elements] : []
  const everyTyped = elements.length > 0 && !importClause?.name && elements.every(({ isTypeOnly }) => isTypeOnly)
  return {
    specifier: textOf(moduleSpecifier),
    names: elements.map(({ name, propertyName }) => (propertyName ?? name).getText()),
    typesOnly: importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword || everyTyped,
  }
}

export const isNamed = (node: ts.Node, name: string): boolean => ts.isIdentifier(node) && node.text === name

const textOf = (node: ts.Node) => (ts.isStringLiteralLike(node) ? node.text : node.getText())

function filesAt(where: string): string[] {
  if (!existsSync(where)) return []
  if (SOURCE.test(where)) return [where]
  const entries = readdirSync(where, { withFileTypes: true })
  return entries
    .map((entry) => ({ entry, file: path.posix.join(where, entry.name) }))
    .filter(({ file }) => !LEFT_OUT.test(file))
    .flatMap(({ entry, file }) => (entry.isDirectory() ? filesAt(file) : SOURCE.test(file) ? [file] : []))
}
