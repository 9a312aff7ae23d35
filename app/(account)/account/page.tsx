/** /account has no page of its own. */
import { redirect } from 'next/navigation'

import { requirePrincipal } from '#lib/web/require-principal'

export default async function AccountPage() {
  await requirePrincipal()
  redirect('/account/profile')
}
