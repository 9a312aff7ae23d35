/** Sends every case to both servers and holds what they answer against each other and against the differences that are meant. */
import { differences, type Difference, type Pair, type Value } from './differences'
import { factsOf, isAboutTokens, type Facts } from './facts'
import type { LoneSide, Side } from './side'
import type { Sent } from './wire'

type Seen = string | undefined

export interface Case<At extends LoneSide = Side> {
  /** Unique; what differences.ts knows it by. */
  name: string
  /** The request to compare the answers to. What has to come before is sent from here; both sides get the same. */
  request: (side: At) => Sent | Promise<Sent>
}

export interface Comparison {
  compared: number
  /** One line for each fact that differs and may not. */
  unexpected: string[]
  /** Rows of differences.ts that no case has needed. */
  unused: string[]
}

export async function compare<At extends LoneSide>(
  cases: Case<At>[],
  reference: At,
  latchkey: At,
): Promise<Comparison> {
  const used = new Set<Difference>()
  const unexpected: string[] = []
  for (const one of cases) {
    const [theirs, ours] = await Promise.all([answer(one, reference), answer(one, latchkey)])
    // Whatever the original does: nothing that a client sends is a fault of ours.
    if (!/^[234]/.test(ours.status ?? '')) unexpected.push(`${one.name}\n    our status is ${ours.status}`)
    for (const name of differing(theirs, ours)) {
      const row = differences.find((row) => explains(row, one.name, name, [theirs[name], ours[name]]))
      if (row) used.add(row)
      else unexpected.push(`${one.name}\n    ${name}: ${theirs[name]}  →  ${ours[name]}`)
    }
  }
  const unused = differences.filter((row) => !used.has(row)).map(({ source, says }) => `${source}: ${says}`)
  return { compared: cases.length, unexpected, unused }
}

async function answer<At extends LoneSide>({ request }: Case<At>, side: At): Promise<Facts> {
  return factsOf(await side.send(await request(side)))
}

function differing(theirs: Facts, ours: Facts): string[] {
  const names = new Set([...Object.keys(theirs), ...Object.keys(ours)])
  return [...names].filter((name) => theirs[name] !== ours[name])
}

function explains({ cases, facts }: Difference, name: string, fact: string, [theirs, ours]: [Seen, Seen]): boolean {
  if (!cases.test(name)) return false
  const pairs = facts[fact] ?? (isAboutTokens(fact) ? facts.tokens : undefined) ?? []
  return pairs.some((pair) => fits(pair, theirs, ours))
}

function fits(pair: Pair, theirs: Seen, ours: Seen): boolean {
  return typeof pair === 'function' ? pair(theirs, ours) : matches(pair[0], theirs) && matches(pair[1], ours)
}

function matches(wanted: Value, seen: Seen): boolean {
  return wanted instanceof RegExp ? typeof seen === 'string' && wanted.test(seen) : wanted === seen
}
