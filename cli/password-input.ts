/** A password from the prompt, typed twice and not shown, or from standard input; never from an argument, which others can read. */
import prompt from '@inquirer/password'
import { Ending, FAILED, USAGE } from './ending'

export async function readPassword({ noinput }: { noinput?: boolean }): Promise<string> {
  const password = noinput || !process.stdin.isTTY ? await fromStandardInput() : await fromPrompt()
  if (password !== '') return password
  throw new Ending(USAGE, 'No password came on standard input. Send it there, or leave out --noinput at a terminal.')
}

async function fromPrompt(): Promise<string> {
  // The prompt is talk, not data: standard output stays clean.
  const context = { output: process.stderr }
  const first = await prompt({ message: 'Password:' }, context)
  if (first === (await prompt({ message: 'Once more:' }, context))) return first
  throw new Ending(FAILED, 'The two passwords are not the same. Nothing was changed; try again.')
}

/** Everything that comes, but for the line's end. */
async function fromStandardInput(): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '')
}
