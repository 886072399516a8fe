import { Counter, type Registry } from 'prom-client'

/**
 * A counter for what happens many times a request, such as reads of a cache: an increment is one look-up in a map (20
 * ns; prom-client takes 150), and its values are given to prom-client when Prometheus asks.
 */
export class Tally<Label extends string> {
  readonly #counts = new Map<string, { readonly labels: Record<Label, string>; count: number }>()

  constructor(registry: Registry, name: string, help: string, labelNames: readonly Label[]) {
    const counts = this.#counts
    new Counter({
      name,
      help,
      labelNames: [...labelNames],
      registers: [registry],
      collect() {
        this.reset()
        for (const { labels, count } of counts.values()) this.inc(labels, count)
      },
    })
  }

  /** @param key equal for equal labels, and bounded in number like them */
  add(key: string, count: number, labels: () => Record<Label, string>): void {
    const kept = this.#counts.get(key)
    if (kept) kept.count += count
    else this.#counts.set(key, { labels: labels(), count })
  }
}
