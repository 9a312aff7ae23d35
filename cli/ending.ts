/** How a command ends when it does not end well: a sentence on standard error, and the exit status that scripts look at. */
export const FAILED = 1
export const USAGE = 2
export const NOT_FOUND = 3

export class Ending extends Error {
  constructor(
    readonly status: number,
    sentence: string,
  ) {
    super(sentence)
  }
}

export const notFound = (what: string) => new Ending(NOT_FOUND, what)
