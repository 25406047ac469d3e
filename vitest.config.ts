import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/setup.ts'],
    // What hangs is ended; what is only slow is not.
    testTimeout: 120_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000 } },
    env: { NO_COLOR: '1' },
    coverage: { provider: 'v8', include: ['src/**/*.ts'] },
  },
});
