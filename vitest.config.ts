import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // Unit tests run from source; service tests start what `npm test` has built.
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/service/**'],
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
      }
    ]
  }
})
