/**
 * The start of the server, called once by instrumentation.ts: settings, database, migrations, keys.
 * Only cli/serve.mjs may launch it: it alone knows the address at the other end of a connection (decision 0004).
 */
import { readConfig, type Config } from '#lib/config'
import { hours, seconds } from '#lib/core/duration'
import { edgeRules, type EdgeRules } from '#lib/core/edge-rules'
import { StartError } from '#lib/core/start-error'
import { reportFault } from '#lib/report-fault'
import { openOnce } from '#lib/running'
import { isUnavailable } from '#lib/store/database'
import { openLatchkey } from '#lib/wiring'

/** The hand-shake with cli/serve.mjs. */
interface Launch {
  dev: boolean
  /** Takes the port; who connects waits until ready. A port that cannot be had ends the process with a sentence. */
  listen(address: { host: string; port: number; rules: EdgeRules }): Promise<void>
  ready(info: { lines: string[] }): void
  failed(error: { problem: string; remedy: string }): void
  close?: () => Promise<void>
}

const launch = Symbol.for('latchkey.launch')

export async function boot(): Promise<void> {
  const launcher = (globalThis as { [launch]?: Launch })[launch]
  if (!launcher)
    return exit(new StartError('This server was not started by Latchkey.', 'Start it with npm run dev or npm start.'))
  try {
    const config = readConfig()
    const rules = edgeRules({ ...config, tokenHeader: config.jwt.authHeader.name })
    await launcher.listen({ ...config.listen, rules })
    const latchkey = await openOnce(() =>
      openLatchkey(config, {
        use: 'own',
        report: (line) => void process.stdout.write(`${line}\n`),
        onFault: reportFault,
      }),
    )
    setInterval(() => latchkey.prune().catch(reportFault), hours(1)).unref()
    // A database that does not answer is told of by the requests that need it.
    setInterval(() => latchkey.clock.measure().catch(() => {}), seconds(30)).unref()
    // Every instance looks for itself what has become of the keys; that the database does not answer is told by every request.
    const tendKeys = () => latchkey.tendKeys().catch((error: unknown) => isUnavailable(error) || reportFault(error))
    setInterval(tendKeys, seconds(2)).unref()
    launcher.close = () => latchkey.close()
    launcher.ready({ lines: welcome(config, clockWarning(latchkey.clock.aheadMs())) })
  } catch (error) {
    launcher.failed(error instanceof StartError ? error : unexpected(error))
  }
}

function welcome({ publicUrl, database, dataDir, warnings }: Config, clockWarning: string[]): string[] {
  const where =
    database.kind === 'embedded' ? `the embedded PostgreSQL in ${dataDir}` : 'the PostgreSQL of DATABASE_URL'
  return [
    '',
    `  Latchkey is running at ${publicUrl}`,
    '',
    `  Open ${publicUrl}/register and create your account.`,
    '  An administrator:  npm run manage -- createsuperuser --email you@example.com --username you',
    `  Data: ${where}.  Stop with Ctrl-C.`,
    '',
    ...[...warnings, ...clockWarning].map((warning) => `  Warning: ${warning}`),
  ]
}

/** Nothing here breaks by it, but other services judge our tokens by clocks of their own. */
function clockWarning(aheadMs: number): string[] {
  const apart = Math.round(Math.abs(aheadMs) / 1000)
  if (apart < 5) return []
  return [`This machine's clock is ${apart} s ${aheadMs > 0 ? 'behind' : 'ahead of'} the database's; set it by NTP.`]
}

function unexpected(error: unknown): StartError {
  reportFault(error)
  return new StartError('Latchkey could not start.', 'The lines above say what happened.')
}

function exit(error: StartError): never {
  console.error(`\n${error.problem}\n${error.remedy}\n`)
  process.exit(1)
}
