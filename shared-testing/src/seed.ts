import { randomInt } from 'node:crypto'

const HIGHEST = 0x7fff_ffff

function seedOf(given: string | undefined): number {
  if (given === undefined || given === '') return randomInt(HIGHEST)
  const seed = Number(given)
  if (Number.isInteger(seed) && seed >= 0 && seed <= HIGHEST) return seed
  throw new RangeError(`SEED: given ${JSON.stringify(given)}; allowed: an integer from 0 to ${HIGHEST}.`)
}

/** What all chance in this test file follows from: `SEED` of the environment, else another in every run. */
export const SEED = seedOf(process.env.SEED)

let state = SEED

/** A number from 0 up to 1, as `Math.random()`, but the same ones in the same order for the same seed (mulberry32). */
export function random(): number {
  state = (state + 0x6d2b79f5) | 0
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000
}

/** Starts the numbers again, so that a test gets the same ones whether it runs alone or after others. */
export function restartRandom(): void {
  state = SEED
}
