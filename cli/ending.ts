/** How a command ends when it does not end well: a sentence on standard error, and the exit status that scripts look at. */
export const FAILED = 1
export const USAGE = 2
const NOT_FOUND = 3
export const INTERRUPTED = 130

export class Ending extends Error {
  constructor(
    readonly status: number,
    /** Empty: it ends without a word. */
    sentence: string,
  ) {
    super(sentence)
  }
}

export const notFound = (what: string) => new Ending(NOT_FOUND, what)

/** Sentences of fields, one a line. */
export function fieldFault(errors: Record<string, string[]>): Ending {
  const lines = Object.entries(errors).flatMap(([field, sentences]) =>
    sentences.map((sentence) => `${field}: ${sentence}`),
  )
  return new Ending(FAILED, lines.join('\n'))
}
