/** One bcrypt computation per message, off the main thread (PW-13). Plain JavaScript: a worker is loaded by path. */
import { parentPort } from 'node:worker_threads'
import bcrypt from 'bcryptjs'

/** @typedef {{ text: string, cost: number } | { text: string, stored: string, pad?: number[] }} Job */

parentPort?.on('message', (/** @type {Job} */ job) =>
  parentPort?.postMessage('stored' in job ? compare(job) : hash(job)),
)

const hash = (/** @type {{ text: string, cost: number }} */ { text, cost }) => bcrypt.hashSync(text, cost)

function compare(/** @type {{ text: string, stored: string, pad?: number[] }} */ { text, stored, pad = [] }) {
  if (bcrypt.compareSync(text, stored)) return true
  for (const cost of pad) hash({ text, cost })
  return false
}
