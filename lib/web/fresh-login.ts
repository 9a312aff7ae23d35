/** Whether the last proof of who somebody is lies no further back than REAUTH_MAX_AGE (A7.5.1). */
import 'server-only'
import type { Principal } from '#lib/core/principal'
import { running } from '#lib/running'

export async function isFresh({ session }: Principal): Promise<boolean> {
  const { config, clock } = await running()
  return clock.at().getTime() - session.authTime.getTime() <= config.session.reauthMaxAgeMs
}
