/**
 * `POST /api/csp-report/`: browsers say here what our Content-Security-Policy stopped. Logged in one line, cut short, so many a
 * minute, and forgotten; longer ones than 10 kB do not get here.
 */
import { legacyReport, reports } from '#lib/core/csp-report'
import { logViolation } from '#lib/web/report-log'

export async function POST(request: Request): Promise<Response> {
  const directives = parse(await request.text())
  if (directives.length === 0) return new Response(null, { status: 400 })
  // Only the directive: addresses in a report are the stranger's to choose.
  logViolation(directives)
  return new Response(null, { status: 204 })
}

function parse(body: string): string[] {
  try {
    const report: unknown = JSON.parse(body)
    const old = legacyReport.safeParse(report).data?.['csp-report']
    if (old) return [old['effective-directive'] ?? old['violated-directive'] ?? 'unknown']
    return reports.safeParse(report).data?.map(({ body: { effectiveDirective } }) => effectiveDirective) ?? []
  } catch {
    // Not JSON: no report.
    return []
  }
}
