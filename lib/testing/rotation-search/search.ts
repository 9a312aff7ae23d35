/** Breadth first, so that the first trace found is a shortest one. */
import { steps, type Step } from './steps'
import { nameOf, start, type Bounds, type Rules, type World } from './world'

export type SearchResult =
  | { kind: 'holds'; worlds: number; steps: number }
  | { kind: 'broken'; invariant: string; trace: string[]; worlds: number }

interface Visit {
  world: World
  by: Step | null
  from: Visit | null
}

export function search(rules: Rules, bounds: Bounds): SearchResult {
  const first: Visit = { world: beginning(rules), by: null, from: null }
  const seen = new Set([nameOf(first.world)])
  let front = [first]
  let count = 0
  while (front.length > 0) {
    const next: Visit[] = []
    for (const visit of front) {
      for (const step of steps(visit.world, rules, bounds)) {
        count++
        const reached = { world: step.world, by: step, from: visit }
        if (step.broken) return { kind: 'broken', invariant: step.broken, trace: traceOf(reached), worlds: seen.size }
        const name = nameOf(step.world)
        if (seen.has(name)) continue
        seen.add(name)
        next.push(reached)
      }
    }
    front = next
  }
  return { kind: 'holds', worlds: seen.size, steps: count }
}

function beginning(rules: Rules): World {
  return rules.tracksRotation ? { ...start, row: { ...start.row, rotated: 0 } } : start
}

function traceOf(visit: Visit): string[] {
  return visit.from ? [...traceOf(visit.from), visit.by?.words ?? ''] : []
}
