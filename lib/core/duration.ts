/** Lengths of time. Everything inside Latchkey is milliseconds; settings and people write `300`, `5m`, `1d`. */

export const seconds = (n: number) => n * 1000
export const minutes = (n: number) => seconds(n * 60)
export const hours = (n: number) => minutes(n * 60)
export const days = (n: number) => hours(n * 24)

const unit = { s: seconds, m: minutes, h: hours, d: days }

/** A setting's duration in milliseconds: a bare number is seconds, else a whole number and `s`, `m`, `h` or `d`. Null: not a duration. */
export function parseDuration(text: string): number | null {
  const match = /^(\d{1,9})([smhd]?)$/.exec(text.trim())
  if (!match) return null
  return unit[(match[2] || 's') as keyof typeof unit](Number(match[1]))
}
