/** The nonce of this reply, for the rare inline script or style. Made by the gate, read from the policy it sent along. */
import 'server-only'
import { headers } from 'next/headers'
import { POLICY_HEADER } from './internal-headers'

export async function readNonce(): Promise<string | undefined> {
  return /'nonce-([^']+)'/.exec((await headers()).get(POLICY_HEADER) ?? '')?.[1]
}
