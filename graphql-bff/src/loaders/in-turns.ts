import DataLoader from 'dataloader'

/** A key, and how many of its rows are asked for. */
export type Limited = { readonly key: string; readonly limit: number }

type Options<Row> = {
  /** Starts the calls for the keys that no call was made for yet, each with the greatest length asked for. */
  readonly call: (missing: ReadonlyMap<string, number>) => (key: string) => Promise<Row | null>
  readonly firstOf: (row: Row, limit: number) => Row
}

/**
 * A loader of one operation: what is asked for in the same turn is called together and resolves together, also what an
 * earlier turn has called already. So whatever is below it is asked for in one turn, too, which the static fan-out
 * counts on. A key is called once, again only for a greater length.
 */
export function inTurns<Row>({ call, firstOf }: Options<Row>) {
  const known = new Map<string, { limit: number; row: Promise<Row | Error | null> }>()
  return new DataLoader<Limited, Row | null>(
    (asked) => {
      const missing = new Map<string, number>()
      for (const { key, limit } of asked) {
        const most = Math.max(missing.get(key) ?? -1, known.get(key)?.limit ?? -1)
        if (limit > most) missing.set(key, limit)
      }
      if (missing.size > 0) {
        const rowOf = call(missing)
        for (const [key, limit] of missing) known.set(key, { limit, row: rowOf(key).catch(asError) })
      }
      return Promise.all(
        asked.map(async ({ key, limit }) => {
          const row = await known.get(key)?.row
          return row && !(row instanceof Error) ? firstOf(row, limit) : (row ?? null)
        }),
      )
    },
    { cache: false },
  )
}

/** The error of one key among many: a loader takes it as the failure of that key. */
const asError = (error: unknown): Error =>
  error instanceof Error ? error : new Error('failed', { cause: error })
