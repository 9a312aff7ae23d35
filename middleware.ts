/** Runs before every request; what it does stands in lib/web/gate.ts. */
import type { NextRequest } from 'next/server'
import { gate } from '#lib/web/gate'

export const config = { runtime: 'nodejs', matcher: '/:path*' }

export default function middleware(request: NextRequest) {
  return gate(request)
}
