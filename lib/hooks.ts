/**
 * Your hooks: what Latchkey asks and tells you when somebody logs in, and what you add to the tokens of programs.
 * All of them are optional and none is set. docs/guides/hooks.md says when each is called and what happens when it throws.
 */
import type { Hooks } from '#lib/core/hooks'

export const hooks: Hooks = {}
