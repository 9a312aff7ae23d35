/** 404. */
import type { Metadata } from 'next'
import Link from 'next/link'

import { buttonLook } from '#components/button'
import { Trouble } from '#components/trouble'

export const metadata: Metadata = { title: 'Page not found' }

export default function NotFound() {
  return (
    <Trouble
      title="Page not found"
      text="There is nothing at this address. It may have moved, or the link has a typing error."
    >
      <Link href="/" className={buttonLook()}>
        To the start page
      </Link>
    </Trouble>
  )
}
