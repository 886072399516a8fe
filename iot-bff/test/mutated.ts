import fc from 'fast-check'

/** Bytes with some of them exchanged, cut off, doubled or put in. */
export const mutated = (seeds: readonly Buffer[]): fc.Arbitrary<Buffer> =>
  fc
    .tuple(
      fc.constantFrom(...seeds),
      fc.array(fc.tuple(fc.nat(), fc.constantFrom('set', 'insert', 'cut', 'double'), fc.nat(255)), {
        maxLength: 4,
      }),
    )
    .map(([seed, changes]) => {
      let bytes: Buffer = Buffer.from(seed)
      for (const [where, how, value] of changes) {
        const at = bytes.length === 0 ? 0 : where % bytes.length
        const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)]
        if (how === 'set') bytes = Buffer.concat([before, Buffer.from([value]), after.subarray(1)])
        if (how === 'insert') bytes = Buffer.concat([before, Buffer.from([value, value]), after])
        if (how === 'cut') bytes = before
        if (how === 'double') bytes = Buffer.concat([bytes, after])
      }
      return bytes
    })
