import path from 'node:path'

/** @type {import('next').NextConfig} */
export default {
  poweredByHeader: false,
  // The token API answers with and without a final slash, POST too; middleware redirects the pages (docs/token-api.md).
  skipTrailingSlashRedirect: true,
  // These load WASM and workers from their own folders; bundled they would not find them.
  serverExternalPackages: ['@electric-sql/pglite', 'pg', 'bcryptjs'],
  outputFileTracingIncludes: { '/**': ['./prisma/migrations/**', './lib/store/embedded/*.mjs'] },
  turbopack: { root: path.resolve(import.meta.dirname ?? '.') },
  // Development only: the browser may open the server by any of its loopback names.
  allowedDevOrigins: ['localhost', '127.0.0.1', '[::1]'],
  experimental: {
    serverActions: { bodySizeLimit: '64kb' },
    // The largest body that the listener in front lets through (lib/core/body-limit.ts); Next would keep 10 MB of each.
    proxyClientMaxBodySize: '64kb',
    // A page that somebody may not see answers 403 (lib/web/require-principal.ts).
    authInterrupts: true,
  },
  // `npm run check` is where types are checked, once, for the tests and the command line too.
  typescript: { ignoreBuildErrors: true },
  // Development would print what a form was filled with (LG-3).
  logging: { serverFunctions: false },
}
