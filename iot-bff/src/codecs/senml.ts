import { decode, encode } from 'cborg'

/** Labels of RFC 8428, table 4. */
const NAME = 0
const BOOLEAN_VALUE = 4
const DATA_VALUE = 8

/** A SenML pack of one record, in CBOR: a boolean under `vb`, bytes under `vd`. */
export function encodeRecord(name: string, value: boolean | Uint8Array): Buffer {
  const record = new Map<number, string | boolean | Uint8Array>([
    [NAME, name],
    [typeof value === 'boolean' ? BOOLEAN_VALUE : DATA_VALUE, value],
  ])
  return Buffer.from(encode([record]))
}

/** A record as it was sent. A field of a wrong type, or one that has to be understood and is not, makes it `malformed`. */
export type SenmlRecord = {
  readonly baseName?: string
  readonly baseTime?: number
  readonly baseUnit?: string
  readonly baseValue?: number
  readonly version?: number
  readonly name?: string
  readonly unit?: string
  readonly value?: number
  readonly boolean?: boolean
  readonly time?: number
  readonly malformed?: true
}

/** Labels in JSON and CBOR (RFC 8428 §5, table 4), the field of ours, and its type. */
const LABELS = [
  ['bver', -1, 'version', 'number'],
  ['bn', -2, 'baseName', 'string'],
  ['bt', -3, 'baseTime', 'number'],
  ['bu', -4, 'baseUnit', 'string'],
  ['bv', -5, 'baseValue', 'number'],
  ['n', NAME, 'name', 'string'],
  ['u', 1, 'unit', 'string'],
  ['v', 2, 'value', 'number'],
  ['vb', BOOLEAN_VALUE, 'boolean', 'boolean'],
  ['t', 6, 'time', 'number'],
] as const
const FIELDS: ReadonlyMap<unknown, (typeof LABELS)[number]> = new Map(
  LABELS.flatMap((row): [unknown, typeof row][] => [
    [row[0], row],
    [row[1], row],
  ]),
)

export type SenmlFormat = 'json' | 'cbor'

/**
 * Reads a SenML pack; each of its records may still be malformed.
 * @returns `undefined` for what is no pack, or has more than `maxRecords`
 */
export function decodePack(body: Buffer, format: SenmlFormat, maxRecords: number): SenmlRecord[] | undefined {
  let pack: unknown
  try {
    pack = format === 'json' ? JSON.parse(body.toString()) : decode(body, { useMaps: true })
  } catch {
    return undefined
  }
  if (!Array.isArray(pack) || pack.length === 0 || pack.length > maxRecords) return undefined
  return pack.map(toRecord)
}

function toRecord(given: unknown): SenmlRecord {
  const record: Record<string, unknown> = {}
  for (const [label, value] of entriesOf(given)) {
    const [, , field, type] = FIELDS.get(label) ?? []
    if (field === undefined) {
      // Other labels are ignored, but for those that say that they must be understood (§4.4).
      if (typeof label === 'string' && label.endsWith('_')) record.malformed = true
    } else if (typeof value !== type || (type === 'number' && !Number.isFinite(value)))
      record.malformed = true
    else record[field] = value
  }
  return entriesOf(given).length === 0 ? { malformed: true } : record
}

function entriesOf(given: unknown): [unknown, unknown][] {
  if (given instanceof Map) return [...given]
  return typeof given === 'object' && given !== null && !Array.isArray(given) ? Object.entries(given) : []
}
