import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            '{shared-runtime,shared-clients,mock-services,rest-mobile-bff,graphql-bff,iot-bff,examples,scripts}/**/*.test.ts',
          ],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['e2e/src/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // Two cores: whole processes side by side would measure each other.
          fileParallelism: false,
        },
      },
    ],
  },
})
