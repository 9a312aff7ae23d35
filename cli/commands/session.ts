/** `manage session …`: the live sessions of an account, and ending them. */
import type { Command } from 'commander'
import type { SessionRecord } from '#lib/core/records'
import { Ending, notFound, USAGE } from '../ending'
import { printDone, printRows, type OutputOptions, type Row } from '../output'
import { getUser, withLatchkey } from '../with-latchkey'

const wholeId = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i

export function addSessionCommands(program: Command): void {
  const session = program.command('session').description('sessions: list, revoke')
  session
    .command('list <account>')
    .description('the live sessions of an account, last seen first')
    .option('--json', 'answer in JSON')
    .action(list)
  session
    .command('revoke [id]')
    .description('end one session, or all of an account')
    .option('--user <account>', 'end all sessions of this account')
    .option('--json', 'answer in JSON')
    .action(revoke)
}

async function list(account: string, options: OutputOptions) {
  await withLatchkey(async (latchkey) => {
    const user = await getUser(latchkey, account)
    const sessions = await latchkey.administer.listSessions(user)
    printRows(sessions.map(options.json ? row : shortRow), options, `${user.email} is logged in nowhere.`)
  })
}

async function revoke(id: string | undefined, { user, ...options }: OutputOptions & { user?: string }) {
  if (id !== undefined && user === undefined) return revokeOne(id, options)
  if (id === undefined && user !== undefined) return revokeAll(user, options)
  throw new Ending(USAGE, 'Name one session by its id, or an account with --user.')
}

async function revokeOne(id: string, options: OutputOptions) {
  await withLatchkey(async ({ administer }) => {
    if (!wholeId.test(id) || !(await administer.revokeSession(id))) throw notFound(`There is no live session ${id}.`)
    printDone(`Ended session ${id}.`, { revoked: 1 }, options)
  })
}

async function revokeAll(account: string, options: OutputOptions) {
  await withLatchkey(async (latchkey) => {
    const user = await getUser(latchkey, account)
    const revoked = await latchkey.administer.revokeAllSessions(user)
    printDone(`Ended ${revoked} session${revoked === 1 ? '' : 's'} of ${user.email}.`, { revoked }, options)
  })
}

function row({ id, kind, generation, ip, userAgent, createdAt, lastSeenAt, absoluteExpiresAt }: SessionRecord): Row {
  const times = { created_at: createdAt, last_seen_at: lastSeenAt, expires_at: absoluteExpiresAt }
  return { id, kind, generation, ip, user_agent: userAgent, ...times }
}

function shortRow({ id, kind, ip, lastSeenAt }: SessionRecord): Row {
  return { id, kind, ip, last_seen: lastSeenAt }
}
