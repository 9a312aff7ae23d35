/** 403: logged in, and not permitted. */
import type { Metadata } from 'next'
import Link from 'next/link'

import { buttonLook } from '#components/button'
import { Trouble } from '#components/trouble'

export const metadata: Metadata = { title: 'Not permitted' }

export default function Forbidden() {
  return (
    <Trouble
      title="You may not see this page"
      text="Your account does not have the permission it takes. Those who run this site can give it to you."
    >
      <Link href="/" className={buttonLook()}>
        To the start page
      </Link>
    </Trouble>
  )
}
