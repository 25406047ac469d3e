import { defineConfig } from 'vitest/config';
import { AT_ONCE, PATIENCE } from './suite.ts';

export default defineConfig({
  test: {
    root: '.',
    include: ['test/conformance/*.conformance.ts'],
    globalSetup: ['test/conformance/setup.ts'],
    fileParallelism: false,
    maxConcurrency: AT_ONCE,
    // Longer than the suite waits itself: its output then says what hung.
    testTimeout: 2 * PATIENCE,
    hookTimeout: PATIENCE,
  },
});
