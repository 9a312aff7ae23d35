/** A titled part of a page: heading and one line of what it is for, then its content on a card. */
import { type ReactNode, useId } from 'react'

import { Card } from '#components/card'

export function Section({ title, about, children }: { title: string; about?: ReactNode; children: ReactNode }) {
  const id = useId()
  return (
    <section aria-labelledby={id} className="flex flex-col gap-4">
      <div className="flex flex-col gap-1">
        <h2 id={id} className="text-lg font-semibold tracking-tight">
          {title}
        </h2>
        {about && <p className="max-w-prose text-[0.9375rem] text-soft">{about}</p>}
      </div>
      <Card>{children}</Card>
    </section>
  )
}
