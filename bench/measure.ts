/** Measuring in turn: A B C A B C …, so that a machine that slows down slows all of them. Times in milliseconds. */

export async function interleaved(
  rounds: number,
  tasks: Record<string, () => Promise<void>>,
): Promise<Record<string, number[]>> {
  const samples: Record<string, number[]> = Object.fromEntries(Object.keys(tasks).map((name) => [name, []]))
  const warmUp = Math.ceil(rounds / 10)
  for (let round = -warmUp; round < rounds; round++) {
    for (const [name, task] of Object.entries(tasks)) {
      const startedAt = performance.now()
      await task()
      if (round >= 0) samples[name]?.push(performance.now() - startedAt)
    }
  }
  return samples
}

export function median(times: number[] = []): number {
  return [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? NaN
}

export const ratio = (a: number[] | undefined, b: number[] | undefined) => (median(a) / median(b)).toFixed(2)
