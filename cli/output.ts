/** Data goes to standard output, as a table for people or as JSON for machines; everything said beside it goes to standard error. */

export type Cell = string | number | boolean | null | Date
export type Row = Record<string, Cell>

export interface OutputOptions {
  json?: boolean
}

/** A list. In JSON one array with snake_case keys. */
export function printRows(rows: Row[], { json }: OutputOptions, empty: string): void {
  if (json) return print(JSON.stringify(rows, null, 2))
  if (rows.length === 0) return say(empty)
  const names = Object.keys(rows[0] ?? {})
  const table = [names.map(heading), ...rows.map((row) => names.map((name) => text(row[name] ?? null)))]
  const widths = names.map((_, i) => Math.max(...table.map((line) => line[i]?.length ?? 0)))
  for (const line of table)
    print(
      line
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
}

/** One thing, a fact a line. In JSON one object. */
export function printRecord(record: Row, { json }: OutputOptions): void {
  if (json) return print(JSON.stringify(record, null, 2))
  const width = Math.max(...Object.keys(record).map((name) => name.length))
  for (const [name, value] of Object.entries(record)) print(`${heading(name).padEnd(width)}  ${text(value)}`)
}

/** For the person at the terminal, beside the data. */
export function say(sentence: string): void {
  process.stderr.write(`${sentence}\n`)
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

const heading = (name: string) => name.replaceAll('_', ' ')

function text(cell: Cell): string {
  if (cell === null) return '-'
  if (typeof cell === 'boolean') return cell ? 'yes' : 'no'
  // To the second, in UTC: the same on every machine that reads the log.
  return cell instanceof Date ? cell.toISOString().replace(/\.\d+Z$/, 'Z') : String(cell)
}
