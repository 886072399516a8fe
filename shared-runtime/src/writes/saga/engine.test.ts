import { setTimeout as sleep } from 'node:timers/promises'
import { scaled } from '@harbor/shared-testing/soak'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createLog } from '../../log/log.ts'
import { createRequestContext } from '../../request/request-context.ts'
import type { LeasedRecords } from '../leases/leased-records.ts'
import { memoryRecords } from '../leases/memory.ts'
import { createSagaEngine } from './engine.ts'
import { Refusal, type Saga, type Step } from './saga.ts'

const LEASE_MS = 6
const log = createLog('test', 'silent')
const Done = z.int().optional()
const State = z.object({ sum: z.int(), reserve: Done, check: Done, pay: Done, order: Done, ship: Done })
type State = z.infer<typeof State>

/** What happens at the n-th attempt of a step. */
type Behaviour = 'well' | 'no effect, no answer' | 'effect, no answer' | 'refused'

/** Simulates processes that die: at the chosen points execution stops. */
class Points {
  #left: number
  #crashed: (() => void) | undefined
  #goOn: (() => void) | undefined
  readonly crash = new Promise<'crash'>((resolve) => (this.#crashed = () => resolve('crash')))
  readonly #released = new Promise<void>((resolve) => (this.#goOn = resolve))
  passed = 0

  /** @param at the point at which it dies */
  constructor(at: number) {
    this.#left = at
  }

  async pass(): Promise<void> {
    this.passed++
    if (this.#left-- !== 0) return
    this.#crashed?.()
    await this.#released
  }

  /** The process was not dead, only paused. */
  wakeUp(): void {
    this.#goOn?.()
  }
}

/** Services whose effects happen once per key, and that record compensations. */
function services(behaviour: Readonly<Record<string, readonly Behaviour[]>>) {
  const effects = new Map<string, 'done' | 'undone'>()
  const tries = new Map<string, number>()
  const meet = (name: string): Behaviour => {
    const n = tries.get(name) ?? 0
    tries.set(name, n + 1)
    return behaviour[name]?.[n] ?? 'well'
  }
  const refused = new Set<string>()
  return {
    effects,
    async call(points: Points, name: string, effect: 'done' | 'undone'): Promise<void> {
      const met = meet(effect === 'done' ? name : `undo ${name}`)
      await points.pass()
      if (effect === 'done' && met === 'refused' && !effects.has(name)) refused.add(name)
      if (effect === 'done' && refused.has(name)) throw new Refusal(`NO_${name}`)
      if (met === 'no effect, no answer') throw new Error('no answer')
      // The first answer to a key is final: a compensated effect does not happen again.
      if (effect === 'undone' || !effects.has(name)) effects.set(name, effect)
      await points.pass()
      if (met === 'effect, no answer') throw new Error('no answer')
    },
  }
}

type World = ReturnType<typeof services>
type Tools = { world: World; points: Points }

const step = (name: string, undoable: boolean): Step<State, Tools> => ({
  name,
  async run({ state, tools, key }) {
    expect(key).toBe(`saga-1-${name}`)
    await tools.world.call(tools.points, name, 'done')
    return { [name]: state.sum }
  },
  ...(undoable && {
    undo: ({ state, tools }) => {
      // A compensated effect is recorded.
      expect(state).toHaveProperty(name)
      return tools.world.call(tools.points, name, 'undone')
    },
  }),
})

const saga = (forwardForMs: number): Saga<State, Tools> => ({
  name: 'test',
  state: State,
  steps: [
    step('reserve', true),
    step('check', false),
    step('pay', true),
    step('order', false),
    step('ship', false),
  ],
  pivot: 'order',
  forwardForMs,
})

const UNDOABLE = ['reserve', 'pay'] as const

/** Every call of the journal adds a point before and one after it. */
const watched = (records: LeasedRecords, points: Points): LeasedRecords => {
  const around =
    <A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      await points.pass()
      const result = await call(...args)
      await points.pass()
      return result
    }
  return {
    claim: around(records.claim),
    write: around(records.write),
    settle: around(records.settle),
    release: around(records.release),
    forget: around(records.forget),
    due: records.due,
  }
}

/** Runs of one saga, each killed at a point, followed by one that is not killed. */
async function live(
  crashes: readonly number[],
  behaviour: Record<string, Behaviour[]>,
  forwardForMs = 60_000,
) {
  const records = memoryRecords({ keepMs: 60_000, recovered: true })
  const world = services(behaviour)
  const lives: Points[] = []
  const ended: Promise<unknown>[] = []
  const begin = async () => ({ sum: 7 })

  for (const at of [...crashes, Number.POSITIVE_INFINITY]) {
    const points = new Points(at)
    const engine = createSagaEngine({ saga: saga(forwardForMs), journals: watched(records, points), log })
    const last = at === Number.POSITIVE_INFINITY
    const leaseMs = last ? 1_000 : LEASE_MS
    const worker = () => ({
      context: createRequestContext({ budgetMs: 0 }),
      tools: { world, points },
      leaseMs,
    })
    const life = async () => {
      // A user starts the first run; recovery starts the others, as long as there is something to recover.
      if (lives.length === 1) await engine.run('saga-1', worker(), begin).catch(() => {})
      for (let tries = 0; tries < 40 && !(await engine.recover('saga-1', leaseMs, worker)); tries++)
        if (!last) break
    }
    lives.push(points)
    const living = life()
    ended.push(living)
    await Promise.race([living, points.crash])
    await sleep(LEASE_MS + 2)
  }
  const engine = createSagaEngine({ saga: saga(forwardForMs), journals: records, log })
  const tools = { world, points: new Points(Number.POSITIVE_INFINITY) }
  const worker = () => ({ context: createRequestContext({ budgetMs: 0 }), tools, leaseMs: 1_000 })
  const ask = () =>
    engine.run('saga-1', worker(), begin).then(
      (state) => ({ state }),
      (error: unknown) => ({ error }),
    )
  // The user retries while the outcome is unknown, and recovery does the rest.
  let outcome = await ask()
  for (let tries = 0; tries < 40 && 'error' in outcome && !(outcome.error instanceof Refusal); tries++)
    outcome = await ask()
  for (let tries = 0; tries < 40 && !(await engine.recover('saga-1', 1_000, worker)); tries++);
  return { outcome, world, lives, ended }
}

function expectAllOrNothing({ outcome, world }: Awaited<ReturnType<typeof live>>): void {
  if ('state' in outcome) {
    expect(outcome.state).toMatchObject({ sum: 7, reserve: 7, pay: 7, order: 7 })
    for (const name of ['reserve', 'check', 'pay', 'order', 'ship'])
      expect(world.effects.get(name)).toBe('done')
  } else {
    expect(outcome.error).toBeInstanceOf(Refusal)
    for (const name of UNDOABLE) expect(world.effects.get(name)).not.toBe('done')
    expect(world.effects.has('order')).toBe(false)
    expect(world.effects.has('ship')).toBe(false)
  }
}

const scenarioOf = (names: readonly string[], kinds: readonly Behaviour[]) =>
  fc.record(
    Object.fromEntries(
      names.map((name) => [name, fc.array(fc.constantFrom(...kinds), { maxLength: 3 })]),
    ) as Record<string, fc.Arbitrary<Behaviour[]>>,
  )
const WEATHER = fc
  .tuple(
    scenarioOf(
      ['reserve', 'check', 'pay', 'order'],
      ['well', 'no effect, no answer', 'effect, no answer', 'refused'],
    ),
    scenarioOf(['ship', 'undo reserve', 'undo pay'], ['well', 'no effect, no answer', 'effect, no answer']),
  )
  .map(([before, after]) => ({ ...before, ...after }))

describe('a saga', () => {
  it('runs each step once, in order, and gives the same answer when repeated', async () => {
    const { outcome, world } = await live([], {})
    expect(outcome).toEqual({ state: { sum: 7, reserve: 7, check: 7, pay: 7, order: 7, ship: 7 } })
    expect([...world.effects.keys()]).toEqual(['reserve', 'check', 'pay', 'order', 'ship'])
  })

  it.each(['reserve', 'check', 'pay', 'order'])(
    'refused by %s is undone and reports the reason',
    async (name) => {
      const lived = await live([], { [name]: ['refused'] })
      expect(lived.outcome).toMatchObject({ error: { reason: `NO_${name}` } })
      expectAllOrNothing(lived)
    },
  )

  const points = async (behaviour: Record<string, Behaviour[]>) =>
    (await live([], behaviour)).lives[0]?.passed ?? 0

  it('killed at any point is finished by the next process', async () => {
    for (let at = 0; at < (await points({})); at++) {
      const lived = await live([at], {})
      expect(lived.outcome).toHaveProperty('state')
      expectAllOrNothing(lived)
    }
  })

  it('killed at any point of its compensation is undone by the next process', async () => {
    const behaviour = { order: ['refused'] satisfies Behaviour[] }
    for (let at = 0; at < (await points(behaviour)); at++) expectAllOrNothing(await live([at], behaviour))
  })

  it('is all or nothing however often it is killed, and whatever happens to its calls', {
    timeout: scaled(20_000, 600_000),
  }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(24), { maxLength: 4 }),
        WEATHER,
        fc.constantFrom(-1, 15, 60_000),
        async (crashes, behaviour, forwardForMs) => {
          const lived = await live(crashes, behaviour, forwardForMs)
          expectAllOrNothing(lived)
          // Paused processes resume here and must not change the outcome.
          for (const zombie of lived.lives) zombie.wakeUp()
          await Promise.all(lived.ended)
          expectAllOrNothing(lived)
        },
      ),
      { numRuns: scaled(60, 3_000) },
    )
  })

  it('that took too long is undone, unless its pivot may have been attempted', async () => {
    const late = await live([], { pay: ['no effect, no answer'] }, -1)
    expect(late.outcome).toMatchObject({ error: { reason: 'TOOK_TOO_LONG' } })
    expectAllOrNothing(late)
    const tried = await live([], { order: Array(5).fill('no effect, no answer') }, 0)
    expectAllOrNothing(tried)
  })

  it('is decided once its pivot is done: later steps are left to recovery', async () => {
    const world = services({ ship: ['no effect, no answer'] })
    const journals = memoryRecords({ keepMs: 60_000, recovered: true })
    const engine = createSagaEngine({ saga: saga(60_000), journals, log })
    const tools = { world, points: new Points(Number.POSITIVE_INFINITY) }
    const worker = () => ({ context: createRequestContext({ budgetMs: 1_000 }), tools, leaseMs: 1_000 })
    const state = await engine.run('saga-1', worker(), async () => ({ sum: 1 }))
    expect(state.order).toBe(1)
    expect(world.effects.has('ship')).toBe(false)
    await expect.poll(() => engine.due(10)).toEqual(['saga-1'])
    expect(await engine.recover('saga-1', 1_000, worker)).toBe(true)
    expect(world.effects.get('ship')).toBe('done')
  })

  it('retries a step with an unknown outcome, within the deadline of the request', async () => {
    const world = services({ pay: ['effect, no answer', 'no effect, no answer'] })
    const engine = createSagaEngine({
      saga: saga(60_000),
      journals: memoryRecords({ keepMs: 60_000, recovered: true }),
      log,
    })
    const tools = { world, points: new Points(Number.POSITIVE_INFINITY) }
    const worker = { context: createRequestContext({ budgetMs: 2_000 }), tools, leaseMs: 3_000 }
    expect(await engine.run('saga-1', worker, async () => ({ sum: 1 }))).toMatchObject({ order: 1 })
  })

  it('has one worker at a time', async () => {
    const world = services({})
    const journals = memoryRecords({ keepMs: 60_000, recovered: true })
    const engine = createSagaEngine({ saga: saga(60_000), journals, log })
    const stopped = new Points(3)
    const worker = (points: Points) => ({
      context: createRequestContext({ budgetMs: 1_000 }),
      tools: { world, points },
      leaseMs: 2_000,
    })
    const first = engine.run('saga-1', worker(stopped), async () => ({ sum: 1 }))
    await stopped.crash
    const second = engine.run('saga-1', worker(new Points(99)), async () => ({ sum: 2 }))
    await expect(second).rejects.toMatchObject({ code: 'IN_PROGRESS' })
    stopped.wakeUp()
    expect(await first).toMatchObject({ sum: 1 })
  })

  it('is not started by a process that stalled before, once a repetition was told that nothing was done', async () => {
    const world = services({})
    const journals = memoryRecords({ keepMs: 60_000, recovered: true })
    const engine = createSagaEngine({ saga: saga(60_000), journals, log })
    const worker = () => ({
      context: createRequestContext({ budgetMs: 1_000 }),
      tools: { world, points: new Points(Number.POSITIVE_INFINITY) },
      leaseMs: LEASE_MS,
    })
    const stalled = Promise.withResolvers<State>()
    const first = engine.run('saga-1', worker(), () => stalled.promise)
    await sleep(LEASE_MS + 2)
    const nothing = new Error('the cart is empty')
    await expect(engine.run('saga-1', worker(), () => Promise.reject(nothing))).rejects.toBe(nothing)
    stalled.resolve({ sum: 1 })
    await expect(first).rejects.toMatchObject({ code: 'IN_PROGRESS' })
    expect(world.effects.size).toBe(0)
    expect(await engine.due(10)).toEqual([])
  })

  it('refused before it began is refused to an attempt that was delayed, whatever has changed since', async () => {
    const world = services({})
    const journals = memoryRecords({ keepMs: 60_000, recovered: true })
    const engine = createSagaEngine({ saga: saga(60_000), journals, log })
    const worker = () => ({
      context: createRequestContext({ budgetMs: 1_000 }),
      tools: { world, points: new Points(Number.POSITIVE_INFINITY) },
      leaseMs: LEASE_MS,
    })
    const refuse = () => Promise.reject(new Refusal('CART_EMPTY', 'There is nothing in the cart.'))
    await expect(engine.run('saga-1', worker(), refuse)).rejects.toMatchObject({ reason: 'CART_EMPTY' })
    await expect(engine.run('saga-1', worker(), async () => ({ sum: 1 }))).rejects.toMatchObject({
      reason: 'CART_EMPTY',
      detail: 'There is nothing in the cart.',
    })
    expect(world.effects.size).toBe(0)
    expect(await engine.due(10)).toEqual([])
  })

  it('that was killed before it began leaves nothing for recovery but to forget it', async () => {
    const world = services({})
    const journals = memoryRecords({ keepMs: 60_000, recovered: true })
    const engine = createSagaEngine({ saga: saga(60_000), journals, log })
    const worker = () => ({
      context: createRequestContext({ budgetMs: 1_000 }),
      tools: { world, points: new Points(Number.POSITIVE_INFINITY) },
      leaseMs: LEASE_MS,
    })
    void engine.run('saga-1', worker(), () => new Promise<State>(() => {}))
    await expect.poll(() => engine.due(10)).toEqual(['saga-1'])
    expect(await engine.recover('saga-1', 1_000, worker)).toBe(true)
    expect(await engine.due(10)).toEqual([])
    expect(await engine.run('saga-1', worker(), async () => ({ sum: 1 }))).toMatchObject({ order: 1 })
  })
})
