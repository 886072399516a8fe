import { encode } from 'cborg'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodePack } from '../codecs/senml.ts'
import { MAX_RECORDS, readTelemetry } from './telemetry.ts'

const NOW = 1_800_000_000
const read = (pack: unknown, format: 'json' | 'cbor' = 'json') => {
  const body = format === 'json' ? Buffer.from(JSON.stringify(pack)) : Buffer.from(encode(pack))
  const records = decodePack(body, format, MAX_RECORDS)
  return records && readTelemetry('d101', records, NOW)
}
const map = (entries: Record<number, unknown>) =>
  new Map(Object.entries(entries).map(([label, value]) => [Number(label), value]))

test('base values hold for the records after them, in JSON and in CBOR', () => {
  const expected = [
    { name: 'label/temperature', unit: 'Cel', value: 21.5, at: '2027-01-15T07:59:00.000Z' },
    { name: 'label/battery', unit: '%EL', value: 81, at: '2027-01-15T08:00:00.000Z' },
  ].map((reading) => ({ ...reading, deviceId: 'd101', id: expect.any(String) }))
  const json = [
    { bn: 'd101/label/', bt: NOW, bu: 'Cel', n: 'temperature', v: 21.5, t: -60 },
    { n: 'battery', u: '%EL', v: 81 },
  ]
  const cbor = [
    map({ [-2]: 'd101/label/', [-3]: NOW, [-4]: 'Cel', 0: 'temperature', 2: 21.5, 6: -60 }),
    map({ 0: 'battery', 1: '%EL', 2: 81 }),
  ]
  expect(read(json)).toEqual({ readings: expected, refused: 0 })
  expect(read(cbor, 'cbor')).toEqual(read(json))
})

test.each([
  ['no value', { n: 'a' }],
  ['a value that is text', { n: 'a', v: '1' }],
  ['text and data values, which nothing takes', { n: 'a', vs: 'on' }],
  ['a value without bounds', { n: 'a', v: 1e300 }],
  ['no name', { v: 1 }],
  ['a name with other characters', { n: 'a b', v: 1 }],
  ['a name of 61 characters', { n: 'a'.repeat(61), v: 1 }],
  ['the future', { n: 'a', v: 1, t: NOW + 301 }],
  ['the relative future', { n: 'a', v: 1, t: 301 }],
  ['long ago', { n: 'a', v: 1, t: NOW - 31 * 86_400 }],
  ['a label that must be understood', { n: 'a', v: 1, x_: 1 }],
  ['a later version', { bver: 11, n: 'a', v: 1 }],
  ['a number', 7],
  ['nothing', null],
  ['an empty record', {}],
])('%s is refused, and its neighbours are taken', (_, record) => {
  const found = read([{ n: 'before', v: 1 }, record, { bver: 10, n: 'after', v: 2 }])
  expect(found?.readings.map(({ name }) => name)).toEqual(['before', 'after'])
  expect(found?.refused).toBe(1)
})

test.each([
  ['an object', {}],
  ['an empty pack', []],
  ['more records than a pack has', Array.from({ length: MAX_RECORDS + 1 }, () => ({ n: 'a', v: 1 }))],
])('%s is no pack', (_, pack) => expect(read(pack)).toBeUndefined())

test('a repeated pack has the same ids, other readings have others', () => {
  const pack = [
    { n: 'a', v: 1, t: NOW - 5 },
    { n: 'a', v: 2, t: NOW - 5 },
    { n: 'b', v: 1, t: NOW - 5 },
    { n: 'a', v: 1, t: NOW - 6 },
  ]
  const ids = read(pack)?.readings.map(({ id }) => id)
  expect(new Set(ids).size).toBe(4)
  expect(read(pack)?.readings.map(({ id }) => id)).toEqual(ids)
})

test('booleans are 1 and 0; a label that is unknown is ignored', () => {
  expect(
    read([
      { n: 'door', vb: true, x: 1 },
      { n: 'door', vb: false },
    ])?.readings.map(({ value }) => value),
  ).toEqual([1, 0])
})

test('whatever comes is a pack or none, and every reading of it can be recorded', () => {
  const value = fc.oneof(
    fc.double(),
    fc.integer(),
    fc.string(),
    fc.boolean(),
    fc.constant(null),
    fc.jsonValue(),
  )
  const label = fc.constantFrom(
    'n',
    'v',
    'vb',
    't',
    'bn',
    'bt',
    'bv',
    'bu',
    'u',
    'bver',
    '__proto__',
    'constructor',
    'x',
    'y_',
  )
  const record = fc.dictionary(label, value)
  fc.assert(
    fc.property(fc.array(record, { maxLength: 5 }), fc.uint8Array({ maxLength: 60 }), (pack, bytes) => {
      for (const format of ['json', 'cbor'] as const) {
        const found = read(pack, format)
        for (const reading of found?.readings ?? []) {
          expect(
            Number.isFinite(reading.value) && reading.name.length <= 60 && reading.unit.length <= 20,
          ).toBe(true)
          expect(Date.parse(reading.at)).toBeLessThanOrEqual((NOW + 300) * 1000)
        }
        if (found) expect(found.readings.length + found.refused).toBe(pack.length)
        decodePack(Buffer.from(bytes), format, MAX_RECORDS)
      }
    }),
    { numRuns: 500 },
  )
  const deep = Buffer.alloc(16_000, 0x81)
  expect(decodePack(deep, 'cbor', MAX_RECORDS)).toBeUndefined()
  expect(decodePack(Buffer.from('['.repeat(16_000)), 'json', MAX_RECORDS)).toBeUndefined()
})
