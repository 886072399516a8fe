import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A marker that occurs in no legitimate answer. */
export const CANARY = 'CANARY-6f1d'
/** The same for numeric fields. */
export const CANARY_NUMBER = 98_765_432

/** A person's data, in the answers of the customers service. */
export const CANARY_EMAIL = 'canary.person@harbor.example'
export const CANARY_PHONE = '+49 30 7654321'

/** Upstream fields that at most a named role may see, and the values planted in them. */
const SENSITIVE: Readonly<Record<string, unknown>> = {
  wholesaleCost: { amountMinor: CANARY_NUMBER, currency: 'EUR', note: CANARY },
  margin: CANARY_NUMBER,
  supplierId: CANARY,
  fraudScore: CANARY_NUMBER,
  internalSegmentTag: CANARY,
}
const PERSONAL: Readonly<Record<string, unknown>> = { email: CANARY_EMAIL, phone: CANARY_PHONE }

/** The requests to an upstream, verbatim. */
type Asked = { url: string; headers: string; body: string; token: string | undefined }

export type CanaryProxy = {
  readonly address: string
  readonly asked: readonly Asked[]
  /** From now on every answer is an error that echoes the request and the canaries. */
  breakDown(): void
  close(): void
}

/**
 * A proxy in front of a domain service that plants canaries in its answers: an unknown field in every object, and a
 * marker in every sensitive field.
 */
export async function startCanaryProxy(upstream: string): Promise<CanaryProxy> {
  const asked: Asked[] = []
  let broken = false
  const server = createServer(async (request, response) => {
    const body = await read(request)
    const heard = {
      url: request.url ?? '',
      headers: request.rawHeaders.join('\n'),
      body: body.toString(),
      token: request.headers.authorization?.split(' ')[1],
    }
    asked.push(heard)
    if (broken) {
      const error = { ...heard, ...SENSITIVE, ...PERSONAL, message: `no ${CANARY_EMAIL} ${CANARY}` }
      response.writeHead(500, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ error }))
      return
    }
    const answer = await fetch(upstream + request.url, {
      method: request.method ?? 'GET',
      headers: headersOf(request),
      ...(body.length > 0 && { body: new Uint8Array(body) }),
    })
    const text = await answer.text()
    response.writeHead(answer.status, {
      'content-type': answer.headers.get('content-type') ?? 'application/json',
    })
    response.end(answer.ok && text !== '' ? JSON.stringify(plant(JSON.parse(text))) : text)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    breakDown: () => {
      broken = true
    },
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

function plant(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plant)
  if (value === null || typeof value !== 'object') return value
  const planted = Object.entries(value).map(([name, inner]) => [
    name,
    SENSITIVE[name] ?? (typeof inner === 'string' ? PERSONAL[name] : undefined) ?? plant(inner),
  ])
  return { ...Object.fromEntries(planted), somethingNew: CANARY }
}

function headersOf({ headers }: IncomingMessage): Record<string, string> {
  const { host, connection, 'content-length': _, 'transfer-encoding': __, ...rest } = headers
  return Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, String(value)]))
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks)
}
