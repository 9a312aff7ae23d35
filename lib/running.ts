/**
 * The open Latchkey of this process. It stands on globalThis: Next bundles middleware, pages and routes apart,
 * though they share one process, and each bundle has modules of its own.
 */
import type { Latchkey } from '#lib/wiring'

const slot = Symbol.for('latchkey.open')
const ready = Symbol.for('latchkey.ready')
const here = globalThis as { [slot]?: Promise<Latchkey>; [ready]?: Latchkey }

/** Opens it once, however often it is asked; a failed opening is forgotten, so that it can be tried again. */
export function openOnce(open: () => Promise<Latchkey>): Promise<Latchkey> {
  here[slot] ??= open().then(
    (latchkey) => (here[ready] = latchkey),
    (error: unknown) => {
      delete here[slot]
      throw error
    },
  )
  return here[slot]
}

/** For those who cannot wait; null before it is open. */
export function runningNow(): Latchkey | null {
  return here[ready] ?? null
}

/** Throws before the boot. */
export async function running(): Promise<Latchkey> {
  const latchkey = here[slot]
  if (!latchkey) throw new Error('Latchkey is not started; start it with npm run dev or npm start.')
  return latchkey
}
