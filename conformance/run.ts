/** Both servers up, every case sent to both, and what came of it. For e2e/conformance.spec.ts. */
import { compare, type Case, type Comparison } from './compare'
import { bodies } from './cases/bodies'
import { fields } from './cases/fields'
import { generated } from './cases/generated'
import { tokens } from './cases/tokens'
import { transport } from './cases/transport'
import { startLatchkey } from './latchkey-server'
import { startReference } from './reference-server'
import { ada, createSide, deleted, inactive, register, type Keys, type Side } from './side'

export const cases: Case[] = [...bodies, ...transport, ...fields, ...tokens, ...generated]

const ISSUER = 'https://login.example.com'

interface Server extends Keys {
  port: number
  act(word: 'deactivate' | 'delete', email: string): void
  stop(): Promise<void>
}

export async function compareServers(): Promise<Comparison> {
  const reference: Server = await startReference(ISSUER)
  try {
    const latchkey: Server = await startLatchkey(ISSUER)
    try {
      return await compare(cases, await populate('reference', reference), await populate('latchkey', latchkey))
    } finally {
      await latchkey.stop()
    }
  } finally {
    await reference.stop()
  }
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
