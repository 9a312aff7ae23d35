/**
 * The server: `node cli/serve.mjs dev|start` (npm run dev, npm start). One process: Next, and this listener in front of it.
 * lib/boot.ts starts everything else inside Next and says over globalThis when it is up; who comes earlier waits, so nobody meets a half-started server.
 * It alone sees the socket (cli/serve/listener.mjs).
 */
import fs from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import { explainListenError } from './serve/listen-error.mjs'
import { createListener } from './serve/listener.mjs'
import { markPeer } from './serve/peer.mjs'

/**
 * @typedef {{ lines: string[] }} ReadyInfo
 * @typedef {{ problem?: string, remedy?: string, message?: string }} StartFault
 * @typedef {{ host: string, port: number, rules: import('../lib/core/edge-rules').EdgeRules }} Address
 * @typedef {{ dev: boolean, listen: (address: Address) => Promise<void>, ready: (info: ReadyInfo) => void, failed: (error: StartFault) => void, close?: () => unknown }} Launch
 * @typedef {(request: http.IncomingMessage, response: http.ServerResponse) => Promise<void>} RequestHandler
 */

const lastRequestsMs = 5000
const closeMs = 8000
const launchKey = Symbol.for('latchkey.launch')

refuseOldNode()
const mode = process.argv[2]
if (mode !== 'dev' && mode !== 'start') fail({ problem: 'Say how to serve.', remedy: 'Use npm run dev or npm start.' })
const dev = mode === 'dev'
if (!dev && !fs.existsSync(path.join(process.cwd(), '.next/BUILD_ID'))) {
  fail({ problem: 'There is no production build yet.', remedy: 'Run npm run build, then npm start.' })
}

let stopping = false
let runningRequests = 0
let onIdle = () => {}
/** @type {http.Server | undefined} */
let server
/** Known before the port is open. @type {Address['rules']} */
let rules
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void stop())

// Next reads both when it is loaded.
Reflect.set(process.env, 'NODE_ENV', dev ? 'development' : 'production')
process.env.NEXT_TELEMETRY_DISABLED ??= '1'

const ready = waitForBoot()
const { default: next } = await import('next')
server = createServer(async (request, response) => {
  await started
  await app.getRequestHandler()(request, response)
})
// Next hangs its hot-reload socket on the server it is given. In production there is none, and an Upgrade is read as a plain request.
const httpServer = dev ? server : new http.Server()
// Next wants an address in development, for its own messages; the real one comes from boot.
const port = Number(process.env.PORT) || 3000
const app = next({ dev, dir: process.cwd(), hostname: 'localhost', port, httpServer })
const started = app
  .prepare()
  .catch(fail)
  .then(() => ready)
const info = await started
if (!stopping) for (const line of info.lines) console.log(line)

/**
 * lib/boot.ts calls listen when it knows the address, before the database, and one of the other two at its end.
 * In production it works beside prepare(), in development before its end.
 * @returns {Promise<ReadyInfo>}
 */
function waitForBoot() {
  return new Promise((resolve) => {
    /** @type {Launch} */
    const launch = { dev, listen: (address) => listen(address), ready: resolve, failed: fail }
    Reflect.set(globalThis, launchKey, launch)
  })
}

/** @param {RequestHandler} handle */
function createServer(handle) {
  const created = createListener({
    rules: () => rules,
    handle: (request, response) => {
      runningRequests++
      response.once('close', () => --runningRequests === 0 && onIdle())
      // Whoever keeps a connection alive would hold the end up for the whole five seconds.
      if (stopping) response.setHeader('connection', 'close')
      return handle(request, response).catch((error) => {
        console.error(error)
        if (!response.headersSent) response.statusCode = 500
        response.end()
      })
    },
  })
  if (dev) created.on('upgrade', (request, socket) => onUpgrade(created, request, socket))
  return created
}

/**
 * Runs before Next's own listener, which it only adds at its first request: a tab that was open before a restart has to try again.
 * @param {http.Server} created
 * @param {http.IncomingMessage} request
 * @param {import('node:stream').Duplex} socket
 */
function onUpgrade(created, request, socket) {
  markPeer(request)
  socket.on('error', () => socket.destroy())
  if (created.listenerCount('upgrade') === 1) socket.destroy()
}

/**
 * @param {Address} address
 * @returns {Promise<void>}
 */
function listen({ host, port, rules: given }) {
  rules = given
  return new Promise((resolve) => {
    server?.once('error', (error) => fail(explainListenError(error, host, port)))
    server?.listen(port, host, resolve)
  })
}

/** Running requests get five seconds; then the database and all that boot opened is closed. A second signal does not wait. */
async function stop() {
  if (stopping) process.exit(1)
  stopping = true
  setTimeout(() => process.exit(1), lastRequestsMs + closeMs).unref()
  await closeServer()
  await closeBoot()
  process.exit(0)
}

/**
 * Requests are counted, not connections: a hot-reload socket or a browser's spare connection never ends by itself.
 * @returns {Promise<void>}
 */
function closeServer() {
  return new Promise((resolve) => {
    server?.close()
    if (runningRequests === 0) return resolve()
    onIdle = resolve
    setTimeout(resolve, lastRequestsMs).unref()
  })
}

async function closeBoot() {
  try {
    await Reflect.get(globalThis, launchKey)?.close?.()
  } catch (error) {
    console.error(error)
  }
}

/**
 * @param {StartFault} fault
 * @returns {Promise<never>}
 */
async function fail(fault) {
  if (fault.problem) console.error(`\n${fault.problem}\n${fault.remedy ?? ''}\n`)
  else console.error(fault)
  // Boot may have started the database already.
  setTimeout(() => process.exit(1), closeMs).unref()
  await closeBoot()
  process.exit(1)
}

function refuseOldNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  console.error(
    `\nLatchkey needs Node 20.19 or newer; this is ${process.versions.node}.\nInstall a newer one from https://nodejs.org, then run npm install again.\n`,
  )
  process.exit(1)
}
