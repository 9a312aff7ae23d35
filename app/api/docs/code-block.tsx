/** Preformatted text; long lines wrap. One that may be long scrolls by itself, and takes focus, so that the keyboard scrolls it too. */
const look = 'rounded-lg bg-sunken p-3.5 font-mono text-[0.8125rem]/relaxed whitespace-pre-wrap wrap-anywhere'

export function CodeBlock({ children }: { children: string }) {
  return (
    <pre className={look}>
      <code>{children}</code>
    </pre>
  )
}

export function ScrollingCode({ label, children }: { label: string; children: string }) {
  return (
    <pre role="group" aria-label={label} tabIndex={0} className={`${look} max-h-96 overflow-auto`}>
      <code>{children}</code>
    </pre>
  )
}
