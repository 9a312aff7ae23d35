/** Data goes to standard output, as a table for people or as JSON for machines; everything said beside it goes to standard error. */

export type Cell = string | number | boolean | null | Date | readonly string[]
export type Row = Record<string, Cell>

export interface OutputOptions {
  json?: boolean
}

const narrowest = 12

/** A list. In JSON one array with snake_case keys. */
export function printRows(rows: Row[], { json }: OutputOptions, empty: string): void {
  if (json) return printJson(rows)
  if (rows.length === 0) return say(empty)
  const names = Object.keys(rows[0] ?? {})
  const table = [names.map(heading), ...rows.map((row) => names.map((name) => text(row[name] ?? null)))]
  const widths = names.map((_, i) => Math.max(...table.map((line) => line[i]?.length ?? 0)))
  const fitting = fit(widths, names.indexOf('id'))
  for (const line of table) print(aligned(line, fitting))
}

/** One thing, a fact a line. In JSON one object. */
export function printRecord(record: Row, { json }: OutputOptions): void {
  if (json) return printJson(record)
  const width = Math.max(...Object.keys(record).map((name) => name.length))
  for (const [name, value] of Object.entries(record)) print(`${heading(name).padEnd(width)}  ${text(value)}`)
}

/** What was done: a sentence for people, and one object for machines. */
export function printDone(sentence: string, answer: object, { json }: OutputOptions): void {
  if (json) printJson(answer)
  say(sentence)
}

/** Cells side by side; one that is longer than its width is cut. */
export function aligned(cells: string[], widths: number[]): string {
  const padded = cells.map((cell, i) => cut(cell, widths[i] ?? Infinity).padEnd(widths[i] ?? 0))
  return padded.join('  ').trimEnd()
}

/** For the person at the terminal, beside the data. */
export function say(sentence: string): void {
  process.stderr.write(`${sentence}\n`)
}

export function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

/** Local time to the second: 2026-11-24 10:45:12. JSON has it in UTC. */
export function localTime(at: Date): string {
  const two = (number: number) => String(number).padStart(2, '0')
  const day = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join('-')
  return `${day} ${[at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(':')}`
}

const printJson = (data: object) => print(JSON.stringify(data, null, 2))

const heading = (name: string) => name.replaceAll('_', ' ')

const cut = (cell: string, width: number) => (cell.length > width ? `${cell.slice(0, width - 1)}…` : cell)

/** On a terminal that is too narrow the widest column gives way, never the id; in a pipe nothing is cut. */
function fit(widths: number[], id: number): number[] {
  const room = (process.stdout.columns ?? Infinity) - 2 * (widths.length - 1)
  const result = [...widths]
  for (let over = sum(result) - room; over > 0; over--) {
    const widest = result.reduce((best, width, i) => (i !== id && width > (result[best] ?? 0) ? i : best), -1)
    if ((result[widest] ?? 0) <= narrowest) return result
    result[widest]!--
  }
  return result
}

const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0)

function text(cell: Cell): string {
  if (cell === null) return '-'
  if (typeof cell === 'boolean') return cell ? 'yes' : 'no'
  if (Array.isArray(cell)) return text(cell.length > 0 ? cell.join(', ') : null)
  // Without the seconds an id, an address and a time fit on 80 columns.
  if (cell instanceof Date) return localTime(cell).slice(0, -3)
  // Escape sequences would be obeyed by the terminal.
  return String(cell).replace(/\p{Cc}/gu, '?')
}
