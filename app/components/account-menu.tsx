'use client'

/** Who is logged in and where they can go. A native <details>: it opens without JavaScript; with it, Escape and a click elsewhere close it. */
import { ChevronDown } from 'lucide-react'
import Link from 'next/link'
import { type ReactNode, useEffect, useRef } from 'react'

const places = [
  { href: '/dashboard', label: 'Dashboard' },
  { href: '/account/profile', label: 'Profile' },
  { href: '/account/security', label: 'Security' },
  { href: '/account/sessions', label: 'Sessions' },
]

export function AccountMenu({ email, children }: { email: string; children: ReactNode }) {
  const menu = useRef<HTMLDetailsElement>(null)

  useEffect(() => {
    const close = (event: Event) => {
      if (menu.current?.open && !menu.current.contains(event.target as Node)) menu.current.open = false
    }
    document.addEventListener('pointerdown', close)
    document.addEventListener('focusin', close)
    return () => {
      document.removeEventListener('pointerdown', close)
      document.removeEventListener('focusin', close)
    }
  }, [])

  function closeAndReturn() {
    if (!menu.current?.open) return
    menu.current.open = false
    menu.current.querySelector('summary')?.focus()
  }

  return (
    <details ref={menu} className="group relative" onKeyDown={(event) => event.key === 'Escape' && closeAndReturn()}>
      <summary
        aria-label="Account menu"
        className="flex min-h-11 list-none items-center gap-2 rounded-lg px-2 hover:bg-sunken group-open:bg-sunken"
      >
        <span
          aria-hidden="true"
          className="grid size-8 place-items-center rounded-full bg-accent text-sm font-semibold text-on-accent uppercase"
        >
          {[...email][0]}
        </span>
        <ChevronDown aria-hidden="true" className="size-4 text-soft transition-transform group-open:rotate-180" />
      </summary>
      <div className="absolute right-0 z-20 mt-2 w-72 max-w-[calc(100vw-2rem)] rounded-xl border border-line bg-surface p-1.5 shadow-menu">
        <p className="border-b border-line px-3 pt-2 pb-3 text-sm">
          <span className="block text-soft">Logged in as</span>
          <span className="font-medium wrap-anywhere">{email}</span>
        </p>
        <nav aria-label="Account menu" className="py-1.5">
          {places.map(({ href, label }) => (
            <Link
              key={href}
              href={href}
              onClick={() => menu.current && (menu.current.open = false)}
              className="flex min-h-11 items-center rounded-lg px-3 text-[0.9375rem] hover:bg-sunken sm:min-h-10"
            >
              {label}
            </Link>
          ))}
        </nav>
        {children}
      </div>
    </details>
  )
}
