/** `manage session …`: the live sessions of an account, and ending them. */
import type { Command } from 'commander'
import { z } from 'zod'
import type { SessionRecord } from '#lib/core/records'
import { Ending, notFound, USAGE } from '../ending'
import { printRows, say, type OutputOptions, type Row } from '../output'
import { getUser, withLatchkey } from '../with-latchkey'

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
    .action(revoke)
}

async function list(account: string, options: OutputOptions) {
  await withLatchkey(async (latchkey) => {
    const user = await getUser(latchkey, account)
    const sessions = await latchkey.administer.listSessions(user)
    printRows(sessions.map(options.json ? row : shortRow), options, `${user.email} is logged in nowhere.`)
  })
}

async function revoke(id: string | undefined, { user }: { user?: string }) {
  if ((id === undefined) === (user === undefined))
    throw new Ending(USAGE, 'Name one session by its id, or an account with --user.')
  await withLatchkey(async (latchkey) => {
    if (user !== undefined) {
      const ended = await latchkey.administer.revokeAllSessions(await getUser(latchkey, user))
      return say(`Ended ${ended} session${ended === 1 ? '' : 's'} of ${user}.`)
    }
    const found = z.uuid().safeParse(id).success && (await latchkey.administer.revokeSession(id ?? ''))
    if (!found) throw notFound(`There is no live session ${id}.`)
    say(`Ended session ${id}.`)
  })
}

function row({ id, kind, generation, ip, userAgent, createdAt, lastSeenAt, absoluteExpiresAt }: SessionRecord): Row {
  const times = { created_at: createdAt, last_seen_at: lastSeenAt, expires_at: absoluteExpiresAt }
  return { id, kind, generation, ip, user_agent: userAgent, ...times }
}

function shortRow({ id, kind, ip, lastSeenAt }: SessionRecord): Row {
  return { id, kind, ip, last_seen: lastSeenAt }
}
