import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { generate, type ParsedPacket, parse } from 'coap-packet'

/** What one request cost the device's radio. */
export type Exchange = {
  code: string
  payload: Buffer
  etag: Buffer | undefined
  up: number
  down: number
  ms: number
}

/** One CoAP GET, as small as the protocol allows: a confirmable request and its piggybacked answer. */
export async function coapGet(host: string, port: number, path: string, etag?: Buffer): Promise<Exchange> {
  const socket = createSocket('udp4')
  try {
    const request = generate({
      confirmable: true,
      code: 'GET',
      messageId: Math.floor(Math.random() * 65_536),
      options: [
        ...(etag ? [{ name: 'ETag' as const, value: etag }] : []),
        ...path
          .split('/')
          .filter(Boolean)
          .map((segment) => ({ name: 'Uri-Path' as const, value: Buffer.from(segment) })),
      ],
    })
    const started = performance.now()
    socket.send(request, port, host)
    const [datagram] = (await once(socket, 'message', { signal: AbortSignal.timeout(5_000) })) as [Buffer]
    const answer = parse(datagram)
    return {
      code: answer.code,
      payload: answer.payload,
      etag: etagOf(answer),
      up: request.length,
      down: datagram.length,
      ms: performance.now() - started,
    }
  } finally {
    socket.close()
  }
}

function etagOf({ options }: ParsedPacket): Buffer | undefined {
  const value = options?.find(({ name }) => name === 'ETag')?.value
  return Buffer.isBuffer(value) ? value : undefined
}
