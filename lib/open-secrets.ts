/** The secrets of this Latchkey: from the settings, or from files made at the first start (docs/design.md, section 7). Part of the wiring. */
import path from 'node:path'
import type { Config } from '#lib/config'
import { secretFromFile } from '#lib/crypto/secrets'
import type { Secrets } from './open-keys'

export function openSecrets(
  { authSecret, passwordPepper, authSecretPrevious, passwordPepperPrevious, dataDir, development }: Config,
  report: (line: string) => void,
): Secrets {
  const directory = path.resolve(/*turbopackIgnore: true*/ dataDir, 'secrets')
  const made = (file: string) => {
    const warning = development ? '' : ' Back it up apart from the database, or set the variable of that name.'
    report(
      `Made a secret: ${path.relative(/*turbopackIgnore: true*/ process.cwd(), file)} (readable by you alone).${warning}`,
    )
  }
  return {
    authSecret: Buffer.from(authSecret ?? secretFromFile(directory, 'AUTH_SECRET', made)),
    pepper: Buffer.from(passwordPepper ?? secretFromFile(directory, 'PASSWORD_PEPPER', made)),
    previous: {
      authSecret: authSecretPrevious === null ? null : Buffer.from(authSecretPrevious),
      pepper: passwordPepperPrevious === null ? null : Buffer.from(passwordPepperPrevious),
    },
  }
}
