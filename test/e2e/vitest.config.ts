import { defineConfig } from 'vitest/config';

// `npm run test:e2e`: the scenarios on a real control plane, installed by the real helm; needs `npm run tools`.
export default defineConfig({
  test: {
    include: ['test/e2e/**/*.test.ts'],
    env: { NO_PROXY: '127.0.0.1,localhost' },
    // Titles are whole, so that `-t` finds a scenario by its name.
    taskTitleValueFormatTruncate: 400,
    // Each file has control planes of its own.
    fileParallelism: false,
    // As many as e2e.test.ts has clusters.
    maxConcurrency: 5,
    testTimeout: 300_000,
    // Longer than the clusters may take to start (clusters.ts).
    hookTimeout: 360_000,
  },
});
