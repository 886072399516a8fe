import { type DestinationStream, type Logger, pino } from 'pino'

export type Log = Logger

/** Where a credential or a personal value could stand in a logged object; they are cut out, not masked. */
const REDACTED = ['authorization', 'cookie', 'token', 'key', 'password', 'email', 'phone'].flatMap(
  (field) => [field, `*.${field}`, `*.*.${field}`],
)

/** The log of a process: one JSON object a line, on standard output. */
export const createLog = (name: string, level = 'info', destination?: DestinationStream): Log =>
  pino(
    {
      name,
      level,
      base: { name },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: REDACTED, remove: true },
    },
    destination ?? pino.destination({ fd: 1, sync: false }),
  )
