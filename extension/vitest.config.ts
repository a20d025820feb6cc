import { defineConfig } from 'vitest/config';
import { WxtVitest } from 'wxt/testing/vitest-plugin';

export default defineConfig({
  plugins: [WxtVitest()],
  test: { include: ['lib/**/*.test.ts'], setupFiles: ['test/setup.ts'], restoreMocks: true, testTimeout: 30_000 },
});
