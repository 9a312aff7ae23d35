/** Forgets what time has made worthless, one kind of row after the other. The boot calls it every hour. */

/** By its name, what forgets the rows of a kind and says how many went. */
type Kinds<Name extends string> = Record<Name, () => Promise<number>>

/** How many rows of each kind went. Throws what went wrong only at the end: a kind that cannot be forgotten keeps no other from it. */
export function createPrune<Name extends string>(kinds: Kinds<Name>): () => Promise<Record<Name, number>> {
  return async () => {
    const gone: Partial<Record<Name, number>> = {}
    const faults: { name: Name; fault: unknown }[] = []
    // One at a time: nobody waits for it, and it should be in nobody's way.
    for (const name of Object.keys(kinds) as Name[]) {
      try {
        gone[name] = await kinds[name]()
      } catch (fault) {
        faults.push({ name, fault })
      }
    }
    if (faults.length === 1) throw faults[0]?.fault
    if (faults.length > 1)
      throw new AggregateError(
        faults.map(({ fault }) => fault),
        faults.map(sentence).join('; '),
      )
    return gone as Record<Name, number>
  }
}

const sentence = ({ name, fault }: { name: string; fault: unknown }) =>
  `${name}: ${fault instanceof Error ? fault.message : String(fault)}`
