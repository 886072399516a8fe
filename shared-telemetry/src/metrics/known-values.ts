/** Stands for every value above the limit. */
const OTHER = 'other'

/** The longest label value; names in this code are shorter. */
const MAX_CHARACTERS = 80

/**
 * The values that a label may have: the first so many that are seen. Each costs memory here and in Prometheus for as
 * long as the process runs, so every value above the limit is `other`, whoever sends it.
 */
export class KnownValues {
  readonly #known = new Set<string>()
  readonly #max: number

  constructor(max: number) {
    this.#max = max
  }

  of(value: string): string {
    if (this.#known.has(value)) return value
    if (this.#known.size >= this.#max || value.length > MAX_CHARACTERS) return OTHER
    this.#known.add(value)
    return value
  }
}
