import { type Bindings, type ChildLoggerOptions, type DestinationStream, type Logger, pino } from 'pino'

export type Log = Logger

/** Names of fields that hold a credential or a personal value; they are cut out at any depth, not masked. */
const PRIVATE = /(authorization|cookie|token|password|secret|email|phone)$|^(x-)?(api[-_]?)?key$/i
const MAX_DEPTH = 8

/** The log of a process: one JSON object a line, on standard output. */
export function createLog(name: string, level = 'info', destination?: DestinationStream): Log {
  const log = pino(
    {
      name,
      level,
      base: { name },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: withoutPrivate },
      serializers: { err: (error: Error) => withoutPrivate({ ...pino.stdSerializers.err(error) }) },
    },
    destination ?? pino.destination({ fd: 1, sync: false }),
  )
  // pino has no formatter for what a child log adds to each line.
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

// pino's own `redact` needs every path beforehand, and its wildcards cost 20 µs a line and more.
function withoutPrivate(fields: Record<string, unknown>, depth = 1): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([name]) => !PRIVATE.test(name))
      .map(([name, value]) => [name, clean(value, depth)]),
  )
}

function clean(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Error) return value
  if (depth > MAX_DEPTH) return '…'
  if (Array.isArray(value)) return value.map((item) => clean(item, depth + 1))
  const plain = Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null
  return plain ? withoutPrivate(value as Record<string, unknown>, depth + 1) : value
}
