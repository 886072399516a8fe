import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createLog } from '@harbor/shared-runtime/log'
import { connectRedis } from '@harbor/shared-runtime/redis'
import { addressOf } from '@harbor/shared-runtime/test/redis-address'
import { hasRedis, RedisServer, stopRedisServers } from '@harbor/shared-testing/redis-server'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { deviceStoreContract, type Replica } from '../../test/device-store.conformance.ts'
import { create, remove, rotate } from './actions.ts'
import { fileStore } from './file-store.ts'
import { newKey } from './key.ts'
import { redisStore } from './redis-store.ts'
import { Devices } from './registry.ts'
import { writtenRegistry } from './registry-file.ts'

const log = createLog('test', 'silent')
const device = { id: 'd1', store: 'ber', list: 'a', lists: { a: { version: 1, skus: ['A'] } } }

const emptyFile = async () => {
  const file = join(await mkdtemp(join(tmpdir(), 'devices-')), 'devices.json')
  await writeFile(file, writtenRegistry([]))
  return file
}
async function overFile(file: string | undefined): Promise<Replica> {
  const devices = new Devices()
  const store = fileStore({ devices, file, log })
  await store.open()
  onTestFinished(() => {
    store.close()
    devices.close()
  })
  return { devices, store }
}

describe('in a file', () => {
  let file = ''
  beforeAll(async () => {
    file = await emptyFile()
  })
  deviceStoreContract({ replica: () => overFile(file), shared: false })

  test('the file is replaced as a whole, readable by its owner only, and nothing lies beside it', async () => {
    const { store } = await overFile(file)
    await store.update('f1', create({ ...device, id: 'f1' }, newKey().kept))
    expect(JSON.parse(await readFile(file, 'utf8')).devices.at(-1).id).toBe('f1')
    expect(await readdir(dirname(file))).toEqual(['devices.json'])
  })

  test('a file that is broken by hand leaves what is known, and is not written over', async () => {
    const path = await emptyFile()
    const here = await overFile(path)
    await here.store.update('d1', create(device, newKey().kept))
    await writeFile(path, '{"devices": [')
    await new Promise((resolve) => setTimeout(resolve, 900))
    expect(here.devices.byId('d1')).toEqual(device)
    await expect(here.store.update('d1', remove('d1'))).rejects.toThrow()
    expect(await readFile(path, 'utf8')).toBe('{"devices": [')
  })

  test("without a file the demo's devices are there, and changes stay in memory", async () => {
    const here = await overFile(undefined)
    await here.store.update('d101', remove('d101'))
    expect(here.devices.byId('d101')).toBeUndefined()
    expect((await overFile(undefined)).devices.byId('d101')?.store).toBe('ber')
  })
})

const withRedis = hasRedis()
afterAll(stopRedisServers)

describe.skipIf(!withRedis)('in Redis', () => {
  let server: RedisServer
  beforeAll(async () => {
    server = await RedisServer.start()
  })
  async function overRedis(seed?: string): Promise<Replica> {
    const devices = new Devices()
    const redis = connectRedis(addressOf(server.url))
    const store = redisStore({ devices, redis, seed, log })
    onTestFinished(() => {
      store.close()
      redis.close()
      devices.close()
    })
    await store.open()
    return { devices, store }
  }
  deviceStoreContract({ replica: () => overRedis(), shared: true })

  test('a registry of many pages is read as a whole', async () => {
    const here = await overRedis()
    const ids = Array.from({ length: 450 }, (_, n) => `many-${n}`)
    await Promise.all(ids.map((id) => here.store.update(id, create({ ...device, id }, newKey().kept))))
    const later = await overRedis()
    expect(ids.every((id) => later.devices.byId(id))).toBe(true)
  })

  test('a message that is lost costs no more than a second', async () => {
    const there = await overRedis()
    const { kept, key } = newKey()
    // The script publishes; so a record is written past it.
    const record = JSON.stringify({ ...device, id: 'silent', keys: [kept] })
    await server.ask('HSET', '{harbor:devices}', 'silent', record)
    await server.ask('ZADD', '{harbor:devices}:changes', (Date.now() + 1_000) * 1_000, 'silent')
    const start = performance.now()
    await expect
      .poll(() => there.devices.byKey(key)?.device.id, { timeout: 5_000, interval: 10 })
      .toBe('silent')
    expect(performance.now() - start).toBeLessThan(1_000)
  })

  test('a file is taken over once: what was removed since does not come back with the next start', async () => {
    const file = await emptyFile()
    const { kept, key } = newKey()
    await writeFile(file, writtenRegistry([{ ...device, id: 'seeded', keys: [kept] }]))
    const first = await overRedis(file)
    expect(first.devices.byKey(key)?.device.id).toBe('seeded')
    const next = newKey()
    await first.store.update('seeded', rotate('seeded', next.kept, 0))
    expect((await overRedis(file)).devices.byKey(key)).toBeUndefined()
    await first.store.update('seeded', remove('seeded'))
    expect((await overRedis(file)).devices.records.has('seeded')).toBe(false)
  })

  test('with Redis away devices stay as they are known, changes are refused, and go on afterwards', async () => {
    const here = await overRedis()
    const { kept, key } = newKey()
    await here.store.update('away', create({ ...device, id: 'away' }, kept))
    server.freeze()
    await expect(here.store.update('away', remove('away'))).rejects.toThrow()
    await new Promise((resolve) => setTimeout(resolve, 700))
    expect(here.devices.byKey(key)?.device.id).toBe('away')
    server.thaw()
    await expect
      .poll(() => here.store.update('away', remove('away')).then(() => 'removed', String), { timeout: 5_000 })
      .toMatch(/removed|no device/)
    expect(here.devices.byKey(key)).toBeUndefined()
  })

  test('a process that starts without Redis waits for it', async () => {
    server.crash()
    const opening = overRedis()
    let opened = false
    void opening.then(() => (opened = true))
    await new Promise((resolve) => setTimeout(resolve, 600))
    expect(opened).toBe(false)
    await server.start()
    await opening
    expect(opened).toBe(true)
  })
})
