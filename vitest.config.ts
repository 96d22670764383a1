import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // Unit tests run from source; service tests start what `npm test` has built, and browser tests look at it.
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/service/**', 'test/browser/**'],
          testTimeout: 30_000
        }
      },
      {
        test: {
          name: 'service',
          include: ['test/service/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 60_000,
          // Real processes on few cores: one file at a time.
          fileParallelism: false
        }
      },
      {
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          globalSetup: 'test/browser/tell-without-chromium.ts',
          testTimeout: 120_000,
          hookTimeout: 60_000,
          fileParallelism: false
        }
      }
    ]
  }
})
