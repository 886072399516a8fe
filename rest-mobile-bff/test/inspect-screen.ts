import type { Screen } from '@harbor/shared-edge/rest/screen'
import { UpstreamError } from '@harbor/shared-runtime/errors'
import { createRequestContext } from '@harbor/shared-runtime/request-context'
import type { z } from 'zod'
import type { Clients } from '../src/clients.ts'
import { createFormat } from '../src/format/index.ts'
import type { Mobile } from './mobile.ts'

/** How much an answer depends on an upstream: `one-of` only together with all others of which that is true. */
export type Need = 'critical' | 'one-of' | 'optional'

/** What is found out about a screen by asking it, with each of its upstreams down in turn. */
export type Inspection = {
  /** The whole answer. */
  readonly body: string
  /** In the order in which they are asked. */
  readonly upstreams: ReadonlyMap<string, { need: Need; body: string; degraded: readonly string[] }>
}

type Options = { now?: Date }

const OUR_DOING = Symbol('down for the sake of the question')
const isOurDoing = (error: unknown): boolean =>
  error instanceof Error &&
  (error.cause === OUR_DOING ||
    (error.cause instanceof AggregateError && error.cause.errors.every(isOurDoing)))

/** On a busy machine, and in a process that has just begun, services fail without being asked to. */
const TRIES = 20

/** @param now the instant from which relative labels count */
export async function inspectScreen(screen: Screen, mobile: Mobile, { now = new Date() }: Options = {}) {
  const input = await sampleInput(screen, mobile)

  /** `undefined`: there is no answer without what is `down`. */
  async function ask(down: ReadonlySet<string> = new Set()) {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const context = createRequestContext({ budgetMs: 30_000, viewer: await mobile.viewer() })
      const asked = new Set<string>()
      try {
        const clients = watched(mobile.clients.forRequest(context), asked, down)
        const answer = await screen.answer({ ...input, clients, context, format: createFormat('en', now) })
        if ([...answer.failures.values()].every(isOurDoing)) return { asked, ...answer }
      } catch (error) {
        if (isOurDoing(error)) return undefined
        if (!(error instanceof UpstreamError)) throw error
      } finally {
        context.end()
      }
    }
    throw new Error(`${screen.name}: no answer of healthy services`)
  }

  const whole = await ask()
  if (whole === undefined) throw new Error(`${screen.name}: no answer, and nothing is down`)
  const without = new Map<string, Awaited<ReturnType<typeof ask>>>()
  for (const upstream of whole.asked) without.set(upstream, await ask(new Set([upstream])))
  const dispensable = [...without].flatMap(([upstream, answer]) => (answer ? [upstream] : []))
  // It can do without each of them. Without all of them?
  const others = (await ask(new Set(dispensable))) === undefined ? 'one-of' : 'optional'
  return {
    body: JSON.stringify(whole.view),
    upstreams: new Map(
      [...without].map(([upstream, answer]) => [
        upstream,
        {
          need: answer ? others : 'critical',
          body: answer ? JSON.stringify(answer.view) : '',
          degraded: answer?.degraded ?? [],
        },
      ]),
    ),
  } satisfies Inspection
}

/** The clients with a note of whose methods are called; those that are `down` fail at once. */
function watched(clients: Clients, asked: Set<string>, down: ReadonlySet<string>): Clients {
  return new Proxy(clients, {
    get(target, name: string) {
      const client = Reflect.get(target, name, target)
      if (name === 'offline') return client
      if (name === 'optional') return watched(client, asked, down)
      return new Proxy(client, {
        get:
          (api, method) =>
          (...args: unknown[]) => {
            asked.add(name)
            if (!down.has(name)) return Reflect.get(api, method)(...args)
            const failure = Promise.reject(
              new UpstreamError(name, 'unavailable', 'down', { cause: OUR_DOING }),
            )
            failure.catch(() => {})
            return failure
          },
      })
    },
  })
}

/** Values that only a running BFF can give. */
const LIVE: Record<string, (mobile: Mobile) => Promise<string>> = {
  since: (mobile) => mobile.noteChanges('product:p1001'),
}

/** An input out of the examples that the schemas give. */
async function sampleInput({ name, params, query }: Screen, mobile: Mobile) {
  const sample = async (schema: z.ZodObject) => {
    const values: Record<string, string> = {}
    for (const [field, type] of Object.entries<z.ZodType>(schema.shape)) {
      if (type.safeParse(undefined).success) continue
      const value = (await LIVE[field]?.(mobile)) ?? type.meta()?.example
      if (typeof value !== 'string')
        throw new Error(`${name}: give ${field} an example, with .meta({ example })`)
      values[field] = value
    }
    return values
  }
  return { params: await sample(params), query: await sample(query) }
}

/** Where this BFF answers with the screen, for the examples that its schemas give. */
export async function samplePath(screen: Screen, mobile: Mobile): Promise<string> {
  const { path } = screen
  const { params, query } = await sampleInput(screen, mobile)
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => params[name] ?? '')
  const search = new URLSearchParams(query).toString()
  return search === '' ? filled : `${filled}?${search}`
}
