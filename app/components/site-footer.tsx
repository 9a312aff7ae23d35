/** The foot of the pages that need no login: the choice of theme, for those who have no account menu yet. */
import { ThemeChoice } from '#components/theme-choice'
import { readTheme } from '#lib/web/theme'

export async function SiteFooter() {
  return (
    <footer className="mx-auto flex w-full max-w-5xl items-center justify-center px-4 py-6 sm:px-6">
      <ThemeChoice theme={await readTheme()} />
    </footer>
  )
}
