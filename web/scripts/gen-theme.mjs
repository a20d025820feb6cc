// Writes the theme's CSS variables to a file: see src/app/theme-css.ts.
import { writeFile } from 'node:fs/promises';
import { runnerImport } from 'vite';

const { module } = await runnerImport('./src/app/theme-css.ts', { resolve: { tsconfigPaths: true } });
await writeFile('src/app/styles/theme.gen.css', module.themeCss());
