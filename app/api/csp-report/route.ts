/** `POST /api/csp-report/`: browsers say here what our Content-Security-Policy stopped. Logged in one line, cut short, and forgotten; longer ones than 10 kB do not get here. */
import { z } from 'zod'

const text = z.string().transform((value) => value.slice(0, 200))
const legacy = z.object({
  'csp-report': z.object({ 'effective-directive': text.optional(), 'violated-directive': text.optional() }),
})
const modern = z.array(z.object({ body: z.object({ effectiveDirective: text }) })).max(20)

export async function POST(request: Request): Promise<Response> {
  const directives = parse(await request.text())
  if (directives.length === 0) return new Response(null, { status: 400 })
  // Only the directive: addresses in a report are the stranger's to choose.
  console.warn(JSON.stringify({ ts: new Date().toISOString(), level: 'warn', event: 'csp.violation', directives }))
  return new Response(null, { status: 204 })
}

function parse(body: string): string[] {
  try {
    const report: unknown = JSON.parse(body)
    const old = legacy.safeParse(report).data?.['csp-report']
    if (old) return [old['effective-directive'] ?? old['violated-directive'] ?? 'unknown']
    return modern.safeParse(report).data?.map(({ body: { effectiveDirective } }) => effectiveDirective) ?? []
  } catch {
    // Not JSON: no report.
    return []
  }
}
