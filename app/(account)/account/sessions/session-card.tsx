/** One session: where it is, since when, and, unless it is this one, the button that ends it. */
import { Monitor, Smartphone, Terminal } from 'lucide-react'

import { Badge } from '#components/badge'
import { LocalTime } from '#components/local-time'
import type { SessionSummary } from '#lib/web/session-list'

import { EndSessionForm } from './end-session-form'

export function SessionCard({ session }: { session: SessionSummary }) {
  const { id, current, browser, system, ip, createdAt, lastSeenAt, expiresAt } = session
  return (
    <li className="flex flex-wrap items-start gap-4 rounded-2xl border border-line bg-surface p-5">
      <DeviceIcon session={session} />
      <div className="flex min-w-56 flex-1 flex-col gap-1">
        <h3 id={`session-${id}`} className="flex flex-wrap items-center gap-x-2.5 gap-y-1 font-medium">
          {system ? `${browser} on ${system}` : browser}
          {current && <Badge>This session</Badge>}
        </h3>
        <ul className="flex flex-col gap-x-5 text-sm/6 text-soft sm:flex-row sm:flex-wrap">
          <li>{ip}</li>
          <li>
            Last seen <LocalTime at={lastSeenAt} />
          </li>
          <li>
            Started <LocalTime at={createdAt} />
          </li>
          <li>
            {endOf(session)} <LocalTime at={expiresAt} />
          </li>
        </ul>
      </div>
      {!current && <EndSessionForm session={id} />}
    </li>
  )
}

function DeviceIcon({ session: { kind, system } }: { session: SessionSummary }) {
  const look = { 'aria-hidden': true, className: 'mt-0.5 size-5 shrink-0 text-soft' }
  if (kind === 'api') return <Terminal {...look} />
  return /android|ios/i.test(system ?? '') ? <Smartphone {...look} /> : <Monitor {...look} />
}

function endOf({ kind, persistent }: SessionSummary) {
  return kind === 'api' || persistent ? 'Ends by' : 'Ends with the browser, or by'
}
