import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { createLog } from '@harbor/shared-runtime/log'
import { connectRedis } from '@harbor/shared-runtime/redis'
import { addressOf } from '@harbor/shared-runtime/test/redis-address'
import { hasRedis, RedisServer, stopRedisServers } from '@harbor/shared-testing/redis-server'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { SEAL } from '../../test/oscore-peer.ts'
import { DeviceContext } from './contexts.ts'
import { type Epochs, fileEpochs, redisEpochs } from './epochs.ts'
import { newContext, openContext } from './provision.ts'
import { createSenderNumbers } from './sender-numbers.ts'

const log = createLog('test', 'silent')
const contextOf = (device: string) => {
  const { kept } = newContext(SEAL, device)
  const opened = openContext(SEAL, device, kept)
  if (opened === undefined) throw new Error('sealed, but not opened')
  return new DeviceContext(device, kept, opened)
}
const file = async () => join(await mkdtemp(join(tmpdir(), 'epochs-')), 'devices.json')

/** As many processes as there are epochs: each sends for a while, and ends without a word. */
async function numbersOfRuns(epochsOf: () => Epochs, runs: number): Promise<number[]> {
  const given: number[] = []
  for (let run = 0; run < runs; run++) {
    const context = contextOf('d1')
    const numbers = createSenderNumbers(epochsOf(), log)
    await numbers.start()
    for (let n = 0; n < 40; n++) given.push(numbers.next(context) ?? -1)
  }
  return given
}

test('a number is given once, also by processes that follow each other within a second', async () => {
  const path = await file()
  const given = await numbersOfRuns(() => fileEpochs(path), 20)
  expect(given).not.toContain(-1)
  expect(new Set(given).size).toBe(given.length)
  expect(given).toEqual(given.toSorted((a, b) => a - b))
})

test('a lost file is no reason to count back: the clock is beyond it', async () => {
  const path = await file()
  const before = await numbersOfRuns(() => fileEpochs(path), 1)
  await writeFile(`${path}.epoch`, '0')
  vi.useFakeTimers({ now: Date.now() + 1_000, toFake: ['Date'] })
  onTestFinished(() => void vi.useRealTimers())
  const after = await numbersOfRuns(() => fileEpochs(path), 1)
  expect(Math.min(...after)).toBeGreaterThan(Math.max(...before))
})

test('a clock that is set back is no reason either: the file is beyond it', async () => {
  const path = await file()
  const before = await numbersOfRuns(() => fileEpochs(path), 1)
  vi.useFakeTimers({ now: Date.now() - 86_400_000, toFake: ['Date'] })
  onTestFinished(() => void vi.useRealTimers())
  const after = await numbersOfRuns(() => fileEpochs(path), 1)
  expect(Math.min(...after)).toBeGreaterThan(Math.max(...before))
})

test('a file that holds something else gives no numbers', async () => {
  const path = await file()
  await writeFile(`${path}.epoch`, 'twelve')
  await expect(fileEpochs(path).take()).rejects.toThrow()
  expect(await readFile(`${path}.epoch`, 'utf8')).toBe('twelve')
})

test('more numbers are fetched before the last is used; without them none is given, and none twice', async () => {
  const context = contextOf('d1')
  let epoch = 0
  let isAway = false
  const take = async () => {
    if (isAway) throw new Error('away')
    return ++epoch
  }
  const numbers = createSenderNumbers({ take }, log)
  await numbers.start()
  const given: (number | undefined)[] = []
  for (let n = 0; n < 500; n++) {
    given.push(numbers.next(context))
    await Promise.resolve()
    await Promise.resolve()
  }
  expect([new Set(given).size, given.includes(undefined), epoch > 1]).toEqual([500, false, true])
  isAway = true
  for (let n = 0; n < 500; n++) {
    given.push(numbers.next(context))
    await Promise.resolve()
  }
  expect(given.at(-1)).toBeUndefined()
  const known = given.filter((number) => number !== undefined)
  expect(new Set(known).size).toBe(known.length)
})

test('a context that is taken out of the registry and put back continues its numbers', async () => {
  const numbers = createSenderNumbers(fileEpochs(undefined), log)
  await numbers.start()
  const { kept } = newContext(SEAL, 'd1')
  const opened = openContext(SEAL, 'd1', kept) ?? { secret: Buffer.alloc(0), salt: Buffer.alloc(0) }
  const given = [1, 2, 3].map(() => numbers.next(new DeviceContext('d1', kept, opened)))
  expect(new Set(given).size).toBe(3)
})

describe.skipIf(!hasRedis())('replicas of a Redis', () => {
  let server: RedisServer
  beforeAll(async () => {
    server = await RedisServer.start()
  })
  afterAll(stopRedisServers)

  test('never give the same number, and not after Redis has lost its data', async () => {
    const redis = connectRedis(addressOf(server.url))
    onTestFinished(() => redis.close())
    await redis.ready(5_000)
    const before = await numbersOfRuns(() => redisEpochs(redis), 3)
    await redis.client.flushall()
    await setTimeout(3_100)
    const after = await numbersOfRuns(() => redisEpochs(redis), 3)
    const given = [...before, ...after]
    expect(new Set(given).size).toBe(given.length)
  })
})

test('what is sealed opens with the keys of the seal, for its own device and id only', () => {
  const { given, kept } = newContext(SEAL, 'd1')
  expect(openContext(SEAL, 'd1', kept)).toEqual({
    secret: Buffer.from(given.masterSecret, 'hex'),
    salt: Buffer.from(given.masterSalt, 'hex'),
  })
  expect(JSON.stringify(kept)).not.toContain(given.masterSecret)
  expect(openContext(SEAL, 'd2', kept)).toBeUndefined()
  expect(openContext(SEAL, 'd1', { ...kept, id: '000000' })).toBeUndefined()
})
