'use client'

/**
 * Leaves the page when its session is over: at once when another tab logged out, and whenever the page comes back into view,
 * by tab, Back button or browser cache, after the session ended elsewhere.
 */
import { usePathname } from 'next/navigation'
import { useEffect } from 'react'

import { askSession, markLeaving } from './ask-session'

export function SessionWatch() {
  const pathname = usePathname()

  useEffect(() => {
    const channel = new BroadcastChannel('latchkey')
    channel.onmessage = ({ data }) => data === 'logout' && leaveIfOver(() => location.replace('/login'))
    const onVisible = () => document.visibilityState === 'visible' && leaveIfOver()
    const onShow = (event: PageTransitionEvent) => event.persisted && leaveIfOver()
    document.addEventListener('visibilitychange', onVisible)
    window.addEventListener('pageshow', onShow)
    window.addEventListener('beforeunload', markLeaving)
    return () => {
      channel.close()
      document.removeEventListener('visibilitychange', onVisible)
      window.removeEventListener('pageshow', onShow)
      window.removeEventListener('beforeunload', markLeaving)
    }
  }, [])

  // Back inside the app shows a kept page without asking anybody.
  useEffect(() => {
    leaveIfOver()
  }, [pathname])

  return null
}

async function leaveIfOver(leave = () => location.reload()) {
  if ((await askSession()).kind === 'over') leave()
}
