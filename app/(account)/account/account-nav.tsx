'use client'

/** The way between the account pages. */
import { MonitorSmartphone, ShieldCheck, UserRound } from 'lucide-react'
import Link from 'next/link'
import { usePathname } from 'next/navigation'

const places = [
  { href: '/account/profile', label: 'Profile', Icon: UserRound },
  { href: '/account/security', label: 'Security', Icon: ShieldCheck },
  { href: '/account/sessions', label: 'Sessions', Icon: MonitorSmartphone },
]

export function AccountNav() {
  const here = usePathname()
  return (
    <nav
      aria-label="Account"
      className="flex gap-1 overflow-x-auto max-md:-mx-4 max-md:border-b max-md:border-line max-md:px-2 max-md:pb-2 md:flex-col"
    >
      {places.map(({ href, label, Icon }) => (
        <Link
          key={href}
          href={href}
          aria-current={here.startsWith(href) ? 'page' : undefined}
          className="flex min-h-11 items-center gap-2.5 rounded-lg px-3 text-[0.9375rem] text-soft transition-colors hover:bg-sunken hover:text-ink aria-[current]:bg-wash aria-[current]:font-medium aria-[current]:text-ink"
        >
          <Icon aria-hidden="true" className="size-4 max-sm:hidden" />
          {label}
        </Link>
      ))}
    </nav>
  )
}
