import type { RequestUpstreams } from '../upstreams.ts'
import { MAX_KEYS } from './upstream-call.ts'

/** The calls that an operation made, by name; those of its `optional` clients among them. */
export type CallCounts = Map<string, number>

/**
 * The same clients, which count what is asked of them. A call for more keys than a service takes counts as the several
 * calls that its client makes of it; one that the cache answers counts, too.
 */
export const countCalls = (upstreams: RequestUpstreams, counts: CallCounts): RequestUpstreams =>
  countingClients(upstreams, counts)

function countingClients<Clients extends object>(clients: Clients, counts: CallCounts): Clients {
  const made = new Map<string | symbol, unknown>()
  return new Proxy(clients, {
    get(target, name) {
      let counting = made.get(name)
      if (counting === undefined) {
        const client: unknown = Reflect.get(target, name)
        if (typeof client !== 'object' || client === null) return client
        counting =
          name === 'optional' ? countingClients(client, counts) : countingCalls(client, String(name), counts)
        made.set(name, counting)
      }
      return counting
    },
  })
}

const countingCalls = (client: object, service: string, counts: CallCounts): object =>
  new Proxy(client, {
    get(target, name) {
      const call: unknown = Reflect.get(target, name)
      if (typeof call !== 'function') return call
      return (...args: unknown[]) => {
        const key = `${service}.${String(name)}`
        const [keys] = args
        const calls = Array.isArray(keys) ? Math.ceil(new Set(keys).size / MAX_KEYS) : 1
        counts.set(key, (counts.get(key) ?? 0) + calls)
        return Reflect.apply(call, target, args)
      }
    },
  })
