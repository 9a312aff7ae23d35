/** `manage keys …`: the keys that sign tokens: which there are, rotating them, and dropping one in an emergency. */
import type { Command } from 'commander'
import type { KeyFacts } from '#lib/core/key-ring'
import type { Latchkey } from '#lib/wiring'
import { Ending, FAILED, notFound, USAGE } from '../ending'
import { localTime, printDone, printRows, type OutputOptions, type Row } from '../output'
import { withLatchkey } from '../with-latchkey'

const BY_SETTING = 'The keys are given by the settings, not kept by Latchkey: change JWT_SIGNING_KEY, or AUTH_SECRET.'

export function addKeysCommands(program: Command): void {
  const keys = program.command('keys').description('signing keys: list, rotate, drop')
  keys
    .command('list')
    .description('the keys whose tokens are good, oldest first')
    .option('--json', 'answer in JSON')
    .action(list)
  keys
    .command('rotate')
    .description('publish a new key, which signs after KEY_PUBLISH_AHEAD; nobody is logged out')
    .option(
      '--now',
      'let it sign in five seconds: services that keep a copy of the key set may refuse its tokens for a while',
    )
    .option('--json', 'answer in JSON')
    .action(rotate)
  keys
    .command('drop <kid>')
    .description('an emergency: remove a key at once and refuse every token it has signed')
    .option('--yes', 'do not ask')
    .option('--json', 'answer in JSON')
    .action(drop)
}

async function list(options: OutputOptions) {
  await withLatchkey(async ({ manageKeys, keyRing }) => {
    if (manageKeys) return printRows((await manageKeys.list()).map(options.json ? row : line), options, '')
    const { verifiers } = keyRing.keys()
    const given = [...verifiers.values()].map(({ kid, alg }) => ({ kid, alg, state: 'given' }))
    const rows = given.map((key) => (options.json ? { ...key, signs_at: null, expires_at: null } : shown(key, null)))
    printRows(rows, options, '')
  })
}

async function rotate({ now = false, ...options }: OutputOptions & { now?: boolean }) {
  await withLatchkey(async (latchkey) => {
    const { kind, key } = await managed(latchkey).rotate({ soon: now })
    const sentence =
      kind === 'under-way' ? `A rotation is under way: key ${key.kid} signs` : `Key ${key.kid} is published and signs`
    printDone(`${sentence} from ${localTime(key.signsAt)} on.`, row(key), options)
  })
}

async function drop(kid: string, { yes, ...options }: OutputOptions & { yes?: boolean }) {
  if (!yes && !process.stdin.isTTY) throw new Ending(USAGE, 'Say --yes to drop a key without being asked.')
  await withLatchkey(async (latchkey) => {
    const keys = managed(latchkey)
    if (!(await keys.list()).some((key) => key.kid === kid)) throw notFound(`There is no signing key ${kid}.`)
    if (!yes && !(await isSure(kid))) throw new Ending(FAILED, 'Nothing was dropped.')
    const outcome = await keys.drop(kid)
    if (outcome.kind === 'not-found') throw notFound(`There is no signing key ${kid}.`)
    const signs = outcome.dropped.state === 'current' ? ` Key ${outcome.current.kid} signs now.` : ''
    const answer = { dropped: kid, current: outcome.current.kid }
    printDone(`Dropped key ${kid}; its tokens are refused from now on.${signs}`, answer, options)
  })
}

function managed({ manageKeys }: Latchkey) {
  if (!manageKeys) throw new Ending(FAILED, BY_SETTING)
  return manageKeys
}

async function isSure(kid: string): Promise<boolean> {
  const { default: confirm } = await import('@inquirer/confirm')
  const message = `Drop key ${kid}? Programs with its tokens must log in again.`
  return confirm({ message, default: false }, { output: process.stderr })
}

function row({ kid, alg, state, signsAt, expiresAt }: KeyFacts): Row {
  return { kid, alg, state, signs_at: signsAt, expires_at: expiresAt }
}

/** 80 columns: of the two times the one that is still to come, or for the current key the one since when. */
function line(key: KeyFacts): Row {
  return shown(key, key.expiresAt ?? key.signsAt)
}

/** A table never cuts the column called id, and a key is dropped by its whole name. */
function shown({ kid, alg, state }: { kid: string; alg: string; state: string }, time: Date | null): Row {
  return { id: kid, alg, state, time }
}
