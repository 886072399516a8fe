import { random } from './random.ts'
import { COUNTS, FIRST, iso, lazily, MINUTE, NOW, numberIn, numbers, STORES } from './reference.ts'

export type Reading = { deviceId: string; name: string; unit: string; value: number; at: string }

/** The device of the demo: the first one, in Berlin, with its list of twenty SKUs. */
export const DEMO_DEVICE = { id: 'd101', key: 'harbor-demo-key-d101', store: 'ber', list: 'shelf' } as const

export const SHELF_SKUS = numbers(FIRST.product, 20).map((n) => `HB-${n}`)

export const deviceNumber = (id: string): number | undefined =>
  numberIn(id, 'd', FIRST.device, COUNTS.devices)

/** All devices: electronic shelf labels, ten in each store. */
export const devices = lazily((_: 'all') =>
  numbers(FIRST.device, COUNTS.devices).map((number, index) => {
    const r = random('device', number)
    return {
      id: `d${number}`,
      store: STORES[Math.floor(index / 10)] ?? STORES[0],
      model: r.pick(['ESL-29 e-paper', 'ESL-42 e-paper', 'ESL-75 colour']),
      firmware: r.pick(['3.8.1', '3.8.2', '3.9.0']),
      list: DEMO_DEVICE.list,
      serialNumber: `HB${r.hex(10).toUpperCase()}`,
      installedAt: iso(NOW - r.int(30, 900) * 24 * 60 * MINUTE),
      aisle: `${r.pick(['A', 'B', 'C'])}${r.int(1, 24)}`,
      radio: { standard: 'IEEE 802.15.4', channel: r.int(11, 26), gateway: `gw-${r.int(1, 4)}` },
    }
  }),
)

const SENSORS = [
  ['temperature', 'Cel', 18, 26],
  ['humidity', '%RH', 35, 60],
  ['battery', '%EL', 40, 100],
  ['rssi', 'dBm', -82, -48],
] as const

/** Readings of one device, newest first. */
export function seededReadings(number: number): Reading[] {
  const r = random('readings', number)
  return Array.from({ length: 40 }, (_, i) => {
    const [name, unit, low, high] = SENSORS[i % SENSORS.length] ?? SENSORS[0]
    return {
      deviceId: `d${number}`,
      name,
      unit,
      value: Math.round((low + (high - low) * r.next()) * 10) / 10,
      at: iso(NOW - Math.floor(i / SENSORS.length) * 5 * MINUTE - r.int(0, 59) * 1000),
    }
  })
}
