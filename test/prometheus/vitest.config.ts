import { defineConfig } from 'vitest/config';

// `npm run test:prometheus`: rules and dashboards of the chart under the real Prometheus; needs Debian's package `prometheus`.
export default defineConfig({
  test: {
    include: ['test/prometheus/**/*.test.ts'],
    // Titles are whole: they name panels.
    taskTitleValueFormatTruncate: 400,
    maxWorkers: 2,
    env: { NO_PROXY: '127.0.0.1,localhost' },
    testTimeout: 60_000,
    hookTimeout: 300_000,
  },
});
