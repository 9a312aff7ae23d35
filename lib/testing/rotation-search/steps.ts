/** What can happen next in a world, in words, and which invariant it breaks. */
import type { SessionFacts } from '#lib/core/rotation'
import {
  freshTag,
  later,
  tickMs,
  type Bounds,
  type Decision,
  type Jar,
  type Message,
  type RequestMessage,
  type Row,
  type Rules,
  type Token,
  type World,
} from './world'

type Party = 'browser' | 'thief'

export interface Step {
  words: string
  world: World
  /** The invariant that does not hold any more. */
  broken: string | null
}

const now = new Date(1_000_000)
/** The row's generation, by which tokens are counted backwards. */
const base = 2

export function steps(world: World, rules: Rules, bounds: Bounds): Step[] {
  return [
    { words: 'a tick passes', world: later(world, bounds), broken: null },
    ...sendings(world, bounds),
    ...world.messages.flatMap((message) => arrivals(world, message, rules, bounds)),
    ...(rules.atomic ? [] : races(world, rules, bounds)),
    ...endings(world),
    ...(bounds.thief ? thefts(world, rules, bounds) : []),
  ].map((step) => ({ ...step, broken: harm(step, bounds) ?? loggedOut(step.world, rules) }))
}

const inner = [
  'a generation gives way only once it is confirmed and older than R',
  'one parent for each generation',
  'no token of a generation after its window',
]

const harm = ({ broken }: Step, { onlyHarm }: Bounds) => (onlyHarm && broken && inner.includes(broken) ? null : broken)

function sendings(world: World, bounds: Bounds): Step[] {
  const { token, access } = world.browser
  if (!token || world.messages.length >= bounds.messages) return []
  const kinds = access ? (['check', 'present'] as const) : (['present'] as const)
  return kinds.map((kind) => ({
    words: `the browser ${kind === 'check' ? 'asks with a good access token' : 'presents its refresh cookie'} (${of(token)})`,
    world: { ...world, messages: [...world.messages, { kind, token, age: 0 }] },
    broken: null,
  }))
}

function arrivals(world: World, message: Message, rules: Rules, bounds: Bounds): Step[] {
  const rest = { ...world, messages: world.messages.filter((other) => other !== message) }
  if (message.kind === 'reply') {
    const browser: Jar = { token: message.token ?? world.browser.token, access: true }
    const words = `the reply arrives${message.token ? ` with the cookie of ${of(message.token)}` : ''}`
    return [
      { words, world: { ...rest, browser }, broken: null },
      { words: 'a reply is lost', world: rest, broken: null },
    ]
  }
  const served = rules.skews.map((skew) => serve(rest, message, rules, bounds, { skew }))
  const copies =
    world.messages.length < bounds.messages
      ? rules.skews.map((skew) => serve(world, message, rules, bounds, { skew }))
      : []
  const failed: Step = {
    words: 'the database does not answer: 503',
    world: rules.errorDeletes ? { ...rest, browser: { token: null, access: false } } : rest,
    broken: null,
  }
  return [
    ...served,
    ...served.map(({ words, world, broken }) => ({
      words: `${words}; the reply is lost`,
      // The reply stands last.
      world: { ...world, messages: world.messages.slice(0, rest.messages.length) },
      broken,
    })),
    ...copies.map((step) => ({ ...step, words: `${step.words}; the request is still on its way a second time` })),
    failed,
  ]
}

/** One request carried out, and its reply sent. */
function serve(
  world: World,
  { kind, token }: RequestMessage,
  rules: Rules,
  bounds: Bounds,
  { skew = 0, who = 'browser' }: { skew?: number; who?: Party } = {},
): Step {
  const clock = skew === 0 ? '' : ` (by a clock ${Math.abs(skew)} ${skew > 0 ? 'ahead' : 'behind'})`
  const at = new Date(now.getTime() + skew * tickMs)
  const presented = { generation: base - token.behind, tag: String(token.tag) }
  if (kind === 'check') {
    const confirms = rules.confirms(factsOf(world.row), presented, at)
    const row = confirms ? { ...world.row, confirmed: -skew, trulyConfirmed: world.row.trulyConfirmed ?? 0 } : world.row
    return {
      words: `the gate ${confirms ? `confirms ${of(token)}` : 'lets it pass'}${clock}`,
      world: { ...world, row },
      broken: null,
    }
  }
  const decision = rules.decide(factsOf(world.row), presented, at, rules.policy, world.row)
  return settle(world, token, decision, rules, bounds, {
    skew,
    who,
    words: `the gate: ${decision} for ${of(token)}${clock}`,
  })
}

function settle(
  world: World,
  token: Token,
  decision: Decision,
  rules: Rules,
  bounds: Bounds,
  { skew, who, words }: { skew: number; who: Party; words: string },
): Step {
  const at = new Date(now.getTime() + skew * tickMs)
  const presented = { generation: base - token.behind, tag: String(token.tag) }
  const moved = moveOn(world, rules.carryOut(factsOf(world.row), presented, decision, at))
  const minted = decision !== 'denied' && decision !== 'reuse' && rules.sendsRefresh(decision)
  const given: Token | null = minted ? { behind: 0, tag: freshTag(moved) } : null
  const served = hand(note(moved, minted, who), given, decision, who)
  const broken = brokenBy(world, moved.row, token, decision, minted, bounds) ?? tooMuchInCommon(served)
  return { words, world: served, broken }
}

function brokenBy(
  before: World,
  row: Row,
  token: Token,
  decision: Decision,
  minted: boolean,
  bounds: Bounds,
): string | null {
  const { row: old, thief } = before
  const generations = decision === 'rotate' ? 1 : 0
  if (old.ended) return decision === 'denied' ? null : 'dead stays dead'
  if (decision === 'reuse') return thief ? null : 'no alarm without a copy'
  if (decision === 'denied') return 'a session that lives refuses nothing in silence'
  if (token.behind > 1) return 'nothing older than the parent is honoured'
  if (generations === 1 && (old.trulyConfirmed === null || old.trulyConfirmed < bounds.rotationAge))
    return 'a generation gives way only once it is confirmed and older than R'
  if (generations === 0 && row.parentTag !== old.parentTag) return 'one parent for each generation'
  if (generations === 0 && minted && old.trulyConfirmed !== null && old.trulyConfirmed > bounds.lateWindow)
    return 'no token of a generation after its window'
  return null
}

function tooMuchInCommon({ common }: World): string | null {
  return common.count > 1 ? 'after a theft both parties obtain at most one generation in common' : null
}

/** Who was given the current generation, since the theft. */
function note(world: World, minted: boolean, who: Party): World {
  if (!world.thief || !minted) return world
  const common = { ...world.common, [who]: true }
  const both = common.browser && common.thief && !(world.common.browser && world.common.thief)
  return { ...world, common: { ...common, count: Math.min(common.count + (both ? 1 : 0), 2) } }
}

function hand(world: World, token: Token | null, decision: Decision, who: Party): World {
  // A refusal touches no cookie, so its reply changes nothing wherever it ends up.
  if (decision === 'denied' || decision === 'reuse') return world
  if (who === 'browser') return { ...world, messages: [...world.messages, { kind: 'reply', token, age: 0 }] }
  return { ...world, thief: { token: token ?? world.thief?.token ?? null, access: true } }
}

/** The world under the row as it is now: after a rotation every token is one generation further back. */
function moveOn(world: World, after: SessionFacts): World {
  const ahead = after.generation - base
  const ended = after.alive ? world.row.ended : (world.row.ended ?? 'reuse')
  const confirmed = after.confirmedAt === null ? null : (now.getTime() - after.confirmedAt.getTime()) / tickMs
  const isNew = confirmed !== null && confirmed !== world.row.confirmed
  const trulyConfirmed = ahead > 0 && confirmed === null ? null : (world.row.trulyConfirmed ?? (isNew ? 0 : null))
  const parentTag = after.parentTag === null ? null : Number(after.parentTag)
  const rotated = ahead > 0 && world.row.rotated !== null ? 0 : world.row.rotated
  const row = { ended, parentTag, confirmed, trulyConfirmed, rotated }
  if (ahead === 0) return { ...world, row }
  const back = (token: Token | null) => token && { ...token, behind: Math.min(token.behind + ahead, 2) }
  return {
    row,
    browser: { ...world.browser, token: back(world.browser.token) },
    messages: world.messages.map((message) => ({ ...message, token: back(message.token) }) as Message),
    thief: world.thief && { ...world.thief, token: back(world.thief.token) },
    common: { ...world.common, browser: false, thief: false },
  }
}

/** A request reads the row, something else happens, and then it writes back the whole row it has read, changed by its decision. */
function races(world: World, rules: Rules, bounds: Bounds): Step[] {
  const { row } = world
  const requests = world.messages.filter((message): message is RequestMessage => message.kind === 'present')
  return requests.flatMap((request) => {
    const presented = { generation: base - request.token.behind, tag: String(request.token.tag) }
    const decision = rules.decide(factsOf(row), presented, now, rules.policy, row)
    if (decision === 'denied' || decision === 'reuse') return []
    const rest = { ...world, messages: world.messages.filter((other) => other !== request) }
    const before = `a request reads the row and is to be answered by ${decision}; `
    const revived = endings(rest).map(({ words, world: ended }) => ({
      words: `${before}${words}; it writes the row back as it was read`,
      world: { ...ended, row: { ...ended.row, ended: null } },
      broken: 'dead stays dead',
    }))
    const overwritten = thefts(rest, rules, bounds)
      .filter(({ world: after }) => decision === 'rotate' && after.row.parentTag !== row.parentTag)
      .map(({ words, world: after }) => ({
        words: `${before}${words}; it makes itself the parent`,
        world: { ...after, row: { ...after.row, parentTag: request.token.tag } },
        broken: after.row.parentTag === request.token.tag ? null : 'one parent for each generation',
      }))
    return [...revived, ...overwritten]
  })
}

function endings(world: World): Step[] {
  if (world.row.ended) return []
  const none: Jar = { token: null, access: false }
  const logout: Row = { ...world.row, ended: 'logout' }
  return [
    { words: 'logout; its reply deletes the cookies', world: { ...world, row: logout, browser: none }, broken: null },
    { words: 'logout; its reply is lost', world: { ...world, row: logout }, broken: null },
    {
      words: 'a login in another tab takes its place',
      world: { ...world, row: { ...world.row, ended: 'superseded' }, browser: none },
      broken: null,
    },
  ]
}

/** The thief copies the jar once, and from then on asks and is answered in an instant. */
function thefts(world: World, rules: Rules, bounds: Bounds): Step[] {
  const { thief, browser, row } = world
  if (!thief) {
    if (!browser.token || row.ended) return []
    return [
      { words: `a thief copies the jar (${of(browser.token)})`, world: { ...world, thief: browser }, broken: null },
    ]
  }
  const { token, access } = thief
  if (!token || row.ended) return []
  const kinds = access ? (['check', 'present'] as const) : (['present'] as const)
  return kinds.flatMap((kind) =>
    rules.skews.map((skew) => {
      const step = serve(world, { kind, token, age: 0 }, rules, bounds, { skew, who: 'thief' })
      return { ...step, words: `the thief ${kind === 'check' ? 'asks' : `presents ${of(token)}`}; ${step.words}` }
    }),
  )
}

/** Without a thief, the cookie of the living session is good at every instant. */
function loggedOut({ row, browser, thief }: World, rules: Rules): string | null {
  if (row.ended || thief) return null
  if (!browser.token) return 'an honest browser keeps an acceptable cookie at every instant'
  const presented = { generation: base - browser.token.behind, tag: String(browser.token.tag) }
  const decision = rules.decide(factsOf(row), presented, now, rules.policy, row)
  return decision === 'denied' || decision === 'reuse'
    ? 'an honest browser keeps an acceptable cookie at every instant'
    : null
}

function factsOf({ ended, parentTag, confirmed }: Row): SessionFacts {
  return {
    alive: ended === null,
    generation: base,
    parentTag: parentTag === null ? null : String(parentTag),
    confirmedAt: confirmed === null ? null : new Date(now.getTime() - confirmed * tickMs),
    idleExpiresAt: new Date(now.getTime() + 1000 * tickMs),
    absoluteExpiresAt: new Date(now.getTime() + 1000 * tickMs),
  }
}

const of = ({ behind }: Token) =>
  ['the current generation', 'the generation before', 'an older generation'][Math.min(behind, 2)]
