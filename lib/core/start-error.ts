/**
 * What stops a start, in words for the person at the terminal: what is wrong, and what to do about it.
 * Thrown by config, the stores and the boot; the server and the command line print it and exit with 1.
 */
export class StartError extends Error {
  constructor(
    /** One sentence saying what is wrong. */
    readonly problem: string,
    /** One sentence saying what to do next. */
    readonly remedy: string,
    options?: ErrorOptions,
  ) {
    super(`${problem} ${remedy}`, options)
    this.name = 'StartError'
  }
}
