/** The theme a person chose, kept in a cookie so that the first byte of a page is already in its colours. */
import 'server-only'
import { cookies } from 'next/headers'
import { cookieSpec, THEME_COOKIE_LIFE_MS } from '#lib/core/cookies'
import { running } from '#lib/running'
import type { CookieToSet } from './session-cookies'

const themes = ['light', 'dark', 'system'] as const
export type Theme = (typeof themes)[number]

export async function readTheme(): Promise<Theme> {
  return parseTheme((await cookies()).get('theme')?.value) ?? 'system'
}

export function parseTheme(text: unknown): Theme | null {
  return themes.find((theme) => theme === text) ?? null
}

export async function themeCookie(theme: Theme): Promise<CookieToSet> {
  const { config } = await running()
  return { ...cookieSpec('theme', config.secure, THEME_COOKIE_LIFE_MS, config.cookieSameSite), value: theme }
}
