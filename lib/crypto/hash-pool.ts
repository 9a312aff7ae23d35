/**
 * A small pool of worker threads for bcrypt: a hash at cost 12 takes a third of a second of a core, which no page should wait for.
 * At most one worker per core, a bounded queue, a bounded wait (PW-13). Used by the password hasher alone.
 */
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { seconds } from '#lib/core/duration'
import type { HashShare } from '#lib/core/ports'
import { createHashQueue, type Queued } from './hash-queue'

/** `pad`: costs of further hashes, computed after a comparison that failed, so that every failure takes the same time (EN-2). */
export type Work = { text: string; cost: number } | { text: string; stored: string; pad?: number[] }

interface Job extends Queued {
  work: Work
  settle: (result: string | boolean | 'busy') => void
  fail: (error: Error) => void
  /** Gives up while still in the queue. */
  timer: NodeJS.Timeout
}

export interface HashPool {
  /**
   * The result, or 'busy' when the queue, or that share of it, or what `from`, a network, may hold of it is full, or the wait too long.
   * Rejects when a worker died at it.
   */
  run(work: Work, share?: HashShare, from?: string | null): Promise<string | boolean | 'busy'>
  close(): Promise<void>
}

const QUEUE_LIMIT = 64
const WAIT_MS = seconds(20)

export function createHashPool(size = Math.max(1, Math.min(4, availableParallelism() - 1))): HashPool {
  const queue = createHashQueue<Job>(QUEUE_LIMIT)
  const idle: Worker[] = []
  /** Every living worker, with the job it is at. */
  const workers = new Map<Worker, Job | null>()

  const next = () => {
    const worker = queue.length > 0 ? (idle.pop() ?? (workers.size < size ? spawn() : undefined)) : undefined
    const job = worker && queue.shift()
    if (!worker || !job) return
    clearTimeout(job.timer)
    workers.set(worker, job)
    // A referenced worker keeps the process alive until its answer is there: the command line needs that.
    worker.ref()
    worker.postMessage(job.work)
  }

  const spawn = () => {
    const worker = new Worker(new URL('./workers/bcrypt.mjs', import.meta.url))
    worker.unref()
    worker.on('message', (result: string | boolean) => {
      const job = workers.get(worker)
      workers.set(worker, null)
      idle.push(worker)
      worker.unref()
      job?.settle(result)
      next()
    })
    worker.on('error', (error) => lose(worker, error))
    worker.on('exit', () => lose(worker, new Error('The password worker ended early.')))
    workers.set(worker, null)
    return worker
  }

  /** A worker that died fails its own job and no other; the next job gets a new one. */
  const lose = (worker: Worker, error: Error) => {
    const job = workers.get(worker)
    if (!workers.delete(worker)) return
    if (idle.includes(worker)) idle.splice(idle.indexOf(worker), 1)
    job?.fail(error)
    next()
  }

  return {
    run(work, share = 'whole', from = null) {
      return new Promise((settle, fail) => {
        const timer = setTimeout(() => {
          queue.remove(job)
          settle('busy')
        }, WAIT_MS)
        const job: Job = { work, share, from, settle, fail, timer }
        if (queue.push(job)) return next()
        clearTimeout(timer)
        settle('busy')
      })
    },
    async close() {
      for (const job of queue.clear()) {
        clearTimeout(job.timer)
        job.settle('busy')
      }
      await Promise.all([...workers.keys()].map((worker) => worker.terminate()))
    },
  }
}
