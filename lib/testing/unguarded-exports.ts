/**
 * Which exports of a page, layout, action or route answer anybody who asks (MW-1). Fails closed: what it cannot follow is unguarded.
 *
 * A page, layout or action is guarded by an `await requirePrincipal()` that every call of it reaches: in its own body or in the function it
 * hands to formAction, under no condition, with no return before it. A route handler is guarded by what makes it: protectedHandler,
 * bearerOnly or clientOnly. The names count only as imported from lib/web.
 */
import ts from 'typescript'
import { importsOf, nodes } from './source-files'

const GUARDS = ['requirePrincipal', 'requirePermission']
const HOMES: Record<string, string> = {
  requirePrincipal: '#lib/web/require-principal',
  requirePermission: '#lib/web/require-principal',
  protectedHandler: '#lib/web/cookie-handler',
  bearerOnly: '#lib/web/bearer',
  clientOnly: '#lib/web/client-only',
  formAction: '#lib/web/form-action',
}
/** Settings that Next reads; they answer nobody. */
const SETTINGS = [
  'metadata',
  'viewport',
  'dynamic',
  'dynamicParams',
  'revalidate',
  'fetchCache',
  'runtime',
  'preferredRegion',
  'maxDuration',
]

export function unguardedExports(tree: ts.SourceFile): string[] {
  const { isOurs } = ours(tree)
  return exportsOf(tree)
    .filter(({ name, value }) => !(SETTINGS.includes(name) && !isFunction(value)))
    .filter(({ value }) => !value || !isGuarded(value, isOurs))
    .map(({ name }) => name)
}

type IsOurs = (node: ts.Expression, ...names: string[]) => boolean

/** Whether an identifier is one of these, and comes from where the real one lives. */
function ours(tree: ts.SourceFile): { isOurs: IsOurs } {
  const real = new Set(
    importsOf(tree).flatMap(({ specifier, names }) => names.filter((name) => HOMES[name] === specifier)),
  )
  return { isOurs: (node, ...names) => ts.isIdentifier(node) && names.includes(node.text) && real.has(node.text) }
}

interface Export {
  name: string
  /** Null when it is made elsewhere. */
  value: ts.Node | null
}

function exportsOf(tree: ts.SourceFile): Export[] {
  const local = new Map(tree.statements.flatMap(declarations).map(({ name, value }) => [name, value]))
  return tree.statements.flatMap((statement): Export[] => {
    if (ts.isExportAssignment(statement)) {
      const { expression } = statement
      const value = ts.isIdentifier(expression) ? (local.get(expression.text) ?? null) : expression
      return [{ name: 'default', value }]
    }
    if (ts.isExportDeclaration(statement)) return reExports(statement, local)
    if (!has(statement, ts.SyntaxKind.ExportKeyword)) return []
    const isDefault = has(statement, ts.SyntaxKind.DefaultKeyword)
    return declarations(statement).map(({ name, value }) => ({ name: isDefault ? 'default' : name, value }))
  })
}

function reExports(
  { exportClause, isTypeOnly, moduleSpecifier }: ts.ExportDeclaration,
  local: Map<string, ts.Node | null>,
): Export[] {
  if (isTypeOnly) return []
  if (!exportClause || !ts.isNamedExports(exportClause)) return [{ name: '*', value: null }]
  return exportClause.elements
    .filter((element) => !element.isTypeOnly)
    .map(({ name, propertyName }) => ({
      name: name.text,
      value: moduleSpecifier ? null : (local.get((propertyName ?? name).text) ?? null),
    }))
}

function declarations(statement: ts.Statement): Export[] {
  if (ts.isFunctionDeclaration(statement)) return [{ name: statement.name?.text ?? 'default', value: statement }]
  if (ts.isClassDeclaration(statement)) return [{ name: statement.name?.text ?? 'default', value: null }]
  if (!ts.isVariableStatement(statement)) return []
  return statement.declarationList.declarations.flatMap(({ name, initializer }) => {
    const value = initializer ?? null
    if (ts.isIdentifier(name)) return [{ name: name.text, value }]
    return name.elements.flatMap((element) =>
      ts.isBindingElement(element) ? [{ name: element.name.getText(), value }] : [],
    )
  })
}

function isGuarded(value: ts.Node, isOurs: IsOurs): boolean {
  if (isFunction(value)) return guardsItself(value, isOurs)
  return ts.isCallExpression(value) && isOurs(value.expression, 'protectedHandler', 'bearerOnly', 'clientOnly')
}

type AnyFunction = ts.FunctionDeclaration | ts.FunctionExpression | ts.ArrowFunction

function guardsItself({ body }: AnyFunction, isOurs: IsOurs): boolean {
  if (!body) return false
  if (!ts.isBlock(body)) return reaches(body, isOurs)
  for (const statement of body.statements) {
    if (reaches(statement, isOurs)) return true
    if ([...withoutFunctions(statement)].some((node) => ts.isReturnStatement(node))) return false
  }
  return false
}

/** Whether running this node always comes to the guard. */
function reaches(node: ts.Node, isOurs: IsOurs): boolean {
  if (
    ts.isAwaitExpression(node) &&
    ts.isCallExpression(node.expression) &&
    isOurs(node.expression.expression, ...GUARDS)
  )
    return true
  if (ts.isCallExpression(node) && isOurs(node.expression, 'formAction'))
    return node.arguments.some((argument) => isFunction(argument) && guardsItself(argument, isOurs))
  if (isFunction(node) || isConditional(node)) return false
  return node.getChildren().some((child) => reaches(child, isOurs))
}

function isConditional(node: ts.Node): boolean {
  if (ts.isBinaryExpression(node)) return ['&&', '||', '??'].includes(node.operatorToken.getText())
  return (
    ts.isIfStatement(node) ||
    ts.isConditionalExpression(node) ||
    ts.isSwitchStatement(node) ||
    ts.isTryStatement(node) ||
    ts.isIterationStatement(node, false) ||
    ts.isClassLike(node)
  )
}

function* withoutFunctions(node: ts.Node): Generator<ts.Node> {
  if (isFunction(node)) return
  yield node
  for (const child of node.getChildren()) yield* withoutFunctions(child)
}

function isFunction(node: ts.Node | null): node is AnyFunction {
  return !!node && (ts.isFunctionDeclaration(node) || ts.isFunctionExpression(node) || ts.isArrowFunction(node))
}

function has(statement: ts.Statement, kind: ts.SyntaxKind): boolean {
  return ts.canHaveModifiers(statement) && (ts.getModifiers(statement) ?? []).some((modifier) => modifier.kind === kind)
}

/** All string literals that stand alone as a statement: 'use server', 'use client'. */
export function directivesOf(tree: ts.SourceFile): string[] {
  return [...nodes(tree)].flatMap((node) =>
    ts.isExpressionStatement(node) && ts.isStringLiteral(node.expression) ? [node.expression.text] : [],
  )
}
