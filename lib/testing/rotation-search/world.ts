/**
 * The small world of the exhaustive search (docs/design.md, section 4, "Proof"): one session, one browser whose tabs share a jar, a network
 * that loses, duplicates, delays and reorders, and perhaps a thief who copied the jar once and has perfect timing.
 *
 * Time is counted in ticks, and everything in a world is relative to now and to the row's generation, so that the worlds are finitely many.
 */
import type { PresentedToken, RotationDecision, RotationPolicy, SessionFacts } from '#lib/core/rotation'

/** How large the world is, and what its invariants hold the rules to. All times in ticks. */
export interface Bounds {
  /** Messages in flight at once. */
  messages: number
  thief: boolean
  /** D. */
  longestRequest: number
  /** F. */
  longestReply: number
  /** R. */
  rotationAge: number
  /** G. */
  lateWindow: number
  /** Only what hurts a person counts: a false alarm, a lost cookie, a copy that lives on. */
  onlyHarm?: boolean
}

export const tickMs = 1000

export interface Token {
  /** How many generations it is behind the row: 0 is the current one. 2 stands for everything older. */
  behind: number
  tag: number
}

export interface Row {
  ended: 'reuse' | 'logout' | 'superseded' | null
  parentTag: number | null
  /** Ticks since confirmed_at, as the row has it; null: unconfirmed. */
  confirmed: number | null
  /** Ticks since the last rotation; null where no rule asks for it, which keeps the worlds few. */
  rotated: number | null
  /** Ticks since the generation was confirmed in truth, whatever clock was used to write it down. */
  trulyConfirmed: number | null
}

/** A request on its way: with its access token good it can only confirm, else it presents. */
export interface RequestMessage {
  kind: 'check' | 'present'
  token: Token
  age: number
}

export interface ReplyMessage {
  kind: 'reply'
  /** The refresh cookie it sets; null: none. */
  token: Token | null
  age: number
}

export type Message = RequestMessage | ReplyMessage

/** A cookie jar: whether an access token is there is all that counts of it, for it can run out at any moment. */
export interface Jar {
  token: Token | null
  access: boolean
}

export interface World {
  row: Row
  browser: Jar
  messages: Message[]
  thief: Jar | null
  /** Generations after the theft that both parties were given, and who was given the current one. */
  common: { count: number; browser: boolean; thief: boolean }
}

/** What is mutated: the real functions of core and the discipline around them. */
export interface Rules {
  decide: (session: SessionFacts, presented: PresentedToken, now: Date, policy: RotationPolicy, row: Row) => Decision
  confirms: (session: SessionFacts, presented: PresentedToken, now: Date) => boolean
  carryOut: (session: SessionFacts, presented: PresentedToken, decision: Decision, now: Date) => SessionFacts
  /** Whether the reply sets the refresh cookie. */
  sendsRefresh: (decision: Decision) => boolean
  policy: RotationPolicy
  /** How far the clock that is asked can be off, in ticks. */
  skews: number[]
  /** Read, decide and write are one; else two requests can read the same row. */
  atomic: boolean
  /** Whether a reply of 503 deletes the cookie. */
  errorDeletes: boolean
  /** Whether a rule asks when the last rotation was. */
  tracksRotation: boolean
}

export type Decision = Exclude<RotationDecision, 'pass' | 'confirm'>

/** Just logged in; the reply with the first cookies has arrived. */
export const start: World = {
  row: { ended: null, parentTag: null, confirmed: null, rotated: null, trulyConfirmed: null },
  browser: { token: { behind: 0, tag: 1 }, access: true },
  messages: [],
  thief: null,
  common: { count: 0, browser: false, thief: false },
}

/** One tick later: messages that took too long are lost. */
export function later(world: World, bounds: Bounds): World {
  // Beyond R and every skew one age is like another.
  const oldest = bounds.rotationAge + 3
  const older = (ticks: number | null) => (ticks === null ? null : Math.min(ticks + 1, oldest))
  const { confirmed, trulyConfirmed, rotated } = world.row
  return {
    ...world,
    row: {
      ...world.row,
      confirmed: older(confirmed),
      trulyConfirmed: older(trulyConfirmed),
      rotated: older(rotated),
    },
    messages: world.messages
      .map((message) => ({ ...message, age: message.age + 1 }))
      .filter(({ kind, age }) => age <= (kind === 'reply' ? bounds.longestReply : bounds.longestRequest)),
  }
}

/** A name that two worlds share exactly when nothing can tell them apart. */
export function nameOf({ row, browser, messages, thief, common }: World): string {
  const names = new Map<number, string>()
  const named = (token: Token | null) => {
    if (!token) return '-'
    if (token.behind > 1) return 'old'
    if (token.behind === 1) return token.tag === row.parentTag ? 'parent' : 'aside'
    if (!names.has(token.tag)) names.set(token.tag, String.fromCharCode(97 + names.size))
    return names.get(token.tag)
  }
  const rowName = row.ended ?? `${row.confirmed}/${row.trulyConfirmed}/${row.rotated}`
  const jar = (jar: Jar) => `${named(jar.token)}${jar.access ? '+' : ''}`
  const jars = `${jar(browser)} ${thief ? `${jar(thief)} ${common.count}${common.browser}${common.thief}` : ''}`
  const mail = messages.map((message) => `${message.kind}${message.age}${named(message.token)}`).sort()
  return `${rowName} ${row.parentTag === null ? 'first' : ''} ${jars} ${mail.join(' ')}`
}

/** A tag that nobody has yet. */
export function freshTag({ row, browser, messages, thief }: World): number {
  const tokens = [browser.token, thief?.token, ...messages.map(({ token }) => token)]
  return 1 + Math.max(row.parentTag ?? 0, ...tokens.map((token) => token?.tag ?? 0))
}
