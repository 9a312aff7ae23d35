/**
 * Asks the hooks of lib/hooks.ts, in the form the flows and the mint want them (docs/guides/hooks.md). A hook that decides something and
 * throws is a fault: nothing is issued, and the log names the hook. One that is only told something is reported, and the login goes on.
 */
import { checkClaims, checkHooks, HookError, hookUser, type Hooks } from '#lib/core/hooks'
import type { Admits, ExtraClaims, LoginHooks } from '#lib/core/ports'
import type { Grants, SessionKind, SessionView } from '#lib/core/records'
import type { RequestContext } from '#lib/core/request-context'

interface AskDeps {
  hooks: Hooks
  /** The claims that are ours, which no hook may write. */
  own: readonly string[]
  grantsOf: (userId: string) => Promise<Grants>
  onFault: (error: unknown) => void
}

export interface AskHooks {
  /** Left out where there is no hook: then nothing is asked and no query made for it. */
  extraClaims?: (view: SessionView) => Promise<ExtraClaims>
  admits?: Admits
  login: LoginHooks
}

/** Throws StartError when the hooks cannot be used as they are. */
export function createAskHooks(deps: AskDeps): AskHooks {
  checkHooks(deps.hooks, deps.own)
  return { extraClaims: askClaims(deps), admits: askRule(deps), login: tellLogins(deps) }
}

function askClaims({ hooks: { claims } }: AskDeps): AskHooks['extraClaims'] {
  if (!claims) return undefined
  return async ({ user, grants }) =>
    checkClaims(await run('claims', () => claims.of(hookUser(user, grants))), claims.names)
}

function askRule({ hooks: { authenticationRule: rule }, grantsOf }: AskDeps): AskHooks['admits'] {
  if (!rule) return undefined
  return async (user) => {
    const asked = hookUser(user, await grantsOf(user.id))
    const answer: unknown = await run('authenticationRule', () => rule(asked))
    // Anything else would be read as yes or no by chance.
    if (typeof answer !== 'boolean')
      throw new HookError('The authenticationRule hook in lib/hooks.ts must answer true or false.')
    return answer
  }
}

function tellLogins({ hooks: { onLoginSuccess, onLoginFailed }, onFault }: AskDeps): LoginHooks {
  return {
    async onSuccess({ user, grants, session }, context) {
      if (!onLoginSuccess) return
      const login = facts(session.kind, context)
      await run('onLoginSuccess', () => onLoginSuccess(hookUser(user, grants), login)).catch(onFault)
    },
    async onFailed({ kind, identifier, reason, context }) {
      if (!onLoginFailed) return
      const attempt = { ...facts(kind, context), identifier, reason }
      await run('onLoginFailed', () => onLoginFailed(attempt)).catch(onFault)
    },
  }
}

const facts = (kind: SessionKind, { ip, userAgent, requestId }: RequestContext) => ({ kind, ip, userAgent, requestId })

async function run<T>(name: keyof Hooks, ask: () => T | Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (cause) {
    const why = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)
    throw new HookError(`The ${name} hook in lib/hooks.ts threw: ${why}`, { cause })
  }
}
