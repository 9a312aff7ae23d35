'use client'

/** Says "logout" to the other tabs. They ask the server before they believe it (session-watch.tsx), so saying it too often does no harm. */
import { useEffect } from 'react'

export function TellOtherTabs() {
  useEffect(() => {
    const channel = new BroadcastChannel('latchkey')
    channel.postMessage('logout')
    channel.close()
  }, [])
  return null
}
