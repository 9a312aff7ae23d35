/** A password from the prompt, typed twice and not shown, or from standard input; never from an argument, which others can read. */
import { Ending, FAILED, USAGE } from './ending'

const mostBytes = 16 * 1024

export async function readPassword({ noinput }: { noinput?: boolean }): Promise<string> {
  if (!process.stdin.isTTY) return fromStandardInput()
  // The terminal would show what is typed.
  if (noinput) throw new Ending(USAGE, 'With --noinput the password comes from a pipe or a file, not from a terminal.')
  return fromPrompt()
}

async function fromPrompt(): Promise<string> {
  const { default: prompt } = await import('@inquirer/password')
  // The prompt is talk, not data: standard output stays clean.
  const context = { output: process.stderr }
  const validate = (typed: string) => typed !== '' || 'Type a password, or Ctrl-C to leave.'
  const first = await prompt({ message: 'Password:', validate }, context)
  if (first === (await prompt({ message: 'Once more:' }, context))) return first
  throw new Ending(FAILED, 'The two passwords are not the same. Nothing was changed; try again.')
}

/** Everything that comes, but for the line's end. */
async function fromStandardInput(): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) {
    chunks.push(chunk as Buffer)
    if (chunks.reduce((bytes, { length }) => bytes + length, 0) > mostBytes)
      throw new Ending(FAILED, 'What came on standard input is too long to be a password.')
  }
  const password = decode(Buffer.concat(chunks)).replace(/\r?\n$/, '')
  if (password !== '') return password
  throw new Ending(USAGE, 'No password came on standard input. Send it there, or start this at a terminal.')
}

/** Bytes that are no text would all become the same replacement character, and with it different passwords the same. */
function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new Ending(FAILED, 'What came on standard input is not text in UTF-8.')
  }
}
