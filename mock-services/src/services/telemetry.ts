import { z } from 'zod'
import { get, inAnyOrder, limitOf, post, Reply, type Routes, requiredIds } from '../routes.ts'
import { deviceNumber, devices, type Reading, seededReadings } from '../seed/devices.ts'
import { lazily } from '../seed/reference.ts'

const NewReading = z.object({
  /** The same for each attempt to send a reading. */
  id: z.string().min(1).max(64).optional(),
  deviceId: z.string(),
  name: z.string().min(1).max(60),
  unit: z.string().max(20),
  value: z.number(),
  at: z.iso.datetime(),
})
const Batch = z.object({ readings: z.array(NewReading).min(1).max(1_000) })

const KEPT_A_DEVICE = 200

export const telemetryRoutes = (): Routes => {
  const readingsOf = lazily((deviceId: string): Reading[] => {
    const number = deviceNumber(deviceId)
    return number === undefined ? [] : seededReadings(number)
  })

  const recorded = new Set<string>()
  let duplicates = 0
  const isNew = ({ id }: { id?: string | undefined }): boolean => {
    if (id === undefined) return true
    if (recorded.has(id)) duplicates++
    const { size } = recorded
    return recorded.add(id).size > size
  }

  return [
    post('/readings', Batch, ({ readings }) => {
      // A device that nobody has heard of is a matter of the registry, not of this sink.
      const known = readings.filter(isNew).filter(({ deviceId }) => deviceNumber(deviceId) !== undefined)
      for (const reading of known) {
        const kept = readingsOf(reading.deviceId)
        const older = kept.findIndex(({ at }) => at <= reading.at)
        kept.splice(older < 0 ? kept.length : older, 0, reading)
        kept.length = Math.min(kept.length, KEPT_A_DEVICE)
      }
      return new Reply(202, { accepted: readings.length })
    }),
    get('/readings/counts', () => ({ recorded: recorded.size, duplicates })),
    get('/devices', ({ query }) => {
      const store = query.get('store')
      return { items: devices('all').filter((device) => store === null || device.store === store) }
    }),
    get('/readings', (call) => {
      const limit = limitOf(call, { usual: 5, max: KEPT_A_DEVICE })
      return {
        items: inAnyOrder(requiredIds(call, 'deviceIds')).flatMap((id) => readingsOf(id).slice(0, limit)),
      }
    }),
  ]
}
