import { readdirSync } from 'node:fs';

import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import checkFile from 'eslint-plugin-check-file';
import i18next from 'eslint-plugin-i18next';
import { importX } from 'eslint-plugin-import-x';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import jsxA11y from 'eslint-plugin-jsx-a11y';
import reactHooks from 'eslint-plugin-react-hooks';
import globals from 'globals';
import tseslint from 'typescript-eslint';

import { noCycle } from './lint/no-cycle.js';

/** Forbids a pattern in every text of the code: strings, templates and JSX. */
function notInTexts(pattern, message) {
  return ['Literal[value', 'TemplateElement[value.raw', 'JSXText[value'].map((text) => ({ selector: `${text}=/${pattern}/i]`, message }));
}

// The habits that CONTRIBUTING.md (Voice) asks to avoid; tools/voice.sh looks for them in comments, too.
const tics = [
  String.raw`\b(anew|begun|worthless|nobody|somebody|whoever|is had|leads nowhere|no way back)\b`,
  String.raw`\bby (itself|themselves)\b|\b(goes|going|went) on\b|\bdealt with\b`,
  String.raw`\b(is|are) worth nothing\b|\bwants? to be told\b`,
].flatMap((pattern) => notInTexts(pattern, 'Write it as a native speaker would: see Voice in CONTRIBUTING.md.'));

// Only where the word stands in a sentence: paths, query keys and scopes are the API's.
const job = notInTexts(
  String.raw`\sjobs?(?![\w/:-])|(?<![\w/:-])jobs?\s`,
  "Users read “download”; “job” is the API's word: see Words in CONTRIBUTING.md.",
);

const syntax = [
  { selector: 'ExportAllDeclaration', message: 'No barrels: import from the file that defines it.' },
  { selector: 'JSXAttribute[name.name="dangerouslySetInnerHTML"]', message: 'Names come from strangers; text nodes only.' },
];

const features = readdirSync(new URL('src/features', import.meta.url));

// Imports run one way: app → features → components → lib → api. A feature never imports another one; app/ composes them.
const zones = [
  ...features.map((feature) => ({
    target: `./src/features/${feature}`,
    from: './src/features',
    except: [`./${feature}`],
    message: 'A feature does not import another feature; compose them in app/.',
  })),
  { target: './src/features', from: './src/app', message: 'Features do not know the app around them.' },
  {
    target: './src/components',
    from: ['./src/app', './src/features'],
    message: 'Components are shared by features and know none of them.',
  },
  {
    target: './src/lib',
    from: ['./src/app', './src/features', './src/components'],
    message: 'lib/ is the base and knows nothing above it.',
  },
  { target: './src', from: './test', except: ['./'], message: 'The app never imports test code.' },
];

export default defineConfig(
  { ignores: ['dist', 'node_modules', 'src/api/schema.gen.ts'] },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  jsxA11y.flatConfigs.strict,
  reactHooks.configs.flat['recommended-latest'],
  {
    plugins: { 'import-x': importX, 'check-file': checkFile, own: { rules: { 'no-cycle': noCycle } } },
    languageOptions: {
      globals: globals.browser,
      parserOptions: { projectService: { allowDefaultProject: ['*.js', 'public/*.js', 'lint/*.js', 'test/browser/*.mjs', 'scripts/*.mjs'] } },
    },
    settings: { 'import-x/resolver-next': [createTypeScriptImportResolver({ project: './tsconfig.json' })] },
    rules: {
      'max-lines': ['error', { max: 250 }],
      'import-x/no-restricted-paths': ['error', { zones }],
      'own/no-cycle': 'error',
      'check-file/filename-naming-convention': [
        'error',
        { '{src,test,scripts,lint}/**/*.{ts,tsx,mjs,js}': 'KEBAB_CASE' },
        { ignoreMiddleExtensions: true },
      ],
      'check-file/folder-naming-convention': ['error', { 'src/**/': 'KEBAB_CASE' }],
      'no-restricted-syntax': ['error', ...syntax, ...tics],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
    },
  },
  { files: ['src/**'], rules: { 'no-restricted-syntax': ['error', ...syntax, ...tics, ...job] } },
  {
    // What people read comes from a catalogue: between tags and in the attributes that show.
    files: ['src/**/*.tsx'],
    ignores: ['**/*.test.tsx'],
    plugins: { i18next },
    rules: {
      'i18next/no-literal-string': [
        'error',
        {
          mode: 'jsx-only',
          'jsx-attributes': { include: ['label', '.+Label', 'title', 'aria-label', 'placeholder', 'description', 'intro', 'text', 'hint', 'noun', 'alt'] },
          // Keys of catalogues, names of fields and what else code calls by a name.
          callees: { exclude: ['.*'] },
          'object-properties': { exclude: ['.*'] },
          words: { exclude: [/^\P{L}*$/u, 'Longhaul', '&nbsp;', 'https?:.*'] },
          message: 'Texts come from the catalogue of their feature: see src/lib/messages.ts.',
        },
      ],
    },
  },
  {
    // Tests and their servers may be longer than the app's files, and use Node.
    files: ['**/*.test.{ts,tsx}', 'test/**', 'scripts/**', '*.config.*'],
    languageOptions: { globals: globals.node },
    rules: { 'max-lines': ['error', { max: 400 }] },
  },
  { files: ['eslint.config.js'], rules: { 'no-restricted-syntax': ['error', ...syntax] } },
  { files: ['**/*.{js,mjs}'], extends: [tseslint.configs.disableTypeChecked] },
);
