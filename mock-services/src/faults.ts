import { z } from 'zod'
import { random } from './seed/random.ts'
import { SERVICE_NAMES, type ServiceName } from './service-names.ts'

/** What can be made to go wrong at a service; any combination. */
export const Fault = z
  .strictObject({
    /** Milliseconds before anything else happens. */
    latencyMs: z.int().min(0).max(600_000),
    /** The share of calls, 0…1, that end in 503 or `UNAVAILABLE`. */
    errorRate: z.number().min(0).max(1),
    /** Calls are taken and never answered. */
    hang: z.boolean(),
    /** Answers come byte by byte at this rate. gRPC: headers, then nothing. */
    dripBytesPerSecond: z.int().min(1),
    /** 200 with what cannot be read: cut off and of wrong types, by turns. */
    malformed: z.boolean(),
    /** The first row of each list is malformed, the others are not. */
    brokenRow: z.boolean(),
    /** Each value of an enum is a word that nobody has agreed on. */
    unknownEnum: z.boolean(),
    /** The port is closed. */
    refuse: z.boolean(),
    /** Connections are cut in the middle of an answer. */
    crash: z.boolean(),
  })
  .partial()
export type Fault = { [K in keyof z.infer<typeof Fault>]?: z.infer<typeof Fault>[K] | undefined }

/** What happens to one call: after `delayMs`, one of these. */
export type FaultPlan =
  | { delayMs: number; outcome: 'none' | 'error' | 'hang' | 'crash' }
  | { delayMs: number; outcome: 'malformed'; how: 'truncated' | 'wrong types' }
  | { delayMs: number; outcome: 'altered'; how: 'broken row' | 'unknown enum' }
  | { delayMs: number; outcome: 'drip'; bytesPerSecond: number }

export type Faults = ReturnType<typeof createFaults>

const NONE: Fault = {}
/** Services that are not perfect by themselves. */
const BY_DEFAULT: Partial<Record<ServiceName, Fault>> = { recommendations: { errorRate: 0.008 } }

/** The faults of all services: set by the control port, asked by the HTTP and the gRPC wrapper at each call. */
export function createFaults({ defaults = true } = {}) {
  const current = new Map<ServiceName, Fault>()
  const listeners = new Map<ServiceName, (refuse: boolean) => Promise<void>>()
  const malformedCalls = new Map<ServiceName, number>()
  const dice = new Map(SERVICE_NAMES.map((name) => [name, random('faults', name)]))
  if (defaults) for (const name of SERVICE_NAMES) current.set(name, BY_DEFAULT[name] ?? NONE)

  const of = (service: ServiceName) => current.get(service) ?? NONE

  async function set(service: ServiceName, fault: Fault): Promise<void> {
    current.set(service, fault)
    await listeners.get(service)?.(fault.refuse ?? false)
  }

  return {
    of,
    /** Replaces the fault of a service; resolves when it is in force. */
    set,
    /** No fault at one service, or at all. */
    async clear(service?: ServiceName): Promise<void> {
      await Promise.all((service ? [service] : SERVICE_NAMES).map((name) => set(name, NONE)))
    },
    /** Tells the one who holds the port when it is to be closed or open. */
    onRefuse(service: ServiceName, listener: (refuse: boolean) => Promise<void>): void {
      listeners.set(service, listener)
    },
    /** What happens to the call that has just arrived. */
    plan(service: ServiceName): FaultPlan {
      const fault = of(service)
      const delayMs = fault.latencyMs ?? 0
      if (fault.hang) return { delayMs, outcome: 'hang' }
      if (fault.errorRate && dice.get(service)?.chance(fault.errorRate)) return { delayMs, outcome: 'error' }
      if (fault.crash) return { delayMs, outcome: 'crash' }
      if (fault.dripBytesPerSecond)
        return { delayMs, outcome: 'drip', bytesPerSecond: fault.dripBytesPerSecond }
      if (fault.brokenRow) return { delayMs, outcome: 'altered', how: 'broken row' }
      if (fault.unknownEnum) return { delayMs, outcome: 'altered', how: 'unknown enum' }
      if (!fault.malformed) return { delayMs, outcome: 'none' }
      const nth = malformedCalls.get(service) ?? 0
      malformedCalls.set(service, nth + 1)
      return { delayMs, outcome: 'malformed', how: nth % 2 === 0 ? 'truncated' : 'wrong types' }
    },
  }
}

/** The same shape with each value of another type: text for numbers, numbers for text, no lists. */
export function wrongTypes(value: unknown): unknown {
  if (Array.isArray(value)) return { first: wrongTypes(value[0]) }
  if (value && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, wrongTypes(inner)]))
  if (typeof value === 'string') return value.length
  if (typeof value === 'number') return `${value}`
  return [value]
}
