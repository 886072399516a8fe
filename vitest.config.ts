import { defineConfig } from 'vitest/config'

// `pnpm soak` runs the same tests with large counts, which take as long as they take.
const soak = process.env.SOAK === 'true'

// Prints the seed of what fails, and takes it from SEED. Nothing is tried twice.
const setupFiles = ['./shared-testing/src/seed-setup.ts']

// Vitest gives `expect.poll` one second, which a busy machine can spend on anything.
const expect = { poll: { timeout: 10_000 } }

// The entry that Node takes: Vite would take another, and two copies of graphql do not mix.
const resolve = { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] }

export default defineConfig({
  test: {
    projects: [
      {
        resolve,
        test: {
          name: 'unit',
          include: ['{shared-*,*-bff,mock-services,examples,scripts}/**/*.test.ts'],
          exclude: ['**/node_modules/**', '**/*.timing.test.ts'],
          testTimeout: soak ? 600_000 : 20_000,
          setupFiles,
          expect,
          // Two cores: most of these wait for servers of their own.
          maxWorkers: 2,
        },
      },
      {
        resolve,
        test: {
          name: 'timing',
          include: ['{shared-*,*-bff}/**/*.timing.test.ts'],
          testTimeout: soak ? 600_000 : 20_000,
          setupFiles,
          expect,
          // What says how long something may take has the machine for itself.
          sequence: { groupOrder: 1 },
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'e2e',
          globalSetup: './e2e/build-dashboard.ts',
          include: ['e2e/src/**/*.test.ts'],
          testTimeout: soak ? 600_000 : 60_000,
          setupFiles,
          expect,
          hookTimeout: 60_000,
          // Two cores: whole processes side by side, or beside the unit tests, would measure each other.
          sequence: { groupOrder: 2 },
          fileParallelism: false,
        },
      },
    ],
  },
})
