/** A task and its one form: the heading, the form, and below it the way to the other task. */
import type { ReactNode } from 'react'

import { Card } from '#components/card'

export function AuthCard({
  title,
  lead,
  after,
  children,
}: {
  title: string
  lead?: ReactNode
  after?: ReactNode
  children?: ReactNode
}) {
  return (
    <div className="flex flex-col gap-6">
      <Card bare>
        <div className="flex flex-col gap-6">
          <div className="flex flex-col gap-1.5 text-center">
            <h1 className="text-2xl font-semibold tracking-tight">{title}</h1>
            {lead && <p className="text-[0.9375rem] text-soft wrap-anywhere">{lead}</p>}
          </div>
          {children}
        </div>
      </Card>
      {after && <p className="text-center text-[0.9375rem] text-soft">{after}</p>}
    </div>
  )
}
