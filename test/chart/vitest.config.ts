import { defineConfig } from 'vitest/config';

// The chart under the real helm and a real API server; needs `npm run tools -- etcd helm kube-apiserver
// kube-controller-manager kubeconform kubectl`.
export default defineConfig({
  test: {
    include: ['test/chart/**/*.test.ts'],
    globalSetup: ['test/chart/setup.ts'],
    // Releases have objects without a namespace, and CRDs are everybody's.
    fileParallelism: false,
    env: { NO_PROXY: '127.0.0.1,localhost' },
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
