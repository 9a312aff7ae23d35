/** Every endpoint there is a description of, in the order they are shown. api-description.test.ts holds it against the routes. */
import { me, register } from './accounts'
import { introspect, revoke } from './clients'
import { keySet, serverMetadata } from './keys'
import type { Operation } from './operation'
import { cspReport, document, protectedView } from './server'
import { blacklist, obtain, refreshTokens, verify } from './tokens'

export const operations: Operation[] = [
  register,
  me,
  obtain,
  refreshTokens,
  verify,
  blacklist,
  introspect,
  revoke,
  protectedView,
  keySet,
  serverMetadata,
  document,
  cspReport,
]
