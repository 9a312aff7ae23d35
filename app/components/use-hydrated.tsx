'use client'

/** False in the server's HTML and while hydrating, true from then on: for what only JavaScript can serve. */
import { useSyncExternalStore } from 'react'

const never = () => () => {}

export function useHydrated() {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  )
}
