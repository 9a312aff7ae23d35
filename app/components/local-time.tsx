'use client'

/** An instant in the reader's zone. The server, which does not know it, writes UTC; hydration compares with that and finds no difference. */
import { useSyncExternalStore } from 'react'

type Style = 'moment' | 'day' | 'clock'

const never = () => () => {}
const options: Record<Style, Intl.DateTimeFormatOptions> = {
  moment: { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' },
  day: { day: 'numeric', month: 'long', year: 'numeric' },
  clock: { hour: '2-digit', minute: '2-digit', second: '2-digit' },
}

export function LocalTime({ at, as = 'moment' }: { at: Date | string; as?: Style }) {
  const instant = new Date(at)
  const text = useSyncExternalStore(
    never,
    () => write(instant, as),
    () => write(instant, as, 'UTC'),
  )
  return (
    <time dateTime={instant.toISOString()} className="tabular-nums">
      {text}
    </time>
  )
}

function write(instant: Date, as: Style, timeZone?: string) {
  const text = new Intl.DateTimeFormat('en-GB', { ...options[as], timeZone }).format(instant)
  return timeZone && as !== 'day' ? `${text} ${timeZone}` : text
}
