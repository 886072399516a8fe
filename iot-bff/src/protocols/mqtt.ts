import type { Log } from '@harbor/shared-runtime/log'
import type { Part } from '@harbor/shared-runtime/part'
import type { FlagStore } from '../flag-store.ts'
import type { StockFlag } from '../messages/stock-flag.ts'

/** Where retained messages are published: the embedded broker (mqtt-embedded.ts) or a real one (mqtt-remote.ts). */
export type Broker = {
  /** Resolves with its address. `connected` is called at each connection, with how many messages it takes at once. */
  start(connected: (window: number) => void): Promise<string>
  /** Publishes a retained message, QoS 1; resolves when the broker has it. Empty takes the retained one away. */
  publish(topic: string, payload: Buffer): Promise<void>
  stop(): Promise<void>
  /** After how many milliseconds the whole set has to be published again; never without. */
  readonly refreshMs?: number
}

const UNKNOWN = Buffer.alloc(0)

/**
 * Flags as retained one-byte messages on `s/{store}/{sku}`: the whole set at each connection, then what
 * changes. A flag that is no longer known, or too old to be served, is taken away: no message, no flag.
 */
export function mqttPart({ store, broker, log }: { store: FlagStore; broker: Broker; log: Log }): Part {
  /** What the broker is to have, by topic: a newer state takes the place of one that still waits. */
  const waiting = new Map<string, Buffer>()
  let window = 0
  let inFlight = 0
  let failing = false
  const refresh = broker.refreshMs === undefined ? undefined : setInterval(putAll, broker.refreshMs).unref()

  store.listen({
    changed: (resource) => resource.kind === 'flag' && put(resource),
    live: putAll,
    lost() {
      for (const { store: shop, sku } of store.flags()) waiting.set(topicOf(shop, sku), UNKNOWN)
      pump()
    },
  })

  return {
    name: 'mqtt',
    start: () =>
      broker.start((offered) => {
        window = offered
        failing = false
        putAll()
      }),
    stop() {
      clearInterval(refresh)
      window = 0
      return broker.stop()
    },
  }

  function put({ store: shop, sku, answers }: StockFlag) {
    waiting.set(topicOf(shop, sku), answers?.plain.body ?? UNKNOWN)
    pump()
  }

  function putAll() {
    if (!store.serving) return
    for (const { store: shop, sku, answers } of store.flags())
      waiting.set(topicOf(shop, sku), answers?.plain.body ?? UNKNOWN)
    pump()
  }

  function pump() {
    for (const [topic, payload] of waiting) {
      if (inFlight >= window) return
      waiting.delete(topic)
      inFlight++
      broker
        .publish(topic, payload)
        .catch((err: unknown) => failed(err, topic))
        .finally(() => {
          inFlight--
          pump()
        })
    }
  }

  /** One line a connection: what stands in the way of one flag does so for thousands. */
  function failed(err: unknown, topic: string) {
    if (!failing && window > 0) log.warn({ err, topic }, 'flags cannot be published')
    failing = true
  }
}

const topicOf = (store: string, sku: string): string => `s/${store}/${sku}`
