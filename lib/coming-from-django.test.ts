/** The page for people who come from Django says something of every setting that they may look for, and of every difference. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { settingNames } from './config'

const page = readFileSync('docs/guides/coming-from-django.md', 'utf8')
const contract = readFileSync('docs/token-api.md', 'utf8')

const rows = [...page.matchAll(/^\| `(JWT_[A-Z_]+)` /gm)].map(([, name]) => name)

test('every JWT_ setting has its row, once', () => {
  const jwt = settingNames.filter((name) => name.startsWith('JWT_'))
  expect(jwt.length).toBeGreaterThan(4)
  expect(jwt.filter((name) => rows.filter((row) => row === name).length !== 1)).toEqual([])
})

test('a row without a setting is one that the contract names', () => {
  const named = [...contract.matchAll(/`(JWT_[A-Z_]+)`/g)].map(([, name]) => name)
  expect(rows.filter((row) => !named.includes(row))).toEqual([])
})

test('every difference of section F is told, by its number', () => {
  const section = contract.split('\n## F. ')[1]?.split('\n## ')[0] ?? ''
  const numbers = [...section.matchAll(/^(\d+)\. /gm)].map(([, number]) => number)
  expect(numbers.length).toBeGreaterThan(20)
  const told = page.split('## What is different on purpose')[1] ?? ''
  expect(numbers.filter((number) => !told.includes(`(${number})`))).toEqual([])
})

test('every command it names is one of package.json or of the command line', () => {
  const scripts = Object.keys(JSON.parse(readFileSync('package.json', 'utf8')).scripts as object)
  const named = [...page.matchAll(/npm (?:run )?([a-z:]+)/g)].map(([, name]) => name ?? '')
  expect(named.filter((name) => ![...scripts, 'install'].includes(name))).toEqual([])
})
