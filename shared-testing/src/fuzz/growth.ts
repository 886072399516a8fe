const RUNS = 7

/**
 * How many times longer the work takes on an input that is four times as long: about 4 when it is linear, about 16
 * when it is quadratic. The shortest of several runs counts, so that a busy machine does not.
 * @param input worst cases of a given length
 */
export function growth(input: (length: number) => string, work: (input: string) => unknown): number {
  const shortest = (length: number) => {
    const text = input(length)
    let least = Number.POSITIVE_INFINITY
    for (let run = 0; run < RUNS; run++) {
      const started = performance.now()
      work(text)
      least = Math.min(least, performance.now() - started)
    }
    return Math.max(least, 0.02) // below that the clock is measured
  }
  shortest(1_000)
  return shortest(32_000) / shortest(8_000)
}

/** What linear work stays below, on a machine with other work to do. */
export const LINEAR = 9
