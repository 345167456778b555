import { defineConfig } from 'vitest/config';

// `npm run test:sim`: the fault simulation over its fixed seeds, and every planted bug. With SIM_SECONDS it also looks at seeds
// that nobody has seen, for so long; `npm run sim -- --seeds N` runs more of them.
const random = process.env['SIM_SECONDS'] === undefined ? ['test/simulation/random.test.ts'] : [];

export default defineConfig({
  test: {
    include: ['test/simulation/**/*.test.ts'],
    exclude: random,
    maxWorkers: 2,
    testTimeout: 600_000,
  },
});
