/** Forgetting many rows a part at a time: one statement for all of them would run into its time limit, and be undone. */

/** Few enough that each statement ends far inside its time limit. */
const PART = 2000

/** How many rows went. `deletePart` deletes at most so many, leaves what another statement holds (SKIP LOCKED), and says how many went. */
export async function pruneInParts(deletePart: (limit: number) => Promise<number>): Promise<number> {
  for (let total = 0; ;) {
    const gone = await deletePart(PART)
    total += gone
    if (gone < PART) return total
  }
}
