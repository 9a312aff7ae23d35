'use client'

/** A fault in the frame itself: the last page that can still be shown, so it brings its own html. */
import { buttonLook } from '#components/button'
import { Trouble } from '#components/trouble'

import './globals.css'

export default function GlobalError({ error }: { error: Error & { digest?: string } }) {
  return (
    <html lang="en">
      <body className="flex min-h-dvh flex-col antialiased">
        <title>Something went wrong · Latchkey</title>
        <Trouble
          title="Something went wrong on our side"
          text="Please load the page again. If it stays like this, tell whoever runs this server."
          reference={error.digest}
        >
          {/* eslint-disable-next-line @next/next/no-html-link-for-pages */}
          <a href="/" className={buttonLook()}>
            To the start page
          </a>
        </Trouble>
      </body>
    </html>
  )
}
