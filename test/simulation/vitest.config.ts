import { defineConfig } from 'vitest/config';

// `npm run test:sim`: the fault simulation, some minutes of it; `npm run sim -- --seeds N` runs more.
export default defineConfig({
  test: {
    include: ['test/simulation/**/*.test.ts'],
    maxWorkers: 2,
    testTimeout: 600_000,
  },
});
