/**
 * A token, drawn as a key: its teeth are the digits of the token's short id, so two tokens look different, and its brass is
 * the share of its life that is left. Attributes only, no styles: the page's policy allows none.
 */
import { useId } from 'react'

const tooth = 29
const bladeStart = 84
const tip = 330

export function KeyCut({ id, left = 1, className }: { id: string; left?: number; className?: string }) {
  const clip = useId()
  const outline = `${bow} ${blade(id)}`
  return (
    <svg viewBox="0 0 336 72" aria-hidden="true" className={className}>
      <clipPath id={clip}>
        <rect
          height="72"
          width={bladeStart + (tip + 4 - bladeStart) * Math.min(1, Math.max(0, left))}
          className="transition-[width] duration-1000 ease-linear"
        />
      </clipPath>
      <path d={outline} fillRule="evenodd" className="fill-line" />
      <path d={outline} fillRule="evenodd" clipPath={`url(#${clip})`} className="fill-brass" />
      <path d={`M${bladeStart + 6} 43.5H318`} strokeWidth="1.5" className="stroke-surface/50" />
    </svg>
  )
}

const bow = 'M61 22h19a4 4 0 0 1 4 4v20a4 4 0 0 1-4 4h-19A28 28 0 1 1 61 22ZM23 27a9 9 0 1 0 0 18 9 9 0 0 0 0-18Z'

function blade(id: string) {
  const teeth = depths(id)
    .map((depth, i) => {
      const x = bladeStart + 8 + i * tooth
      return `L${x} 24L${x + 7} ${24 + depth}h9L${x + 23} 24`
    })
    .join('')
  return `M84 49V24${teeth}L320 24L${tip} 37L322 49Z`
}

/** Eight cuts, however long the id is. */
function depths(id: string) {
  const digits = id.replace(/[^0-9a-f]/gi, '') || '0'
  return Array.from({ length: 8 }, (_, i) => 2 + parseInt(digits[i % digits.length] ?? '0', 16) * 0.9)
}
