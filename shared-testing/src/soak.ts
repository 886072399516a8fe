/** How often, how many, how long, which cases: few in `pnpm test`, many in `pnpm soak`, by the same code. */
export const scaled = <T>(inTest: T, inSoak: T): T => (process.env.SOAK === 'true' ? inSoak : inTest)
