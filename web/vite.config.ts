import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

import { earlyParts } from './scripts/head.ts';
import { fewParts } from './scripts/parts.ts';

const apiTarget = process.env.LONGHAUL_API ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [react(), fewParts(), earlyParts()],
  resolve: { tsconfigPaths: true },
  build: {
    target: 'es2023',
    // The content security policy allows fonts from the app's origin only, so nothing may become a data: URL.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    reportCompressedSize: true,
  },
  server: {
    proxy: {
      '/api': { target: apiTarget, changeOrigin: false },
    },
  },
  test: {
    environment: 'jsdom',
    include: ['src/**/*.test.{ts,tsx}'],
    setupFiles: ['test/setup.ts'],
    css: { modules: { classNameStrategy: 'non-scoped' } },
    restoreMocks: true,
    testTimeout: 60_000,
  },
});
