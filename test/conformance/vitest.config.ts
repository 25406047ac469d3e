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
    // Now and then the suite's own client and a tool that asks it something (tools-call-sampling) wait
    // for each other until the suite gives up; who waits for whom is not found out yet.
    retry: 2,
  },
});
