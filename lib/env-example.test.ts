/** .env.example is the list of settings that people read: it names each one, with the default that holds. docs/token-api.md says what each is. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readConfig, settingNames } from './config'

const listed = [...readFileSync('.env.example', 'utf8').matchAll(/^#([A-Z_]+)=(.*)$/gm)].map(
  ([, name = '', value = '']) => [name, value] as const,
)

test('.env.example lists every setting, once, and no other', () => {
  expect(listed.map(([name]) => name).sort()).toEqual([...settingNames].sort())
})

test('docs/token-api.md has every setting in its section B', () => {
  const section = readFileSync('docs/token-api.md', 'utf8').split('\n## B. ')[1]?.split('\n## ')[0] ?? ''
  expect(settingNames.filter((name) => !section.includes(`\`${name}\``))).toEqual([])
})

test('the defaults it shows are the defaults', () => {
  const shown = Object.fromEntries(listed.filter(([name]) => name !== 'DATABASE_URL'))
  expect(readConfig(shown)).toEqual(readConfig({}))
})
