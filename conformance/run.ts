/** Both servers up, every case sent to both, and what came of it. For e2e/conformance.spec.ts. */
import { compare, type Case, type Comparison } from './compare'
import { bodies } from './cases/bodies'
import { fields } from './cases/fields'
import { generated } from './cases/generated'
import { tokens } from './cases/tokens'
import { transport } from './cases/transport'
import { withoutRotation } from './cases/without-rotation'
import { startLatchkey } from './latchkey-server'
import { startReference, type SharedSettings } from './reference-server'
import { ada, createSide, deleted, inactive, register, type Keys, type LoneSide, type Side } from './side'

export const cases: Case[] = [...bodies, ...transport, ...fields, ...tokens, ...generated]

/** For servers that neither rotate refresh tokens nor blacklist used ones. */
export const casesWithoutRotation: Case<LoneSide>[] = withoutRotation

const ISSUER = 'https://login.example.com'

interface Server extends Keys {
  port: number
  act(word: 'deactivate' | 'delete', email: string): void
  stop(): Promise<void>
}

export function compareServers(): Promise<Comparison> {
  return withBoth({ issuer: ISSUER, rotates: true }, async (reference, latchkey) =>
    compare(cases, await populate('reference', reference), await populate('latchkey', latchkey)),
  )
}

/** Another pair of servers; with one person, since the others are the same there. */
export function compareWithoutRotation(): Promise<Comparison> {
  return withBoth({ issuer: ISSUER, rotates: false }, async (reference, latchkey) =>
    compare(casesWithoutRotation, await aloneOn('reference', reference), await aloneOn('latchkey', latchkey)),
  )
}

async function withBoth(
  settings: SharedSettings,
  answered: (reference: Server, latchkey: Server) => Promise<Comparison>,
): Promise<Comparison> {
  const reference: Server = await startReference(settings)
  try {
    const latchkey: Server = await startLatchkey(settings)
    try {
      return await answered(reference, latchkey)
    } finally {
      await latchkey.stop()
    }
  } finally {
    await reference.stop()
  }
}

/** Ada can log in. */
async function aloneOn(name: Side['name'], server: Server): Promise<LoneSide> {
  const side = createSide(name, server.port, server)
  await register(side, ada)
  return side
}

/** Ada can log in; the other two could once. */
async function populate(name: Side['name'], server: Server): Promise<Side> {
  const side = createSide(name, server.port, server)
  for (const person of [ada, inactive, deleted]) await register(side, person)
  const left = { inactive: await side.obtain(inactive), deleted: await side.obtain(deleted) }
  server.act('deactivate', inactive.email)
  server.act('delete', deleted.email)
  return { ...side, left }
}
