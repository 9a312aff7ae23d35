'use client'

/** The time in milliseconds, once a second; null in the server's HTML, which would be stale on arrival. */
import { useSyncExternalStore } from 'react'

export function useNow() {
  return useSyncExternalStore(everySecond, wholeSecond, () => null)
}

function everySecond(tell: () => void) {
  const timer = setInterval(tell, 250)
  return () => clearInterval(timer)
}

function wholeSecond() {
  return Math.floor(Date.now() / 1000) * 1000
}
