/**
 * `npm run e2e`: finds a browser, makes the copy of the build without middleware, picks free ports, and runs Playwright.
 * Never skips silently: without a browser it says what it tried and fails.
 */
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { chromium } from '@playwright/test'
import { buildReadmeApp } from './readme-app.mjs'

const root = path.resolve(import.meta.dirname, '..')
if (!fs.existsSync(path.join(root, '.next/BUILD_ID')))
  fail('There is no production build yet. Run npm run build first, or npm test for everything.')

const browser =
  findBrowser() ?? installBrowser() ?? fail('No Chromium was found or could be installed. Set CHROMIUM_PATH to one.')
console.log(`Browser tests use ${browser || "Playwright's own Chromium"}.`)

const port = await freePorts()
const scratch = path.join(root, '.e2e', String(port))
fs.rmSync(scratch, { recursive: true, force: true })
copyWithoutMiddleware(path.join(scratch, 'gateless-build'))
const wanted = process.argv.slice(2)
if (wanted.length === 0 || wanted.includes('readme')) {
  console.log("Building the README's example …")
  buildReadmeApp(root, path.join(scratch, 'readme-build'))
}

const playwright = path.join(root, 'node_modules/@playwright/test/cli.js')
const config = path.join(root, 'e2e/playwright.config.ts')
const { status } = spawnSync(process.execPath, [playwright, 'test', '--config', config, ...wanted], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, E2E_PORT: String(port), E2E_BROWSER: browser },
})
if (status === 0) fs.rmSync(scratch, { recursive: true, force: true })
process.exit(status ?? 1)

/** A path, or '' for Playwright's own; null when there is none. */
function findBrowser() {
  const system = [process.env.CHROMIUM_PATH, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
  if (!process.env.CHROMIUM_PATH && fs.existsSync(chromium.executablePath())) return ''
  return system.find((file) => file && fs.existsSync(file)) ?? null
}

function installBrowser() {
  console.log('No Chromium found; installing one for Playwright …')
  run(process.execPath, [path.join(root, 'node_modules/playwright/cli.js'), 'install', 'chromium'])
  if (findBrowser() === null && process.getuid?.() === 0 && fs.existsSync('/etc/debian_version')) {
    console.log('That did not work; installing the Debian package chromium …')
    run('apt-get', ['update'])
    run('apt-get', ['install', '-y', 'chromium'])
  }
  return findBrowser()
}

/**
 * @param {string} command
 * @param {string[]} args
 */
function run(command, args) {
  spawnSync(command, args, { stdio: 'inherit', cwd: root })
}

/**
 * MW-2: the same build as if Next had never heard of the middleware. Links to the rest of the project stand beside it.
 * @param {string} target
 */
function copyWithoutMiddleware(target) {
  fs.mkdirSync(target, { recursive: true })
  for (const name of ['package.json', 'next.config.js', 'node_modules', 'cli', 'lib', 'prisma']) {
    fs.symlinkSync(path.join(root, name), path.join(target, name))
  }
  fs.cpSync(path.join(root, '.next'), path.join(target, '.next'), {
    recursive: true,
    filter: (file) => !file.includes('/cache') && !file.includes('/dev'),
  })
  const server = path.join(target, '.next/server')
  const edit = (/** @type {string} */ file, /** @type {(manifest: any) => void} */ change) => {
    const manifest = JSON.parse(fs.readFileSync(path.join(server, file), 'utf8'))
    change(manifest)
    fs.writeFileSync(path.join(server, file), JSON.stringify(manifest))
  }
  edit('functions-config-manifest.json', (manifest) => delete manifest.functions['/_middleware'])
  edit('middleware-manifest.json', (manifest) => (manifest.middleware = {}))
}

/** The first of ten ports in a row that nobody listens on. */
async function freePorts() {
  for (let base = 3310 + 10 * Math.floor(Math.random() * 500); ; base += 10) {
    const free = await Promise.all([0, 1, 2, 3, 4, 5].map((i) => isFree(base + i)))
    if (free.every(Boolean)) return base
  }
}

/** @param {number} port */
function isFree(port) {
  return new Promise((resolve) => {
    const server = net.createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}

/**
 * @param {string} sentence
 * @returns {never}
 */
function fail(sentence) {
  console.error(sentence)
  process.exit(1)
}
