import js from '@eslint/js'
import { defineConfig } from 'eslint/config'
import tseslint from 'typescript-eslint'

const tests = '**/*.test.{ts,tsx}'
const restricted = (message, ...names) => names.map((name) => ({ name, message }))

const impure = [
  ...restricted('The day is an argument.', 'Temporal', 'performance'),
  ...restricted('Pure code knows no process and no network.', 'process', 'globalThis', 'fetch'),
  ...restricted('Fresh values are arguments.', 'crypto'),
  ...restricted('Pure code does not wait.', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'),
  ...restricted('Locale data differs between machines and years.', 'Intl'),
]
const impureProperties = [
  { object: 'Math', property: 'random', message: 'Fresh values are arguments.' },
  ...['localeCompare', 'toLocaleString', 'toLocaleUpperCase', 'toLocaleLowerCase'].map((property) => ({
    property,
    message: 'Locale data differs between machines and years.',
  })),
]

export default defineConfig(
  { ignores: ['dist/', '.data/', 'samples/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    files: ['**/*.{js,mjs,cjs}'],
    languageOptions: { globals: Object.fromEntries(nodeGlobals().map((name) => [name, 'readonly'])) },
  },
  { files: ['**/*.cjs'], languageOptions: { sourceType: 'commonjs' } },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.recommended],
    rules: {
      'no-undef': 'off',
      // a control character in a text is something we look for
      'no-control-regex': 'off',
      eqeqeq: 'error',
      '@typescript-eslint/triple-slash-reference': ['error', { lib: 'never', path: 'never', types: 'never' }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
    },
  },
  {
    files: [tests],
    rules: {
      'no-restricted-syntax': [
        'error',
        { selector: "MemberExpression[property.name='only']", message: '.only hides every other test.' },
      ],
    },
  },

  // Pure code: day, actor and fresh values are arguments, so that a rule can be replayed in ten years.
  {
    files: ['src/{contract,policy,domain,ledger,evidence}/**/*.ts'],
    ignores: [tests, 'src/evidence/main.ts'],
    // no comment in the file can switch a rule of purity off
    linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'off' },
    rules: {
      'no-restricted-globals': ['error', ...restricted('The day is an argument.', 'Date'), ...impure],
      '@typescript-eslint/no-restricted-types': ['error', { types: { Date: 'The day is an argument.' } }],
      'no-restricted-properties': ['error', ...impureProperties],
      'no-restricted-imports': [
        'error',
        {
          paths: [
            {
              name: 'node:crypto',
              importNames: [
                'default',
                'randomBytes',
                'randomFill',
                'randomFillSync',
                'randomInt',
                'randomUUID',
                'webcrypto',
              ],
              message: 'Fresh values are arguments.',
            },
          ],
        },
      ],
    },
  },
  // The one file of period arithmetic may use Date to count, in UTC, and not to learn what day it is.
  {
    files: ['src/domain/kernel/period.ts'],
    rules: {
      'no-restricted-globals': ['error', ...impure],
      '@typescript-eslint/no-restricted-types': 'off',
      'no-restricted-properties': [
        'error',
        ...impureProperties,
        { object: 'Date', property: 'now', message: 'The day is an argument.' },
        ...['FullYear', 'Month', 'Date', 'Day', 'Hours', 'Minutes']
          .flatMap((part) => [`get${part}`, `set${part}`])
          .map((property) => ({ property, message: 'Count in UTC: the server’s own time zone is not the law’s.' })),
      ],
      'no-restricted-syntax': [
        'error',
        { selector: "CallExpression[callee.name='Date']", message: 'The day is an argument.' },
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'The day is an argument.' },
        { selector: "NewExpression[callee.name='Date'][arguments.length>1]", message: 'Count in UTC: use Date.UTC.' },
      ],
    },
  },

  // A promise nobody awaits is a write nobody saw fail.
  {
    files: ['src/{witness,store,compute,application,interop,http,cli}/**/*.ts'],
    ignores: [tests],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: { '@typescript-eslint/no-floating-promises': 'error' },
  },
  // and an assertion nobody awaits is a test that cannot fail
  {
    files: ['src/**/*.test.ts', 'test/**/*.ts', 'bench/**/*.ts'],
    languageOptions: { parserOptions: { project: './test/tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: { '@typescript-eslint/no-floating-promises': 'error' },
  },
)

function nodeGlobals() {
  return Object.getOwnPropertyNames(globalThis).concat('require', 'module', '__dirname', '__filename')
}
