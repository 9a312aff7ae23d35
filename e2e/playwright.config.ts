import { existsSync } from 'node:fs'
import { defineConfig } from '@playwright/test'
import {
  gateless,
  gatelessRoot,
  hasty,
  readmeApp,
  readmeRoot,
  root,
  scratch,
  standard,
  type TestServer,
} from './servers'

const asRoot = process.getuid?.() === 0

function start({ url, env }: TestServer, cwd: string) {
  return {
    command: 'node cli/serve.mjs start',
    cwd,
    url: `${url}/login`,
    env,
    reuseExistingServer: false,
    timeout: 120_000,
    stdout: 'ignore' as const,
    gracefulShutdown: { signal: 'SIGTERM' as const, timeout: 8_000 },
  }
}

export default defineConfig({
  testDir: '.',
  outputDir: `${scratch}/results`,
  fullyParallel: true,
  // Two cores, three servers and a browser: more workers only wait for each other.
  workers: 2,
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  // Generous: a busy machine is slow, and no test is about time.
  timeout: 120_000,
  expect: { timeout: 20_000 },
  globalTimeout: 20 * 60_000,
  reporter: [['list']],
  use: {
    baseURL: standard.url,
    launchOptions: {
      executablePath: process.env.E2E_BROWSER || undefined,
      args: [
        ...(asRoot ? ['--no-sandbox'] : []),
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
    actionTimeout: 20_000,
    navigationTimeout: 30_000,
    trace: 'retain-on-failure',
  },
  webServer: [
    start(standard, root),
    start(hasty, root),
    start(gateless, gatelessRoot),
    ...(existsSync(readmeRoot) ? [start(readmeApp, readmeRoot)] : []),
  ],
})
