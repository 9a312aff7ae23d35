/** Clients for introspection and revocation, made by the command line beside a running server; and that command line. */
import { execFile } from 'node:child_process'
import { root, standard } from './servers'

export interface Client {
  id: string
  secret: string
}

let count = 0

export async function newClient(): Promise<Client> {
  const name = `client ${process.pid} ${Date.now().toString(36)} ${count++}`
  return JSON.parse(await manage('client', 'create', name, '--json'))
}

export const basic = ({ id, secret }: Client) => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
})

/** What it has printed. */
export const manage = (...args: string[]) => manageOn(standard.env, args)

/** The same beside another server: `settings` are those that it was started with. */
export function manageOn(settings: Record<string, string>, args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, ...settings }
    const command = ['--import', 'tsx', 'cli/manage.ts', ...args]
    execFile(process.execPath, command, { cwd: root, env, timeout: 60_000 }, (error, out) =>
      error ? reject(error) : resolve(out),
    )
  })
}
