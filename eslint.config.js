import js from '@eslint/js'
import reactHooks from 'eslint-plugin-react-hooks'
import tseslint from 'typescript-eslint'
import globals from 'globals'

const core = [
  'src/model/**',
  'src/parse/**',
  'src/engine/**',
  'src/analysis/**',
  'src/graph/**',
  'src/permalink/**',
]

export default tseslint.config(
  {
    ignores: ['dist', 'dist-cli', 'node_modules', 'test-results', 'playwright-report', 'src/testing/vectors'],
  },
  js.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: {
        project: [
          'src/tsconfig.core.json',
          'src/tsconfig.app.json',
          'src/tsconfig.cli.json',
          'src/tsconfig.test.json',
        ],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      eqeqeq: 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportAllDeclaration', message: 'Import the file itself; no barrels.' },
      ],
    },
  },
  {
    files: core.flatMap(folder => [`${folder}/*.ts`]),
    ignores: ['**/*.test.ts'],
    rules: {
      'no-console': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'The core has no clock: take time as an argument.' },
        {
          object: 'Math',
          property: 'random',
          message: 'The core has no randomness: take a seed as an argument.',
        },
      ],
    },
  },
  { files: ['src/ui/**', 'src/store/**', 'src/main.tsx'], ...reactHooks.configs.flat.recommended },
  { files: ['**/*.{js,mjs}'], languageOptions: { globals: globals.node } },
)
