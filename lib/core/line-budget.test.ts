import { expect, test } from 'vitest'
import { minutes } from './duration'
import { atEnd, decideLine, reportBudget, unspent, type LineBudget } from './line-budget'

const budget: LineBudget = { lines: 3, windowMs: 1000 }

/** What is decided about lines at these times, one after the other. */
function decide(times: number[]) {
  let spent = unspent
  return times.map((at) => {
    const { spent: next, ...decision } = decideLine(spent, at, budget)
    spent = next
    return decision
  })
}
const written = (leftOut = 0) => ({ write: true, leftOut })
const not = { write: false, leftOut: 0 }

test.each<[string, number[], ReturnType<typeof decide>]>([
  [
    'the first of a window are written, and no further ones',
    [0, 1, 2, 3, 999],
    [written(), written(), written(), not, not],
  ],
  [
    'the next window says how many were left out, once',
    [0, 1, 2, 3, 4, 1000, 1001],
    [written(), written(), written(), not, not, written(2), written()],
  ],
  [
    'one in which all were written leaves nothing to say',
    [0, 1, 2, 1000],
    [written(), written(), written(), written()],
  ],
  [
    'a window begins with its first line, not by the clock',
    [700, 1500, 1600, 1699, 1700],
    [written(), written(), written(), not, written(1)],
  ],
])('%s', (_, times, decisions) => expect(decide(times)).toEqual(decisions))

test('a window that has ended is settled without another line, once; one that runs is not', () => {
  let spent = unspent
  for (const at of [0, 1, 2, 3, 4]) spent = decideLine(spent, at, budget).spent
  expect(atEnd(spent, 999, budget)).toEqual({ spent, leftOut: 0 })
  expect(atEnd(spent, 1000, budget)).toEqual({ spent: unspent, leftOut: 2 })
  expect(atEnd(unspent, 1000, budget)).toEqual({ spent: unspent, leftOut: 0 })
})

test('reports of browsers: 60 lines a minute', () => expect(reportBudget).toEqual({ lines: 60, windowMs: minutes(1) }))
