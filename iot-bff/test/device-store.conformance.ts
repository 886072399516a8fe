import { expect, test } from 'vitest'
import { create, remove, rotate, setLists } from '../src/devices/actions.ts'
import { newKey } from '../src/devices/key.ts'
import type { Devices } from '../src/devices/registry.ts'
import type { Change, DeviceStore } from '../src/devices/store.ts'

/** A process that has the devices: its registry, kept by its store. */
export type Replica = { readonly devices: Devices; readonly store: DeviceStore }

type Options = {
  /** A replica over the same devices as the others of the test, opened. */
  replica: () => Promise<Replica>
  /** Whether several processes may write. */
  shared: boolean
}

/** Within what a change has to be everywhere. */
const EVERYWHERE_MS = 1_000

const device = (id: string) => ({
  id,
  store: 'ber',
  list: 'shelf',
  lists: { shelf: { version: 1, skus: ['HB-1001'] } },
})

/** What every device store does. */
export function deviceStoreContract({ replica, shared }: Options): void {
  const created = async ({ store }: Replica, id: string) => {
    const { key, kept } = newKey()
    await store.update(id, create(device(id), kept))
    return { key, kept }
  }
  /** Milliseconds until it holds. */
  const holds = async (check: () => boolean) => {
    const start = performance.now()
    await expect.poll(check, { timeout: 5_000, interval: 5 }).toBe(true)
    return performance.now() - start
  }

  test('a device that was created comes in at once', async () => {
    const here = await replica()
    const { key } = await created(here, 'a1')
    expect(here.devices.byKey(key)?.device).toEqual(device('a1'))
  })

  test('another replica sees within a second that it is there, has another key, and is gone', async () => {
    const [here, there] = [await replica(), await replica()]
    const { key } = await created(here, 'b1')
    expect(await holds(() => there.devices.byKey(key) !== undefined)).toBeLessThan(EVERYWHERE_MS)
    const next = newKey()
    await here.store.update('b1', rotate('b1', next.kept, 0))
    expect([here.devices.byKey(key), here.devices.byKey(next.key)?.device.id]).toEqual([undefined, 'b1'])
    expect(await holds(() => there.devices.byKey(next.key) !== undefined)).toBeLessThan(EVERYWHERE_MS)
    expect(there.devices.byKey(key)).toBeUndefined()
    await here.store.update('b1', remove('b1'))
    expect(await holds(() => there.devices.byKey(next.key) === undefined)).toBeLessThan(EVERYWHERE_MS)
  })

  test('what was changed is there for a process that starts later; a key is not, only its hash', async () => {
    const here = await replica()
    const { key } = await created(here, 'c1')
    await here.store.update('c1', setLists('c1', { list: 'x', lists: { x: { version: 7, skus: ['A'] } } }))
    const later = await replica()
    expect(later.devices.byKey(key)?.device.lists).toEqual({ x: { version: 7, skus: ['A'] } })
    expect(JSON.stringify([...later.devices.records])).not.toContain(key)
  })

  test('changes at the same time all stay, of one device and of many', async () => {
    const replicas = shared ? [await replica(), await replica()] : [await replica()]
    const all = Array.from({ length: 20 }, (_, n) => `d${n}`)
    await Promise.all(
      all.map((id, n) =>
        replicas.at(n % replicas.length)?.store.update(id, create(device(id), newKey().kept)),
      ),
    )
    const raise: Change = (present) => {
      const { version = 0, skus = [] } = present?.lists.shelf ?? {}
      return present && { ...present, lists: { shelf: { version: version + 1, skus } } }
    }
    await Promise.all([...replicas, ...replicas, ...replicas].map(({ store }) => store.update('d0', raise)))
    const later = await replica()
    expect(all.filter((id) => later.devices.byId(id))).toEqual(all)
    expect(later.devices.byId('d0')?.lists.shelf?.version).toBe(1 + 3 * replicas.length)
  })

  test('a change that is refused changes nothing', async () => {
    const here = await replica()
    await created(here, 'e1')
    await expect(here.store.update('e1', create(device('e1'), newKey().kept))).rejects.toThrow('already')
    await expect(here.store.update('e2', remove('e2'))).rejects.toThrow('no device e2')
    expect([here.devices.byId('e1')?.id, here.devices.byId('e2')]).toEqual(['e1', undefined])
  })
}
