/** How often, how many, how long: little in `pnpm test`, much in `pnpm soak`, by the same code. */
export const scaled = (inTest: number, inSoak: number): number =>
  process.env.SOAK === 'true' ? inSoak : inTest
