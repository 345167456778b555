import { defineConfig } from 'vitest/config';

// `npm run test:kubectl`: the embedded API server under the real kubectl, which `npm test` must not need.
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['**/*.test.ts'],
    globalSetup: ['./require-kubectl.ts'],
    env: { NO_PROXY: '127.0.0.1,localhost' },
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
