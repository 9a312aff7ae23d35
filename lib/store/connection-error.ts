/**
 * Why PostgreSQL could not be reached at a start, in one sentence and a remedy. Called by migrations.ts, the first to connect.
 * Neither ever holds the URL: it has a password in it.
 */
import { StartError } from '#lib/core/start-error'

export interface DatabaseTarget {
  host: string
  port: number
  database?: string
  user?: string
}

type Words = [problem: string, remedy: string]

/** Null when the fault is not one of connecting. */
export function explainConnectionError(error: unknown, target: DatabaseTarget): StartError | null {
  const { code = '', message = '' } = (error ?? {}) as { code?: string; message?: string }
  const words = byCode(code, target) ?? byMessage(message, target)
  return words ? new StartError(...words, { cause: error }) : null
}

function byCode(code: string, { host, port, database, user }: DatabaseTarget): Words | undefined {
  const server = host.startsWith('/') ? `the socket in ${host}` : `${host}:${port}`
  switch (code) {
    case 'ECONNREFUSED':
    case 'ENOENT':
      return [
        `No PostgreSQL answers at ${server}.`,
        'Start it, or put host and port right in DATABASE_URL; without DATABASE_URL an embedded database is used.',
      ]
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return [
        `The database's host ${host} is not known (${code}).`,
        'Put the host right in DATABASE_URL, or mend the name service.',
      ]
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return [
        `The database server at ${server} cannot be reached (${code}).`,
        'Check host, port and firewall, then start again.',
      ]
    case '28P01':
      return [
        `PostgreSQL at ${server} refuses the password of user ${user}.`,
        'Put user and password right in DATABASE_URL (special characters percent-encoded).',
      ]
    case '28000':
      return [
        `PostgreSQL at ${server} does not let user ${user} in from here.`,
        'Create that user, or allow the connection (TLS may be required) in pg_hba.conf.',
      ]
    case '3D000':
      return [
        `The database ${database} does not exist at ${server}.`,
        `Create it (createdb ${database}), or name another one in DATABASE_URL.`,
      ]
    case '42501':
      return [
        `User ${user} may not create tables in the database ${database}.`,
        'Make that user the owner of the database or of its schema public.',
      ]
    case '53300':
      return [`PostgreSQL at ${server} has no connection left.`, 'Close other clients, or raise max_connections.']
    case '57P03':
      return [`PostgreSQL at ${server} is just starting or stopping.`, 'Start again in a moment.']
    case '25006':
      return [`PostgreSQL at ${server} is read-only (a standby).`, 'Name the primary server in DATABASE_URL.']
    default:
      return isTlsCode(code) ? tlsWords(server, code) : undefined
  }
}

function byMessage(message: string, { host, port }: DatabaseTarget): Words | undefined {
  const server = `${host}:${port}`
  if (message.includes('does not support SSL')) {
    return [
      `PostgreSQL at ${server} offers no TLS, which DATABASE_URL asks for.`,
      'Switch TLS on there, or take sslmode out of DATABASE_URL on a trusted network.',
    ]
  }
  if (/timeout/i.test(message)) return byCode('ETIMEDOUT', { host, port })
  if (/Connection terminated|ECONNRESET|EPIPE|EPROTO/i.test(message)) {
    return [
      `What answers at ${server} is not PostgreSQL, or closed the connection.`,
      'Put host and port right in DATABASE_URL, or look into that server’s log.',
    ]
  }
  return undefined
}

function isTlsCode(code: string) {
  return (
    code.startsWith('ERR_TLS') ||
    code.startsWith('ERR_SSL') ||
    code.startsWith('CERT_') ||
    /CERT|UNABLE_TO_VERIFY/.test(code)
  )
}

function tlsWords(server: string, code: string): Words {
  return [
    `The TLS certificate of PostgreSQL at ${server} is not accepted (${code}).`,
    'Give its authority with sslrootcert=<file> in DATABASE_URL, or connect by the name that the certificate holds.',
  ]
}
