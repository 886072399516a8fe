import { open, readFile, rename } from 'node:fs/promises'
import type { RedisConnection } from '@harbor/shared-runtime/redis'
import { z } from 'zod'

/** Where epochs come from: 32-bit integers, each given out once. */
export type Epochs = { take(): Promise<number> }

/** An epoch is at least the seconds since 2026: where what was given out is lost, the clock is beyond it. */
const START_S = Date.UTC(2026) / 1000
const Epoch = z
  .int()
  .min(0)
  .max(2 ** 32 - 1)

const KEY = 'harbor:oscore:epoch'
const TAKE = `
local clock = redis.call('TIME')[1] - ARGV[1]
local epoch = math.max(clock, (redis.call('GET', KEYS[1]) or 0) + 1)
redis.call('SET', KEYS[1], string.format('%.0f', epoch))
return epoch`

/** For all replicas of a Redis. */
export const redisEpochs = ({ client }: RedisConnection): Epochs => ({
  take: async () => Epoch.parse(await client.eval(TAKE, 1, KEY, START_S)),
})

/** For one process: kept beside the device registry; without one, contexts end with the process, as epochs do. */
export function fileEpochs(devicesFile: string | undefined): Epochs {
  const file = devicesFile && `${devicesFile}.epoch`
  let last = -1
  return {
    async take() {
      if (file !== undefined) last = Math.max(last, await read(file))
      // biome-ignore lint/plugin: compared with epochs of earlier processes
      last = Epoch.parse(Math.max(last + 1, Math.floor(Date.now() / 1000) - START_S))
      if (file !== undefined) await write(file, last)
      return last
    },
  }
}

/** @throws when there is something else in it: a number must not be used twice */
async function read(file: string): Promise<number> {
  try {
    return Epoch.parse(Number(await readFile(file, 'utf8')))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return -1
    throw error
  }
}

async function write(file: string, epoch: number): Promise<void> {
  const handle = await open(`${file}.new`, 'w', 0o600)
  try {
    await handle.writeFile(String(epoch))
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(`${file}.new`, file)
}
