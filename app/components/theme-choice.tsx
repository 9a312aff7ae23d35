'use client'

/** Light, dark, or as the system has it. Posts to /theme; with JavaScript the page changes at once and the post happens behind it. */
import { Monitor, Moon, Sun } from 'lucide-react'
import { usePathname, useSearchParams } from 'next/navigation'
import { type SubmitEvent, useState } from 'react'

import type { Theme } from '#lib/web/theme'

const choices = [
  { value: 'light', label: 'Light theme', Icon: Sun },
  { value: 'dark', label: 'Dark theme', Icon: Moon },
  { value: 'system', label: 'System theme', Icon: Monitor },
] as const

export function ThemeChoice({ theme }: { theme: Theme }) {
  const [chosen, setChosen] = useState(theme)
  const query = useSearchParams().toString()
  const here = usePathname() + (query && `?${query}`)

  async function changeHere(event: SubmitEvent<HTMLFormElement>) {
    const next = (event.nativeEvent.submitter as HTMLButtonElement | null)?.value as Theme
    event.preventDefault()
    setChosen(next)
    document.documentElement.dataset.theme = next
    // Without a connection the choice holds until the next full load.
    const body = new URLSearchParams({ theme: next, next: here })
    await fetch('/theme', { method: 'POST', body, redirect: 'manual' }).catch(() => {})
  }

  return (
    <form action="/theme" method="post" onSubmit={changeHere}>
      <input type="hidden" name="next" value={here} />
      <div role="group" aria-label="Theme" className="inline-flex rounded-lg border border-line p-0.5">
        {choices.map(({ value, label, Icon }) => (
          <button
            key={value}
            type="submit"
            name="theme"
            value={value}
            aria-label={label}
            title={label}
            aria-pressed={chosen === value}
            className="grid h-11 w-11 place-items-center rounded-md text-soft transition-colors hover:text-ink aria-pressed:bg-wash aria-pressed:text-accent-strong sm:h-8 sm:w-9"
          >
            <Icon aria-hidden="true" className="size-4" />
          </button>
        ))}
      </div>
    </form>
  )
}
