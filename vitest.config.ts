import { defineConfig } from 'vitest/config';

// `npm test`: everything that needs Node alone. Suites that need kubectl, Go or a browser have configs of their own.
export default defineConfig({
  test: {
    include: [
      'src/**/*.test.ts',
      'hack/**/*.test.ts',
      'test/integration/**/*.test.ts',
      'test/conformance/**/*.test.ts',
    ],
    dangerouslyIgnoreUnhandledErrors: false,
    // Titles are whole: docs/conformance.md and the README name tests by them.
    taskTitleValueFormatTruncate: 400,
    // Vitest leaves one core free, which on a machine with two halves the speed.
    maxWorkers: 2,
    env: { NO_PROXY: '127.0.0.1,localhost' },
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
