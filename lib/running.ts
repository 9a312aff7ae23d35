/**
 * The open Latchkey of this process. It stands on globalThis: Next bundles middleware, pages and routes apart,
 * though they share one process, and each bundle has modules of its own.
 */
import type { Latchkey } from '#lib/wiring'

const slot = Symbol.for('latchkey.open')
const here = globalThis as { [slot]?: Promise<Latchkey> }

/** Opens it once, however often it is asked; a failed opening is forgotten, so that it can be tried again. */
export function openOnce(open: () => Promise<Latchkey>): Promise<Latchkey> {
  here[slot] ??= open().catch((error: unknown) => {
    delete here[slot]
    throw error
  })
  return here[slot]
}

/** Throws before the boot. */
export async function running(): Promise<Latchkey> {
  const latchkey = here[slot]
  if (!latchkey) throw new Error('Latchkey is not started; start it with npm run dev or npm start.')
  return latchkey
}
