import { createLog } from '@harbor/shared-runtime/log'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { FlagStore } from '../stock/flag-store.ts'
import { type Broker, mqttPart } from './mqtt.ts'

const HEARTBEAT_MS = 10_000
const MAX_AGE_MS = 300_000

/** A broker that keeps retained messages until they expire. */
function fakeBroker() {
  const retained = new Map<string, { payload: string; until: number }>()
  let messages = 0
  let connect = (_window: number) => {}
  const broker: Broker = {
    expires: true,
    async start(connected) {
      connect = connected
      connected(20)
      return 'mqtt://fake'
    },
    async publish(topic, payload, expiryS) {
      messages++
      if (payload.length === 0) retained.delete(topic)
      else retained.set(topic, { payload: payload.toString(), until: performance.now() + expiryS * 1000 })
    },
    stop: async () => {},
  }
  return {
    broker,
    /** What a subscriber finds now. */
    flag: (topic: string) => {
      const found = retained.get(topic)
      return found && found.until > performance.now() ? found.payload : undefined
    },
    takeMessages: () => {
      const count = messages
      messages = 0
      return count
    },
    reconnect: () => connect(20),
    restart: () => retained.clear(),
  }
}

let store: FlagStore
let fake: ReturnType<typeof fakeBroker>
let part: ReturnType<typeof mqttPart>
beforeEach(async () => {
  vi.useFakeTimers()
  store = new FlagStore()
  fake = fakeBroker()
  part = mqttPart({ store, broker: fake.broker, log: createLog('test', 'silent') })
  await part.start()
  store.beginSnapshot()
  for (let n = 0; n < 50; n++) store.set('ber', `HB-${n}`, n % 2)
  store.endSnapshot()
  await vi.advanceTimersByTimeAsync(0)
})
afterEach(async () => {
  await part.stop()
  vi.useRealTimers()
})

/** Lets time pass; a feed that is alive sends heartbeats. */
const wait = async (ms: number, alive: boolean) => {
  for (let at = 0; at < ms; at += HEARTBEAT_MS) {
    await vi.advanceTimersByTimeAsync(Math.min(HEARTBEAT_MS, ms - at))
    if (alive) store.confirm()
  }
}

test('while the feed is alive every flag is there at any time, for one message each in two minutes', async () => {
  fake.takeMessages()
  for (let minute = 0; minute < 60; minute++) {
    await wait(60_000, true)
    expect([fake.flag('s/ber/HB-1'), fake.flag('s/ber/HB-2')]).toEqual(['1', '0'])
  }
  const each = fake.takeMessages() / 50
  expect(each).toBeGreaterThan(60 / 5)
  expect(each).toBeLessThanOrEqual(60 / 2)
})

test('when every replica dies, no subscriber is told anything older than 300 s', async () => {
  await wait(200_000, true)
  // Nothing more is heard of this process.
  vi.spyOn(fake.broker, 'publish').mockImplementation(async () => {})
  await wait(MAX_AGE_MS, false)
  for (let n = 0; n < 50; n++) expect(fake.flag(`s/ber/HB-${n}`)).toBeUndefined()
})

test('a flag that is published late expires with what it is from, not with its publication', async () => {
  await wait(250_000, false)
  store.set('ber', 'HB-1', 0)
  store.publish()
  await wait(40_000, false)
  expect(fake.flag('s/ber/HB-1')).toBe('0')
  await wait(20_000, false)
  expect(fake.flag('s/ber/HB-1')).toBeUndefined()
})

test('a feed that returns in time leaves no gap', async () => {
  for (let outage = 0; outage < 5; outage++) {
    await wait(280_000, false)
    store.confirm()
    for (let s = 0; s < 60; s++) {
      await wait(10_000, true)
      if (s > 3) expect(fake.flag('s/ber/HB-1')).toBe('1')
    }
  }
})

test('a broker that comes back empty while the feed is lost for good is given no flag', async () => {
  await wait(MAX_AGE_MS + 1_000, false)
  fake.restart()
  fake.reconnect()
  await wait(1_000, false)
  expect(fake.flag('s/ber/HB-1')).toBeUndefined()
})
