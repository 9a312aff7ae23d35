/** What browsers send when our Content-Security-Policy has stopped something: the old form and that of the Reporting API. Only the directive is kept. */
import { z } from 'zod'

const directive = z.string().transform((text) => text.slice(0, 200))

/** `report-uri`: one report. */
export const legacyReport = z.object({
  'csp-report': z.object({ 'effective-directive': directive.optional(), 'violated-directive': directive.optional() }),
})

/** `report-to`: several at once. */
export const reports = z.array(z.object({ body: z.object({ effectiveDirective: directive }) })).max(20)
