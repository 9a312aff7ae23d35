import next from 'eslint-config-next/core-web-vitals'
import typescript from 'eslint-config-next/typescript'

export default [
  { ignores: ['.next/**', '.data/**', '.e2e/**', 'lib/store/generated/**', 'next-env.d.ts'] },
  ...next,
  ...typescript,
  {
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'import/no-anonymous-default-export': 'off',
      'no-console': ['error', { allow: ['error', 'warn'] }],
    },
  },
  {
    // Playwright's fixtures take a function called use; there is no React here.
    files: ['e2e/**'],
    rules: { 'react-hooks/rules-of-hooks': 'off', 'no-empty-pattern': 'off' },
  },
  {
    // Here the terminal is the point.
    files: ['cli/**', 'prisma/**', 'e2e/**', 'bench/**'],
    rules: { 'no-console': 'off' },
  },
]
