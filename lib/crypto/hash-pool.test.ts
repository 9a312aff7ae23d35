import { afterEach, describe, expect, test } from 'vitest'
import { createHashPool, type HashPool } from './hash-pool'

const TEXT = 'a'.repeat(64)
const job = { text: TEXT, cost: 4 }
/** bcryptjs throws at what is no text, and with it its worker ends. */
const deadly = { text: 1 as unknown as string, cost: 4 }

const open: HashPool[] = []
const pool = (size: number) => {
  const made = createHashPool(size)
  open.push(made)
  return made
}
afterEach(() => Promise.all(open.splice(0).map((made) => made.close())))

describe('the pool of bcrypt workers', () => {
  test('hashes, and compares what it hashed', async () => {
    const { run } = pool(1)
    const stored = String(await run(job))
    expect(stored).toMatch(/^\$2[aby]\$04\$.{53}$/)
    expect(await run({ text: TEXT, stored })).toBe(true)
    expect(await run({ text: 'b'.repeat(64), stored })).toBe(false)
  })

  test('EN-2: what a comparison is padded with is computed when it fails, and only then', async () => {
    const { run } = pool(1)
    const stored = String(await run(job))
    // bcryptjs throws at a cost that is none.
    const pad = ['none' as unknown as number]
    expect(await run({ text: TEXT, stored, pad })).toBe(true)
    await expect(run({ text: 'b'.repeat(64), stored, pad })).rejects.toThrow()
    expect(await run({ text: 'b'.repeat(64), stored, pad: [4, 5] })).toBe(false)
  })

  // It hung once: a worker that had answered was not given the next job.
  test.each([1, 2, 3])('several jobs are all done, on %d workers', async (size) => {
    const { run } = pool(size)
    const results = await Promise.all(Array.from({ length: 12 }, () => run(job)))
    expect(new Set(results).size).toBe(12)
    expect(results).not.toContain('busy')
  })

  test('jobs one after the other are done by one worker', async () => {
    const { run } = pool(1)
    for (let i = 0; i < 5; i++) expect(await run(job)).toEqual(expect.stringMatching(/^\$2/))
  })

  test('answers come to the job that asked', async () => {
    const { run } = pool(3)
    const texts = Array.from({ length: 9 }, (_, i) => String(i).repeat(64))
    const hashes = await Promise.all(texts.map((text) => run({ text, cost: 4 })))
    const right = await Promise.all(texts.map((text, i) => run({ text, stored: String(hashes[i]) })))
    const wrong = await Promise.all(texts.map((text, i) => run({ text, stored: String(hashes[(i + 1) % 9]) })))
    expect([new Set(right), new Set(wrong)]).toEqual([new Set([true]), new Set([false])])
  })
})

describe('PW-13: the queue is bounded', () => {
  test('one at work and 64 waiting are taken, the next is told busy at once', async () => {
    const { run } = pool(1)
    const taken = Array.from({ length: 65 }, () => run(job))
    expect(await run(job)).toBe('busy')
    expect(await Promise.all(taken)).not.toContain('busy')
    expect(await run(job)).not.toBe('busy')
  })

  test('strangers hold at most half of it, so that others still find room', async () => {
    const { run } = pool(1)
    const first = run(job)
    const strangers = Array.from({ length: 100 }, () => run(job, 'half'))
    const others = Array.from({ length: 32 }, () => run(job))
    expect(await run(job)).toBe('busy')
    const results = await Promise.all(strangers)
    expect(results.filter((result) => result !== 'busy')).toHaveLength(32)
    expect(await Promise.all([first, ...others])).not.toContain('busy')
  })

  test('three networks that want all of it keep nobody out, nor waiting', async () => {
    const { run } = pool(1)
    const ended: string[] = []
    const greedy = ['a', 'b', 'c'].flatMap((from) =>
      Array.from({ length: 30 }, () => run(job, 'whole', from).then((result) => result !== 'busy' && ended.push(from))),
    )
    const stranger = run(job, 'whole', 'd').then((result) => ended.push(result === 'busy' ? 'busy' : 'd'))
    await Promise.all([stranger, ...greedy])
    expect(ended.length).toBeGreaterThan(40)
    expect(ended.indexOf('d')).toBeLessThan(6)
    expect(ended).toContain('d')
  })

  test('who waits when it closes is told busy', async () => {
    const made = pool(1)
    const first = made.run(job).catch(() => 'ended')
    const waiting = Array.from({ length: 3 }, () => made.run(job))
    await made.close()
    expect(await Promise.all(waiting)).toEqual(['busy', 'busy', 'busy'])
    await first
  })
})

describe('a worker that dies', () => {
  test('fails its own job and no other', async () => {
    const { run } = pool(1)
    const results = await Promise.allSettled([run(job), run(deadly), run(job), run(job)])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled'])
  })

  test('beside others leaves them at their work', async () => {
    const { run } = pool(3)
    const jobs = Array.from({ length: 12 }, (_, i) => run(i % 4 === 1 ? deadly : job))
    const results = await Promise.allSettled(jobs)
    expect(results.map(({ status }) => status === 'rejected')).toEqual(results.map((_, i) => i % 4 === 1))
  })

  test('is replaced, also when every one has died', async () => {
    const { run } = pool(2)
    await Promise.allSettled(Array.from({ length: 4 }, () => run(deadly)))
    expect(await Promise.all(Array.from({ length: 4 }, () => run(job)))).not.toContain('busy')
  })
})
