import { hash } from 'node:crypto'
import type { NewReading } from '@harbor/shared-clients'
import type { SenmlRecord } from '../codecs/senml.ts'
import { defineMessage } from './define-message.ts'

export const telemetry = defineMessage({
  kind: 'telemetry',
  posts: ['t'],
  topics: [{ action: 'publish', topic: 't/{device}', below: false }],
})

/** More than a device sends at once; a longer pack is refused whole. */
export const MAX_RECORDS = 100
/** Characters that a SenML name may have (RFC 8428 §4.5.1). */
const NAME = /^[A-Za-z0-9][A-Za-z0-9:./_-]{0,59}$/
const MAX_UNIT_CHARACTERS = 20
/** Smaller times are relative to now (RFC 8428 §4.5.3). */
const FIRST_ABSOLUTE_S = 2 ** 28
/** How far a device's clock may be ahead, and how long it may keep a reading. */
const MAX_AHEAD_S = 300
const MAX_AGE_S = 30 * 86_400
const MAX_VALUE = 1e12
const VERSION = 10

/** The readings of a pack that can be taken, and how many records cannot. */
export type Telemetry = { readonly readings: readonly NewReading[]; readonly refused: number }

/**
 * Resolves the records of a SenML pack (RFC 8428 §4.6) to readings of one device. A record that is malformed, of
 * the future, too old or out of range is refused alone; base values hold for all records after them.
 * @param nowS seconds since 1970
 */
export function readTelemetry(deviceId: string, pack: readonly SenmlRecord[], nowS: number): Telemetry {
  const base = { name: '', time: 0, unit: '', value: 0, version: VERSION }
  const readings: NewReading[] = []
  for (const record of pack) {
    base.name = record.baseName ?? base.name
    base.time = record.baseTime ?? base.time
    base.unit = record.baseUnit ?? base.unit
    base.value = record.baseValue ?? base.value
    base.version = record.version ?? base.version
    const reading = base.version <= VERSION && !record.malformed && resolve(deviceId, record, base, nowS)
    if (reading) readings.push(reading)
  }
  return { readings, refused: pack.length - readings.length }
}

type Base = { readonly name: string; readonly time: number; readonly unit: string; readonly value: number }

function resolve(deviceId: string, record: SenmlRecord, base: Base, nowS: number): NewReading | undefined {
  const name = ownName(deviceId, base.name + (record.name ?? ''))
  const unit = record.unit ?? base.unit
  const value = record.boolean === undefined ? number(record.value, base.value) : Number(record.boolean)
  const given = base.time + (record.time ?? 0)
  const time = given < FIRST_ABSOLUTE_S ? nowS + given : given
  if (value === undefined || !(Math.abs(value) <= MAX_VALUE)) return undefined
  if (!NAME.test(name) || unit.length > MAX_UNIT_CHARACTERS) return undefined
  if (!(time <= nowS + MAX_AHEAD_S && time >= nowS - MAX_AGE_S)) return undefined
  const at = new Date(time * 1000).toISOString()
  // A device that repeats a pack, as it heard no answer, repeats these; a relative time is another each time.
  const id = hash('sha256', `${deviceId}\n${name}\n${given}\n${unit}\n${value}`, 'base64url').slice(0, 16)
  return { id: given < FIRST_ABSOLUTE_S ? `${id}.${Math.floor(time)}` : id, deviceId, name, unit, value, at }
}

const number = (value: number | undefined, base: number): number | undefined =>
  value === undefined ? undefined : value + base

/** Devices may put their own id in front of their names; of whom a reading is says the credential. */
const ownName = (deviceId: string, name: string): string =>
  name.startsWith(`${deviceId}/`) || name.startsWith(`${deviceId}:`) ? name.slice(deviceId.length + 1) : name
