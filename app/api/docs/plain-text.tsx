/** A sentence in which `words in backticks` are code. */
export function PlainText({ children }: { children: string }) {
  return children.split('`').map((part, i) =>
    i % 2 === 0 ? (
      part
    ) : (
      <code key={i} className="rounded-sm bg-sunken px-1 py-0.5 font-mono text-[0.875em] wrap-anywhere">
        {part}
      </code>
    ),
  )
}
