import { z } from 'zod'
import { get, post } from '../call/endpoint.ts'
import { httpClient } from '../call/http.ts'
import { fetchGroups } from '../rows/batch.ts'
import { itemsOf, keyedRows } from '../rows/parsed-rows.ts'

export const Device = z.object({ id: z.string(), store: z.string(), model: z.string() })
export type Device = z.infer<typeof Device>

export const Reading = z.object({
  deviceId: z.string(),
  name: z.string(),
  unit: z.string(),
  value: z.number(),
  at: z.iso.datetime(),
})
export type Reading = z.infer<typeof Reading>

/** A reading to record. The service marks readings whose `id` it has seen before as duplicates. */
export type NewReading = Reading & { readonly id: string }

const devices = get('/devices', itemsOf('telemetry', Device))
const latest = get('/readings', z.object({ items: keyedRows('telemetry', Reading, 'deviceId') }))
const record = post('/readings', z.unknown())

export const telemetry = httpClient('telemetry', { timeoutMs: 500 }, (call) => ({
  devicesOf: (store: string) => call(devices, { query: { store } }),
  /** The newest `limit` readings of each device, newest first, by device id. */
  latest: (deviceIds: readonly string[], { limit }: { limit: number }) =>
    fetchGroups(
      deviceIds,
      async (some) => (await call(latest, { query: { deviceIds: some.join(), limit } })).items,
    ),
  /** Records readings; the service has them when this resolves. May be repeated: ids mark duplicates. */
  record: async (readings: readonly NewReading[]): Promise<void> => {
    await call(record, { body: { readings } })
  },
}))
