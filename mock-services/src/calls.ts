import { decodeJwt } from 'jose'
import { SERVICE_NAMES, type ServiceName } from './service-names.ts'

/** One call that a service received, as `GET /calls/last` shows it. */
export type CallRecord = {
  method: string
  path: string
  /** As received, but no credential: the claims of `authorization`, the names of `cookie`s. */
  headers: Record<string, unknown>
  /** The caller went away before it had its answer. */
  cancelled: boolean
  /** `null` while it runs. */
  durationMs: number | null
  at: string
}

export type CallCounts = Partial<Record<ServiceName, Record<string, number>>>

/** What the services were asked, refused calls included. */
export type Calls = ReturnType<typeof createCalls>

const KEPT = 100

export function createCalls() {
  const counts = new Map<ServiceName, Map<string, number>>()
  const last = new Map<ServiceName, CallRecord[]>(SERVICE_NAMES.map((name) => [name, []]))

  return {
    /** Notes a call by its route pattern; the function that it gives back notes its end. */
    begin(
      service: ServiceName,
      pattern: string,
      call: { method: string; path: string; headers: Record<string, unknown> },
    ) {
      const ofService = counts.get(service) ?? new Map<string, number>()
      counts.set(service, ofService.set(pattern, (ofService.get(pattern) ?? 0) + 1))

      const record: CallRecord = {
        ...call,
        headers: withoutCredentials(call.headers),
        cancelled: false,
        durationMs: null,
        at: new Date().toISOString(),
      }
      const records = last.get(service) ?? []
      records.push(record)
      if (records.length > KEPT) records.shift()

      const startedAt = performance.now()
      return (cancelled: boolean) => {
        if (record.durationMs !== null) return
        record.cancelled = cancelled
        record.durationMs = Math.round((performance.now() - startedAt) * 10) / 10
      }
    },
    /** `{ catalog: { "GET /products/{id}": 3 } }` */
    counts: (): CallCounts =>
      Object.fromEntries([...counts].map(([service, patterns]) => [service, Object.fromEntries(patterns)])),
    /** The last 100 calls of a service, oldest first. */
    last: (service: ServiceName): CallRecord[] => [...(last.get(service) ?? [])],
    reset() {
      counts.clear()
      for (const records of last.values()) records.length = 0
    },
  }
}

function withoutCredentials({ authorization, cookie, ...headers }: Record<string, unknown>) {
  return {
    ...headers,
    ...(typeof authorization === 'string' && { authorization: claimsOf(authorization) }),
    ...(typeof cookie === 'string' && {
      cookie: cookie.split(';').map((pair) => pair.split('=')[0]?.trim()),
    }),
  }
}

function claimsOf(authorization: string): unknown {
  const [scheme, credential = ''] = authorization.split(' ')
  try {
    if (scheme === 'Bearer') return decodeJwt(credential)
    if (scheme === 'Basic') return { client_id: Buffer.from(credential, 'base64').toString().split(':')[0] }
  } catch {
    // Shown as what it is: something that cannot be read.
  }
  return { unreadable: true }
}
