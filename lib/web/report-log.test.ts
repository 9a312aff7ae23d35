import { afterEach, expect, test, vi } from 'vitest'
import { minutes, seconds } from '#lib/core/duration'
import { logViolation } from './report-log'

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

test('LG-8: a flood of reports writes 60 lines in a minute, then one about the others, also when no other comes', () => {
  vi.useFakeTimers()
  const lines: Record<string, unknown>[] = []
  vi.spyOn(console, 'warn').mockImplementation((line: string) => void lines.push(JSON.parse(line)))
  for (let i = 0; i < 500; i++) logViolation(['script-src'])
  expect(lines).toHaveLength(60)
  expect(lines[0]).toMatchObject({ level: 'warn', event: 'csp.violation', directives: ['script-src'] })
  vi.advanceTimersByTime(minutes(1) + seconds(1))
  expect(lines.slice(60)).toMatchObject([{ level: 'warn', event: 'csp.violation', left_out: 440 }])
  vi.advanceTimersByTime(minutes(5))
  expect(lines).toHaveLength(61)
  logViolation(['img-src'])
  expect(lines[61]).toMatchObject({ directives: ['img-src'] })
})
