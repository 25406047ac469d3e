import { defineConfig } from 'vitest/config';
import { AT_ONCE } from './suite.ts';

export default defineConfig({
  test: {
    root: '.',
    include: ['test/conformance/*.conformance.ts'],
    globalSetup: ['test/conformance/setup.ts'],
    fileParallelism: false,
    maxConcurrency: AT_ONCE,
    testTimeout: 90_000,
    hookTimeout: 30_000,
  },
});
