/** Clients for introspection and revocation, made by the command line beside the running server. */
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

function manage(...args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, ...standard.env }
    const command = ['--import', 'tsx', 'cli/manage.ts', ...args]
    execFile(process.execPath, command, { cwd: root, env, timeout: 60_000 }, (error, out) =>
      error ? reject(error) : resolve(out),
    )
  })
}
