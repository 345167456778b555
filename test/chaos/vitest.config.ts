import { defineConfig } from 'vitest/config';

// `npm run test:chaos`: mishaps on a real control plane; needs `npm run tools`. CHAOS_SECONDS and CHAOS_SEED choose.
export default defineConfig({
  test: {
    include: ['test/chaos/**/*.test.ts'],
    env: { NO_PROXY: '127.0.0.1,localhost' },
    fileParallelism: false,
    hookTimeout: 240_000,
  },
});
