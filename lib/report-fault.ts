/** What went wrong that nobody expected: one entry for the operator, nothing of the request in it (LG-3). The reply carries the same id. */
export function reportFault(error: unknown, requestId?: string): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  const fault = {
    ts: new Date().toISOString(),
    level: 'error',
    event: 'error',
    ...(requestId ? { request_id: requestId } : {}),
    fault: text,
  }
  console.error(JSON.stringify(fault))
}
