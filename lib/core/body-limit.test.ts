import { expect, test } from 'vitest'
import { bodyLimit } from './body-limit'

test.each<[string, number]>([
  ['/api/token/', 16_384],
  ['/api/token', 16_384],
  ['/api', 16_384],
  ['/api/no/such/path', 16_384],
  ['/auth/login', 16_384],
  ['/auth/logout/', 16_384],
  ['/theme', 16_384],
  ['/api/csp-report/', 10_000],
  ['/api/csp-report', 10_000],
  ['/api/csp-reports', 16_384],
  ['/api/csp-repor', 16_384],
  ['/', 65_536],
  ['/login', 65_536],
  ['/account/security', 65_536],
  ['/no/such/page', 65_536],
])('TH-9: the body of a request to %s has at most %i bytes', (path, bytes) => expect(bodyLimit(path)).toBe(bytes))
