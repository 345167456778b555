import { defineConfig } from 'vitest/config';

// The sandbox against the real API server; needs `npm run tools -- etcd kube-apiserver kube-controller-manager`.
export default defineConfig({
  test: {
    include: ['test/parity/**/*.test.ts'],
    globalSetup: ['test/parity/setup.ts'],
    env: { NO_PROXY: '127.0.0.1,localhost' },
    // The garbage collector looks for kinds that are new, such as ours, each 30 s.
    testTimeout: 90_000,
    hookTimeout: 120_000,
  },
});
