/** The frame of every page: fonts, theme, titles, the skip link. Nothing here knows who is logged in. */
import type { Metadata, Viewport } from 'next'
import localFont from 'next/font/local'
import type { ReactNode } from 'react'

import { readTheme } from '#lib/web/theme'

import './globals.css'

// Each response has its own nonce, and a build must not need a database.
export const dynamic = 'force-dynamic'

export const metadata: Metadata = {
  title: { template: '%s · Latchkey', default: 'Latchkey' },
  description: 'Self-hosted login for Next.js.',
}

const canvas = { light: '#f8faf9', dark: '#0b1210' }

const geist = localFont({
  src: '../node_modules/@fontsource-variable/geist/files/geist-latin-wght-normal.woff2',
  weight: '100 900',
  variable: '--font-geist',
})

// Names and addresses are of any script: these two load only where a page holds their letters.
const geistMore = localFont({
  src: '../node_modules/@fontsource-variable/geist/files/geist-latin-ext-wght-normal.woff2',
  weight: '100 900',
  variable: '--font-geist-more',
  preload: false,
  adjustFontFallback: false,
  declarations: [{ prop: 'unicode-range', value: 'U+0100-02BA,U+02BD-02C5,U+1D00-1DBF,U+1E00-1E9F,U+2C60-2C7F' }],
})

const geistCyrillic = localFont({
  src: '../node_modules/@fontsource-variable/geist/files/geist-cyrillic-wght-normal.woff2',
  weight: '100 900',
  variable: '--font-geist-cyrillic',
  preload: false,
  adjustFontFallback: false,
  declarations: [{ prop: 'unicode-range', value: 'U+0301,U+0400-045F,U+0490-0491,U+04B0-04B1,U+2116' }],
})

export async function generateViewport(): Promise<Viewport> {
  const theme = await readTheme()
  if (theme !== 'system') return { themeColor: canvas[theme] }
  return {
    themeColor: [
      { media: '(prefers-color-scheme: light)', color: canvas.light },
      { media: '(prefers-color-scheme: dark)', color: canvas.dark },
    ],
  }
}

export default async function RootLayout({ children }: { children: ReactNode }) {
  return (
    <html
      lang="en"
      data-theme={await readTheme()}
      className={`${geist.variable} ${geistMore.variable} ${geistCyrillic.variable}`}
    >
      <body className="flex min-h-dvh flex-col antialiased">
        <a
          href="#content"
          className="fixed top-2 left-2 z-50 -translate-y-20 rounded-lg bg-accent px-4 py-3 font-medium text-on-accent focus:translate-y-0"
        >
          Skip to the content
        </a>
        {children}
      </body>
    </html>
  )
}
