/** Runs before every test file: what a test does by chance can be repeated from the seed that its failure prints. */
import fc from 'fast-check'
import { beforeEach } from 'vitest'
import { restartRandom, SEED } from './seed.ts'

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: SEED })

beforeEach(({ task, onTestFailed }) => {
  restartRandom()
  onTestFailed(() => console.error(`to repeat what happened by chance in "${task.name}": SEED=${SEED}`))
})
