/** One bcrypt computation per message, off the main thread (PW-13). Plain JavaScript: a worker is loaded by path. */
import { parentPort } from 'node:worker_threads'
import bcrypt from 'bcryptjs'

parentPort?.on('message', (/** @type {{ text: string, cost: number } | { text: string, stored: string }} */ job) => {
  parentPort?.postMessage(
    'stored' in job ? bcrypt.compareSync(job.text, job.stored) : bcrypt.hashSync(job.text, job.cost),
  )
})
