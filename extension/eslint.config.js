import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import jsxA11y from 'eslint-plugin-jsx-a11y';
import reactHooks from 'eslint-plugin-react-hooks';
import globals from 'globals';
import tseslint from 'typescript-eslint';

const words = 'Texts are in the catalogue, public/_locales/en/messages.json.';

const markup = [
  { selector: 'JSXAttribute[name.name="dangerouslySetInnerHTML"]', message: 'Names come from strangers; text nodes only.' },
  { selector: 'MemberExpression[property.name=/^(innerHTML|outerHTML|insertAdjacentHTML)$/]', message: 'Names come from strangers; text nodes only.' },
];

const literals = [
  { selector: 'JSXText[value=/\\p{L}{2}/u]', message: words },
  { selector: 'JSXAttribute[name.name=/^(aria-label|title|placeholder|alt)$/] > Literal', message: words },
  { selector: 'JSXExpressionContainer :matches(Literal, TemplateElement)[value=/\\p{L}{2} \\p{L}/u]', message: words },
  { selector: 'Literal[value=/^\\p{Lu}\\p{Ll}+ \\p{L}.* /u]', message: words },
];

export default defineConfig(
  { ignores: ['.output', '.wxt', 'node_modules'] },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  jsxA11y.flatConfigs.strict,
  reactHooks.configs.flat['recommended-latest'],
  {
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ['*.js', 'test/*.mjs', 'scripts/*.mjs'] } } },
    rules: {
      'max-lines': ['error', { max: 250 }],
      'no-restricted-syntax': ['error', ...markup],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
    },
  },
  { files: ['{lib,entrypoints}/**/*.{ts,tsx}'], ignores: ['**/*.test.ts'], rules: { 'no-restricted-syntax': ['error', ...markup, ...literals] } },
  { files: ['**/*.{js,mjs}'], extends: [tseslint.configs.disableTypeChecked], languageOptions: { globals: { ...globals.node, chrome: 'readonly', document: 'readonly' } } },
);
