import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Thing } from '../../test/cache.ts'
import { createCache } from './index.ts'

const POLICY = { ttlMs: 100, graceMs: 50, negativeTtlMs: 30, tiers: 'memory' } as const
const LONGEST_MS = POLICY.ttlMs * 1.1 + POLICY.graceMs
const IDS = ['a', 'b', 'c'] as const
const GROUPS = ['red', 'blue'] as const

type Load = { ids: readonly string[]; answer: Map<string, Thing>; end: (error?: Error) => void }

/** A cache whose clock, randomness and upstream are controlled by the test, and its invariants. */
class Model {
  clock = 0
  readonly rows = new Map<string, Thing>()
  readonly loads: Load[] = []
  readonly reads: Promise<void>[] = []
  /** The oldest version that a new read may return, by id and by id and group. */
  readonly least = new Map<string, number>()
  /** The version at the last purge of a row. */
  readonly deletedAt = new Map<string, number>()
  /** When the upstream returned a version. */
  readonly answeredAt = new Map<number, number>()
  readonly #random: () => number
  #version = 0

  constructor(random: () => number) {
    this.#random = random
  }

  readonly cache = createCache({ name: 'model', now: () => this.clock, random: () => this.#random() })
  readonly things = this.cache.define({
    namespace: 'catalog:thing',
    schema: Thing,
    policy: POLICY,
    tagsOf: ({ group }) => [`catalog:group:${group}`],
  })

  change(id: string, group: string): void {
    this.rows.set(id, { id, group, version: ++this.#version })
  }

  delete(id: string): void {
    this.rows.delete(id)
    this.deletedAt.set(id, ++this.#version)
  }

  async purge(tags: string[], ids: readonly string[]): Promise<void> {
    for (const id of ids) this.least.set(id, this.rows.get(id)?.version ?? this.deletedAt.get(id) ?? 0)
    await this.cache.invalidate(tags)
  }

  /** Concerns only entries that were cached while in that group. */
  async purgeGroup(id: string, group: string): Promise<void> {
    this.least.set(`${id}:${group}`, this.rows.get(id)?.version ?? 0)
    await this.cache.invalidate([`catalog:group:${group}`])
  }

  read(ids: readonly string[]): void {
    const least = new Map(this.least)
    const begun = this.clock
    const load = (asked: readonly string[], signal: AbortSignal) => {
      const { promise, resolve, reject } = Promise.withResolvers<ReadonlyMap<string, Thing>>()
      const answer = new Map(
        asked.flatMap((id) => (this.rows.has(id) ? [[id, { ...(this.rows.get(id) as Thing) }]] : [])) as [
          string,
          Thing,
        ][],
      )
      // One load at a time: an id that is being loaded is not loaded again.
      for (const other of this.loads) for (const id of asked) expect(other.ids).not.toContain(id)
      const loading: Load = {
        ids: asked,
        answer,
        end: (error) => {
          this.loads.splice(this.loads.indexOf(loading), 1)
          for (const { version } of answer.values()) this.answeredAt.set(version, this.clock)
          if (error) reject(error)
          else resolve(answer)
        },
      }
      this.loads.push(loading)
      signal.addEventListener('abort', () => loading.end(signal.reason))
      return promise
    }
    const check = (found: ReadonlyMap<string, Thing>) => {
      for (const id of ids) {
        const version = found.get(id)?.version ?? this.deletedAt.get(id) ?? 0
        // Never a value older than a purge before the read.
        expect(version).toBeGreaterThanOrEqual(least.get(id) ?? 0)
        if (found.has(id))
          expect(version).toBeGreaterThanOrEqual(least.get(`${id}:${found.get(id)?.group}`) ?? 0)
        // Never past its lifetime.
        if (found.has(id)) expect(begun - (this.answeredAt.get(version) ?? 0)).toBeLessThanOrEqual(LONGEST_MS)
      }
    }
    const failed = (error: Error) => {
      if (error.message !== 'upstream down') throw error
    }
    const reading = this.things.getMany(ids, load).then(check, failed)
    reading.catch(() => {}) // checked at the end
    this.reads.push(reading)
  }

  async settle(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve))
  }
}

const id = fc.constantFrom(...IDS)
const group = fc.constantFrom(...GROUPS)
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('read'), ids: fc.subarray([...IDS], { minLength: 1 }) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('answer'), which: fc.nat(5), fails: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait'), ms: fc.integer({ min: 1, max: 200 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('change'),
      id,
      group,
      purge: fc.constantFrom('id', 'kind', 'group', 'not'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete'), id }) },
)

async function take(
  model: Model,
  what: typeof step extends fc.Arbitrary<infer S> ? S : never,
): Promise<void> {
  if ('ids' in what) model.read(what.ids)
  else if ('which' in what) {
    const load = model.loads[what.which % Math.max(1, model.loads.length)]
    load?.end(what.fails ? new Error('upstream down') : undefined)
  } else if ('ms' in what) model.clock += what.ms
  else if ('purge' in what) {
    const old = model.rows.get(what.id)?.group
    model.change(what.id, what.group)
    // As an event handler does: purge the dependencies of the old and of the new value.
    if (what.purge === 'id') await model.purge([model.things.tagOf(what.id)], [what.id])
    if (what.purge === 'kind') await model.purge([model.things.tag], IDS)
    if (what.purge === 'group' && old) await model.purgeGroup(what.id, old)
  } else {
    model.delete(what.id)
    await model.purge([model.things.tagOf(what.id)], [what.id])
  }
  await model.settle()
}

describe('property', () => {
  test('in any order of operations: no value older than a purge, none past its lifetime, one load at a time', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 40, size: 'max' }),
        fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })),
        async (steps, chance) => {
          const model = new Model(() => chance.next().value)
          for (const id of IDS) model.change(id, 'red')
          for (const what of steps) await take(model, what)
          for (let left = 20; model.loads.length > 0 && left > 0; left--) {
            for (const load of [...model.loads]) load.end()
            await model.settle()
          }
          await Promise.all(model.reads)
        },
      ),
      { numRuns: 250 },
    )
  })
})
