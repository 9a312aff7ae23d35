/** The mark, a latchkey that stands as an L, alone or with the name. Decorative when the name is beside it. */
export function LogoMark({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true" className={className}>
      <rect width="32" height="32" rx="9" className="fill-[oklch(0.4_0.075_168)]" />
      <g className="fill-[oklch(0.86_0.11_86)]">
        <path
          fillRule="evenodd"
          d="M13 4.5a5.5 5.5 0 0 1 1.75 10.72V21H24v6h-3v-2.4h-1.9V27h-3v-2.4h-1.35V27h-3.5V15.22A5.5 5.5 0 0 1 13 4.5Zm0 3.3a2.2 2.2 0 1 0 0 4.4 2.2 2.2 0 0 0 0-4.4Z"
        />
      </g>
    </svg>
  )
}

export function Logo() {
  return (
    <span className="inline-flex items-center gap-2.5">
      <LogoMark className="size-7" />
      <span className="text-[1.0625rem] font-semibold tracking-tight">Latchkey</span>
    </span>
  )
}
