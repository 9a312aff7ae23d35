import { expect, test } from 'vitest'
import { createPrune } from './prune'

const broken = (problem: string) => () => Promise.reject(new Error(problem))

test('says how many of each kind were forgotten', async () => {
  const prune = createPrune({ sessions: async () => 2, counters: async () => 0 })
  expect(await prune()).toEqual({ sessions: 2, counters: 0 })
})

test('one kind that cannot be forgotten keeps no other from it, and is told of at the end', async () => {
  const done: string[] = []
  const kind = (name: string) => async () => done.push(name)
  const prune = createPrune({ sessions: broken('no sessions'), counters: kind('counters'), changes: kind('changes') })
  await expect(prune()).rejects.toThrow('no sessions')
  expect(done).toEqual(['counters', 'changes'])
})

test('of several faults each is told', async () => {
  const done: string[] = []
  const prune = createPrune({
    sessions: broken('no sessions'),
    counters: async () => done.push('counters'),
    changes: () => {
      throw new Error('no changes')
    },
  })
  await expect(prune()).rejects.toThrow(/sessions: no sessions.*changes: no changes/)
  expect(done).toEqual(['counters'])
})
