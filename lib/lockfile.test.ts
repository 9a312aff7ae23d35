import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

interface Locked {
  version?: string
  resolved?: string
  integrity?: string
  optionalDependencies?: Record<string, string>
}

const text = readFileSync('package-lock.json', 'utf8')
const { packages } = JSON.parse(text) as { packages: Record<string, Locked> }

/** Where Node looks for a package required from another: its own node_modules, and every one above. */
function places(from: string): string[] {
  return from === '' ? [''] : [`${from}/`, ...places(from.slice(0, Math.max(0, from.lastIndexOf('/node_modules/'))))]
}

function installed(from: string, name: string, all: Record<string, unknown>): boolean {
  return places(from).some((place) => Object.hasOwn(all, `${place}node_modules/${name}`))
}

function missingOptional(all: Record<string, Locked>): string[] {
  return Object.entries(all).flatMap(([from, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !installed(from, name, all))
      .map((name) => `${from} → ${name}`),
  )
}

// npm drops the other platforms' packages when a lock file is made anew beside a filled node_modules.
test('the lock file lists the optional packages of every platform', () => {
  expect(missingOptional(packages)).toEqual([])
  for (const platform of ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64', 'win32-x64'])
    expect(Object.keys(packages).filter((name) => name.includes(platform)).length, platform).toBeGreaterThan(2)
})

test('the lock file names no registry, so that any one, or a mirror, serves it', () => {
  expect(Object.entries(packages).filter(([, { resolved }]) => resolved !== undefined)).toEqual([])
  const withoutFunding = text.replace(/"(url|funding)": "[^"]*"/g, '').replace(/"funding": \[[^\]]*\]/g, '')
  expect(withoutFunding.match(/\b[a-z+]+:\/\/[^"]*/g)).toBeNull()
})

test('the lock file holds the digest of every package', () => {
  const without = Object.entries(packages).filter(([name, { integrity }]) => name !== '' && !integrity)
  expect(without.map(([name]) => name)).toEqual([])
})

test('the check sees an optional package that is not listed', () => {
  const one = {
    'node_modules/a': { optionalDependencies: { 'a-linux': '1', 'a-win': '1' } },
    'node_modules/a-linux': {},
  }
  expect(missingOptional(one)).toEqual(['node_modules/a → a-win'])
  const nested = { 'node_modules/a/node_modules/b': { optionalDependencies: { c: '1' } } }
  expect(missingOptional(nested)).toHaveLength(1)
  expect(missingOptional({ ...nested, 'node_modules/a/node_modules/c': {} })).toEqual([])
  expect(missingOptional({ ...nested, 'node_modules/c': {} })).toEqual([])
})
