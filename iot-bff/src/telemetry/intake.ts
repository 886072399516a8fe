import { decodePack, type SenmlFormat } from '../codecs/senml.ts'
import type { Device } from '../devices/record.ts'
import { MAX_RECORDS, readTelemetry } from '../messages/telemetry.ts'
import type { TelemetrySink } from './sink.ts'

/** What a device is told of its pack; `refused` counts records that are no use to send again. */
export type Receipt =
  | { readonly outcome: 'stored'; readonly refused: number }
  | { readonly outcome: 'malformed' }
  | { readonly outcome: 'unavailable' }

/** Takes a SenML pack of a device, whatever protocol it came by. Resolves once its readings are safe, or refused. */
export type TelemetryIntake = (
  device: Device,
  body: Buffer,
  format: SenmlFormat,
  traceparent?: string,
) => Promise<Receipt>

export const createTelemetryIntake =
  (sink: TelemetrySink): TelemetryIntake =>
  async (device, body, format, traceparent) => {
    const pack = decodePack(body, format, MAX_RECORDS)
    if (pack === undefined) return { outcome: 'malformed' }
    // biome-ignore lint/plugin: records carry the time of the device's wall clock, or count from ours.
    const { readings, refused } = readTelemetry(device.id, pack, Date.now() / 1000)
    const outcome = await sink(readings, traceparent)
    if (outcome === 'unavailable') return { outcome }
    return { outcome: 'stored', refused: outcome === 'rejected' ? pack.length : refused }
  }

/** MQTT 3.1.1 names no content type: a JSON pack begins with a bracket, a CBOR pack with an array's head. */
export const formatOf = (body: Buffer): SenmlFormat => (body[0] === 0x5b ? 'json' : 'cbor')
