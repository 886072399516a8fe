import { setTimeout } from 'node:timers/promises'
import { listen } from '@harbor/shared-runtime/cache/listen'
import type { Log } from '@harbor/shared-runtime/log'
import type { RedisConnection } from '@harbor/shared-runtime/redis'
import { redisTrouble } from '@harbor/shared-runtime/redis/trouble'
import { z } from 'zod'
import { DeviceRecord } from './record.ts'
import { CHANGED_CHANNEL, KEYS, READ_CHANGES, WRITE } from './redis-scripts.ts'
import type { Devices } from './registry.ts'
import { loadRegistry } from './registry-file.ts'
import type { Change, DeviceStore } from './store.ts'

/** What a lost message would hide is found by asking. */
const LOOK_MS = 500
const PAGE = 200
const ATTEMPTS = 10
const RETRY_MS = 250

/** A page of changes, each an id, its version, and the record or nothing. */
const Page = z.array(z.tuple([z.string(), z.string(), z.string()]))

type Options = {
  devices: Devices
  redis: RedisConnection
  /** A registry whose devices are put there at the start, unless Redis has ever known them. */
  seed: string | undefined
  log: Log
}

/**
 * Devices in Redis, for all replicas: a change is published, and kept in a log of the newest change of each
 * device, which everybody reads on from where they are.
 */
export function redisStore({ devices, redis, seed, log }: Options): DeviceStore {
  let known = '0'
  let running: Promise<void> = Promise.resolve()
  let next: Promise<void> | undefined
  let away = false
  let looking: NodeJS.Timeout | undefined
  let stopListening = () => {}

  return {
    async open() {
      const records = seed === undefined ? [] : await loadRegistry(seed)
      // Without Redis nothing is known at the start: the process is not ready, and waits.
      while (!(await fill(records))) await setTimeout(RETRY_MS)
      stopListening = listen(redis, CHANGED_CHANNEL, { onMessage: look, onGap: look })
      looking = setInterval(look, LOOK_MS).unref()
    },
    async update(id, change) {
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) if (await tried(id, change)) return read()
      throw new Error(`${id} was changed ${ATTEMPTS} times by others meanwhile`)
    },
    close() {
      clearInterval(looking)
      stopListening()
    },
  }

  async function fill(records: readonly DeviceRecord[]): Promise<boolean> {
    try {
      await redis.ready(RETRY_MS)
      for (const record of records) await write(record.id, '', JSON.stringify(record), 'never-seen')
      await readOn()
      return true
    } catch (error) {
      tellAway(error)
      return false
    }
  }

  async function tried(id: string, change: Change): Promise<boolean> {
    const present = (await redis.client.hget(KEYS[0], id)) ?? ''
    const changed = change(present === '' ? undefined : DeviceRecord.parse(JSON.parse(present)))
    return write(id, present, changed ? JSON.stringify(changed) : '')
  }

  async function write(id: string, expected: string, record: string, condition = '') {
    const args = [id, expected, record, CHANGED_CHANNEL, condition]
    return (await redis.client.eval(WRITE, KEYS.length, ...KEYS, ...args)) === 1
  }

  function look() {
    read().catch(tellAway)
  }

  /** One reader at a time: who comes while one reads waits for the next, which begins after that. */
  function read(): Promise<void> {
    next ??= running.then(() => {
      next = undefined
      const reading = readOn()
      running = reading.catch(() => {})
      return reading
    })
    return next
  }

  async function readOn(): Promise<void> {
    for (;;) {
      const page = Page.parse(await redis.client.eval(READ_CHANGES, KEYS.length, ...KEYS, known, PAGE))
      if (away) log.info('Redis works again')
      away = false
      for (const [id, version, record] of page) {
        devices.put(id, record === '' ? undefined : parsed(id, record))
        known = version
      }
      if (page.length < PAGE) return
    }
  }

  function parsed(id: string, text: string): DeviceRecord | undefined {
    try {
      return DeviceRecord.parse(JSON.parse(text))
    } catch (err) {
      log.error({ err, device: id }, 'a device in Redis is not as it should be: it is not served')
      return undefined
    }
  }

  /** One line a loss. */
  function tellAway(err: unknown) {
    if (!away) log.warn({ err }, `Redis ${redisTrouble(err).words}: the devices stay as they are known`)
    away = true
  }
}
