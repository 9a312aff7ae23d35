'use client'

/** The access token as a key whose brass runs out, and what happens when it does. Without JavaScript: the same facts, standing still. */
import { EmptyState } from '#components/empty-state'
import { KeyCut } from '#components/key-cut'
import { LocalTime } from '#components/local-time'

import type { SessionReport } from '../ask-session'
import { type SessionEvent, shortId } from './session-events'
import { ShortenForm } from './shorten-form'
import { useNow } from './use-now'
import { useSessionReport } from './use-session-report'

export function LiveSession({ atFirst }: { atFirst: SessionReport }) {
  const { report, events, contact, aheadMs } = useSessionReport(atFirst)
  const now = useNow()
  const { id, issuedAt, expiresAt } = report.access
  const lifeMs = Date.parse(expiresAt) - Date.parse(issuedAt)
  const leftMs = now === null ? null : Math.max(0, Date.parse(expiresAt) - now - aheadMs)

  return (
    <div className="flex flex-col gap-6">
      <div className="grid items-center gap-6 md:grid-cols-[1fr_auto]">
        <div
          role="meter"
          aria-label="Time left of the access token"
          aria-valuemin={0}
          aria-valuemax={Math.round(lifeMs / 1000)}
          aria-valuenow={Math.round((leftMs ?? lifeMs) / 1000)}
          aria-valuetext={leftMs === null ? 'unknown' : countdown(leftMs)}
        >
          <KeyCut id={id} left={leftMs === null ? 1 : leftMs / lifeMs} className="w-full max-w-md" />
        </div>
        <dl className="grid grid-cols-3 gap-x-6 gap-y-4 md:text-right">
          <Figure name="Runs out in">
            {leftMs === null ? <LocalTime at={expiresAt} as="clock" /> : countdown(leftMs)}
          </Figure>
          <Figure name="Access token">{shortId(id)}</Figure>
          <Figure name="Generation">{report.generation}</Figure>
        </dl>
      </div>
      <noscript>
        <p className="text-sm text-soft">
          This browser runs no JavaScript, so the view stands still: reload the page to see it move.
        </p>
      </noscript>
      {contact === 'lost' && <p className="text-sm text-soft">The server does not answer just now. Trying again…</p>}
      {contact === 'resting' && (
        <p className="text-sm text-soft">
          Paused, so that an untouched tab does not keep your session alive. It goes on when you do.
        </p>
      )}
      <ShortenForm />
      <EventList events={events} />
    </div>
  )
}

function Figure({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div className="flex flex-col gap-0.5">
      <dt className="text-sm text-soft">{name}</dt>
      <dd className="text-lg font-medium tracking-tight tabular-nums">{children}</dd>
    </div>
  )
}

function EventList({ events }: { events: SessionEvent[] }) {
  return (
    <div role="log" aria-label="Events">
      {events.length === 0 ? (
        <EmptyState>Nothing has happened yet. What does will be listed here.</EmptyState>
      ) : (
        <ol className="divide-y divide-line border-y border-line text-sm">
          {events.map(({ at, text }) => (
            <li key={at + text} className="flex gap-4 py-2.5">
              <span className="shrink-0 text-soft">
                <LocalTime at={at} as="clock" />
              </span>
              <span className="wrap-anywhere">{text}</span>
            </li>
          ))}
        </ol>
      )}
    </div>
  )
}

function countdown(ms: number) {
  const seconds = Math.floor(ms / 1000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
