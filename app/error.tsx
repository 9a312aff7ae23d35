'use client'

/** A fault of ours while a page was made. The reference finds it in the server's log. */
import { Button, buttonLook } from '#components/button'
import { Trouble } from '#components/trouble'

export default function ErrorPage({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <Trouble
      title="Something went wrong on our side"
      text="You are still logged in if you were. Please try again; if it stays like this, tell whoever runs this server."
      reference={error.digest}
    >
      <Button tone="primary" onClick={reset}>
        Try again
      </Button>
      {/* A full load, not a <Link>: the router may be what broke. */}
      {/* eslint-disable-next-line @next/next/no-html-link-for-pages */}
      <a href="/" className={buttonLook('secondary')}>
        To the start page
      </a>
    </Trouble>
  )
}
