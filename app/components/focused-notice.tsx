'use client'

/** A notice that takes the focus when it appears: what was pressed may be gone, and the news would go unheard. */
import { type ReactNode, useEffect, useRef } from 'react'

import { Notice } from '#components/notice'

export function FocusedNotice({ children }: { children: ReactNode }) {
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => place.current?.focus(), [])
  return (
    <div ref={place} tabIndex={-1}>
      <Notice>{children}</Notice>
    </div>
  )
}
