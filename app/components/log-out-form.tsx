/**
 * The button that ends this session. A plain form that leaves the page: works without JavaScript, never by a link, and the answer's
 * fresh document leaves nothing protected in the client router.
 */
import { LogOut } from 'lucide-react'

import { type ButtonTone } from '#components/button'
import { SubmitButton } from '#components/submit-button'

export function LogOutForm({ tone, className }: { tone?: ButtonTone; className?: string }) {
  return (
    <form action="/auth/logout/" method="post">
      <SubmitButton tone={tone} className={className} pendingLabel="Logging out…">
        <LogOut aria-hidden="true" className="size-4" />
        Log out
      </SubmitButton>
    </form>
  )
}
