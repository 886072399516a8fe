import type { Log } from '@harbor/shared-runtime/log'
import type { Part } from '@harbor/shared-runtime/part'
import type { StockFlag } from '../messages/stock-flag.ts'
import type { FlagStore } from '../stock/flag-store.ts'

/** Where retained messages are published: the embedded broker (mqtt-embedded.ts) or a real one (mqtt-remote.ts). */
export type Broker = {
  /**
   * Resolves with its address. `connected` is called at each connection, with how many messages it takes at once;
   * 0 when the connection, or the right to publish, is gone.
   */
  start(connected: (window: number) => void): Promise<string>
  /**
   * Publishes a retained message, QoS 1; resolves when the broker has it. An empty one removes the retained one.
   * @param expiryS seconds after which the broker forgets it, where it can
   */
  publish(topic: string, payload: Buffer, expiryS: number): Promise<void>
  stop(): Promise<void>
  /** The broker outlives this process, and so may its flags: each expires when it is no longer fresh. */
  readonly expires?: true
}

const UNKNOWN = Buffer.alloc(0)
const REFRESH_MS = 30_000
/** A flag is published again when it would expire sooner than this. */
const RENEW_BEFORE_MS = 150_000
/** A renewal that gains less is not worth a message to every subscriber. */
const WORTH_MS = 30_000

/**
 * Flags as retained one-byte messages on `s/{store}/{sku}`: the whole set at each connection, then each change. A
 * flag that is no longer known, or too old to be served, is removed: no message, no flag.
 */
export function mqttPart({ store, broker, log }: { store: FlagStore; broker: Broker; log: Log }): Part {
  /** What the broker is to have, by topic: a newer state replaces one that still waits. */
  const waiting = new Map<string, Buffer>()
  /** By topic, when the broker forgets the flag: an instant of `performance.now()`. */
  const expiresAt = new Map<string, number>()
  let window = 0
  let inFlight = 0
  let failing = false
  let connection = 0
  const renewal = broker.expires && setInterval(renew, REFRESH_MS).unref()

  store.listen({
    changed: (resource) => resource.kind === 'flag' && put(resource),
    live: putAll,
    lost: putAll,
  })

  return {
    name: 'mqtt',
    start: () =>
      broker.start((offered) => {
        window = offered
        connection++
        inFlight = 0
        failing = false
        if (window > 0) putAll()
        else waiting.clear()
      }),
    stop() {
      if (renewal) clearInterval(renewal)
      window = 0
      return broker.stop()
    },
  }

  function put(flag: StockFlag) {
    waiting.set(topicOf(flag), flag.answers?.plain.body ?? UNKNOWN)
    pump()
  }

  /** Before the first snapshot there is nothing to say; flags that are too old are removed. */
  function putAll() {
    for (const flag of store.flags())
      waiting.set(topicOf(flag), (store.serving && flag.answers?.plain.body) || UNKNOWN)
    pump()
  }

  function renew() {
    const now = performance.now()
    const leftMs = store.freshForMs()
    if (!store.serving || window === 0) return
    for (const flag of store.flags()) {
      const endsIn = (expiresAt.get(topicOf(flag)) ?? now) - now
      if (endsIn < RENEW_BEFORE_MS && endsIn + WORTH_MS < leftMs) put(flag)
    }
  }

  function pump() {
    for (const [topic, payload] of waiting) {
      if (inFlight >= window) return
      waiting.delete(topic)
      send(topic, payload, connection)
    }
  }

  function send(topic: string, payload: Buffer, through: number) {
    const expiryS = Math.floor(store.freshForMs() / 1000)
    // Its time is over: that it is lost follows at once.
    const body = expiryS < 1 ? UNKNOWN : payload
    if (body.length === 0) expiresAt.delete(topic)
    else expiresAt.set(topic, performance.now() + expiryS * 1000)
    inFlight++
    broker
      .publish(topic, body, expiryS)
      .catch((err: unknown) => failed(err, topic))
      .finally(() => {
        if (through !== connection) return
        inFlight--
        pump()
      })
  }

  /** One line a connection: what stops one flag stops thousands. */
  function failed(err: unknown, topic: string) {
    if (!failing && window > 0) log.warn({ err, topic }, 'flags cannot be published')
    failing = true
  }
}

const topicOf = ({ store, sku }: StockFlag): string => `s/${store}/${sku}`
