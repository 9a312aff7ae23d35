import path from 'node:path'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { alias: { 'server-only': path.resolve(import.meta.dirname, 'lib/testing/server-only.ts') } },
  test: {
    include: ['lib/**/*.test.ts', 'cli/**/*.test.ts', 'app/**/*.test.ts', 'clients/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: '100%',
    // The store's tests start real databases.
    hookTimeout: 60_000,
    testTimeout: 30_000,
  },
})
