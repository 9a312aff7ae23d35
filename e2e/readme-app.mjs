/**
 * The project with the code of the README added, built anew: what the README says about protecting a page and a handler is
 * what e2e/readme.spec.ts then visits.
 */
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'

/** Each block of the README that opens with the path of a file, and its code. */
function readmeFiles(/** @type {string} */ readme) {
  return [...readme.matchAll(/```tsx?\n\/\/ (\S+)\n([\s\S]*?)```/g)].map(([, file = '', code = '']) => ({ file, code }))
}

/**
 * @param {string} root
 * @param {string} target
 */
export function buildReadmeApp(root, target) {
  fs.mkdirSync(target, { recursive: true })
  // Turbopack compiles nothing outside its root, and the packages are the project's.
  const config = `import config from ${JSON.stringify(path.join(root, 'next.config.js'))}\nexport default { ...config, turbopack: { root: ${JSON.stringify(root)} } }\n`
  fs.writeFileSync(path.join(target, 'next.config.js'), config)
  for (const name of ['node_modules', 'postcss.config.mjs', 'prisma', 'cli'])
    fs.symlinkSync(path.join(root, name), path.join(target, name))
  for (const name of ['app', 'lib', 'package.json', 'tsconfig.json', 'middleware.ts', 'instrumentation.ts']) {
    fs.cpSync(path.join(root, name), path.join(target, name), { recursive: true })
  }
  const files = readmeFiles(fs.readFileSync(path.join(root, 'README.md'), 'utf8'))
  for (const { file, code } of files) {
    fs.mkdirSync(path.dirname(path.join(target, file)), { recursive: true })
    fs.writeFileSync(path.join(target, file), code)
  }
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [path.join(root, 'node_modules/next/dist/bin/next'), 'build'],
    { cwd: target, encoding: 'utf8' },
  )
  if (status !== 0) throw new Error(`The README's code does not build:\n${stdout}${stderr}`)
}
