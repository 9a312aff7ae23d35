'use client'

/**
 * The session as the server last reported it: asked every two seconds while somebody looks. Each question can refresh the
 * session, so it rests while the tab is hidden or untouched: a forgotten tab must not keep a session from running out.
 */
import { useEffect, useState } from 'react'

import { askSession, type SessionReport } from '../ask-session'
import { eventsBetween, type SessionEvent } from './session-events'

const everyMs = 2000
const restAfterMs = 10 * 60 * 1000
const eventsKept = 6

export interface LiveView {
  report: SessionReport
  events: SessionEvent[]
  contact: 'good' | 'lost' | 'resting'
  /** How far the server's clock is ahead of this device's. */
  aheadMs: number
}

// An action's redirect mounts the page anew; what was seen of this session is kept beside it. Written in the browser only.
let kept: LiveView | null = null

export function useSessionReport(atFirst: SessionReport): LiveView {
  const [view, setView] = useState<LiveView>(() => resume(atFirst))

  useEffect(() => {
    const show = (change: Partial<LiveView>) => setView((kept = { ...(kept ?? resume(atFirst)), ...change }))
    let touchedAt = Date.now()
    let asking = false
    let gone = false
    const touch = () => (touchedAt = Date.now())

    function learn(report: SessionReport, aheadMs: number) {
      const { report: before, events } = kept ?? resume(atFirst)
      if (isOlder(report, before)) return
      const news = eventsBetween(before, report, Date.now() + aheadMs).reverse()
      show({ report, aheadMs, contact: 'good', events: [...news, ...events].slice(0, eventsKept) })
    }

    async function look() {
      if (document.hidden || asking) return
      if (Date.now() - touchedAt > restAfterMs) return show({ contact: 'resting' })
      asking = true
      const answer = await askSession()
      asking = false
      if (gone) return
      if (answer.kind === 'over') location.reload()
      else if (answer.kind === 'unknown') show({ contact: 'lost' })
      else learn(answer.session, answer.aheadMs)
    }

    if (kept?.report.id !== atFirst.id) kept = null
    learn(atFirst, kept?.aheadMs ?? 0)
    const timer = setInterval(look, everyMs)
    const inputs = ['pointermove', 'pointerdown', 'keydown'] as const
    inputs.forEach((input) => addEventListener(input, touch, { passive: true }))
    return () => {
      gone = true
      clearInterval(timer)
      inputs.forEach((input) => removeEventListener(input, touch))
    }
  }, [atFirst])

  return view
}

function resume(atFirst: SessionReport): LiveView {
  if (kept?.report.id === atFirst.id) return isOlder(atFirst, kept.report) ? kept : { ...kept, report: atFirst }
  return { report: atFirst, events: [], contact: 'good', aheadMs: 0 }
}

/** The Back button brings a page, and with it a report, from before. */
function isOlder(report: SessionReport, than: SessionReport) {
  return Date.parse(report.access.issuedAt) < Date.parse(than.access.issuedAt)
}
