import { defineConfig } from 'vitest/config';

// `npm run test:page`: the status page in a headless browser; needs Debian's chromium, or another one that CHROMIUM names.
export default defineConfig({
  test: {
    include: ['test/page/**/*.test.ts'],
    env: { NO_PROXY: '127.0.0.1,localhost' },
    // One browser at a time is enough for a machine with two cores.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
