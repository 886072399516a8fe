import { type Bindings, type ChildLoggerOptions, type DestinationStream, type Logger, pino } from 'pino'
import { standardOutput } from './log-output.ts'
import { isPrivateField } from './private-fields.ts'
import { redactJson } from './redact.ts'

export type Log = Logger

/** Deeper or further values are only counted in the line. */
const MAX_DEPTH = 6
const MAX_VALUES = 1_000
const MORE = '…'

/**
 * The log of a process: one JSON object per line, on standard output. Fields with a private name are removed at any
 * depth; values with a private form (credentials, e-mail addresses) are redacted in every text.
 */
export function createLog(name: string, level = 'info', destination?: DestinationStream): Log {
  const log = pino(
    {
      name,
      level,
      base: { name },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: withoutPrivate },
      // Errors become objects in the same place as all other values.
      serializers: { err: (err) => err },
      hooks: { streamWrite: redactJson },
    },
    destination ?? standardOutput(),
  )
  // pino has no formatter for the bindings of a child log.
  const { child } = log
  log.child = function <Levels extends string = never>(
    this: Log,
    fields: Bindings,
    options?: ChildLoggerOptions<Levels>,
  ): Logger<Levels> {
    return Reflect.apply(child, this, [withoutPrivate(fields), options])
  }
  return log
}

// pino's own `redact` needs every path in advance, and its wildcards cost 20 µs a line or more.
function withoutPrivate(fields: Record<string, unknown>): Record<string, unknown> {
  return cleanFields(Object.entries(fields), 1, { left: MAX_VALUES })
}

type Room = { left: number }

function cleanFields(
  fields: Iterable<readonly [unknown, unknown]>,
  depth: number,
  room: Room,
): Record<string, unknown> {
  const cleaned: [string, unknown][] = []
  for (const [key, value] of fields) {
    const name = String(key)
    if (!isPrivateField(name)) cleaned.push([name, clean(value, depth, room)])
  }
  // Not by assignment: `__proto__` would set the prototype.
  return Object.fromEntries(cleaned)
}

function clean(value: unknown, depth: number, room: Room): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (depth > MAX_DEPTH || room.left-- <= 0) return MORE
  if (value instanceof Error)
    return cleanFields(Object.entries(pino.stdSerializers.err(value)), depth + 1, room)
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `${value.byteLength} bytes`
  if (Array.isArray(value) || value instanceof Set) {
    const items = [...value].slice(0, Math.max(0, room.left))
    return items.map((item) => clean(item, depth + 1, room))
  }
  if (value instanceof Map) return cleanFields(value, depth + 1, room)
  if ('toJSON' in value && typeof value.toJSON === 'function') return clean(value.toJSON(), depth + 1, room)
  return cleanFields(Object.entries(value), depth + 1, room)
}
