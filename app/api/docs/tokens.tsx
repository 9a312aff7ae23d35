'use client'

/** The tokens a reader tries the API with. In this page's memory and nowhere else: a reload forgets them. */
import { createContext, type ReactNode, useContext, useState } from 'react'

interface Tokens {
  access: string
  /** The one obtained last; empty when there is none. */
  refresh: string
}

const Held = createContext<{ tokens: Tokens; setTokens: (tokens: Tokens) => void } | null>(null)

export function TokensHeld({ children }: { children: ReactNode }) {
  const [tokens, setTokens] = useState<Tokens>({ access: '', refresh: '' })
  return <Held value={{ tokens, setTokens }}>{children}</Held>
}

export function useTokens() {
  const held = useContext(Held)
  if (!held) throw new Error('useTokens stands outside TokensHeld')
  return held
}

/** The tokens in an answer's body, null when it brings none. Without rotation a refresh answers with an access token alone. */
export function tokensIn(json: unknown): { access: string; refresh: string | null } | null {
  const { access, refresh } = (typeof json === 'object' && json !== null ? json : {}) as Record<string, unknown>
  return typeof access === 'string' ? { access, refresh: typeof refresh === 'string' ? refresh : null } : null
}
