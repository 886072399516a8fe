import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { generate, type Option, type ParsedPacket, parse } from 'coap-packet'
import type { Security } from './oscore.ts'

/** RFC 7252 §4.8. */
const ACK_TIMEOUT_MS = 2_000
const ATTEMPTS = 4
const ECHO = 252

/** What came back, and what it cost the radio: datagrams and their bytes, without the headers below them. */
export type Answer = {
  readonly code: string
  readonly payload: Buffer
  readonly etag: Buffer | undefined
  /** Seconds for which it holds, or after which to ask again. */
  readonly maxAgeS: number
  readonly up: number
  readonly down: number
  readonly datagrams: number
  readonly ms: number
}

type Wanted = { etag?: Buffer | undefined; observe?: (answer: Answer) => void }
type Where = {
  host: string
  port: number
  security?: Security | undefined
  localAddress?: string | undefined
}

/** A label's CoAP: confirmable requests, sent again while there is no answer, and notifications. */
export async function openCoap({ host, port, security, localAddress }: Where) {
  const socket: Socket = createSocket('udp4')
  socket.bind(0, localAddress)
  await once(socket, 'listening')
  socket.connect(port, host)
  await once(socket, 'connect')
  const waiting = new Map<string, (datagram: Buffer) => void>()
  let messageId = Math.floor(Math.random() * 65_536)
  let token = 0
  socket.on('message', (datagram) => waiting.get(parse(datagram).token.toString('hex'))?.(datagram))
  // An ICMP refusal: nobody listens there.
  let unreachable = (_: Error) => {}
  socket.on('error', (error) => unreachable(error))

  return {
    close: () => void socket.close(),
    /** @throws when nobody listens, or there is no answer within half a minute */
    async get(path: string, wanted: Wanted = {}): Promise<Answer> {
      const first = await exchange(path, wanted, undefined)
      const echo = first.echo
      // The server asks whether the address is real, or the request new (RFC 9175).
      if (echo === undefined || (first.code !== '4.01' && first.code !== '4.29')) return first
      const second = await exchange(path, wanted, echo)
      const { up, down, datagrams, ms } = first
      return {
        ...second,
        up: up + second.up,
        down: down + second.down,
        datagrams: datagrams + second.datagrams,
        ms: ms + second.ms,
      }
    },
  }

  async function exchange(path: string, { etag, observe }: Wanted, echo: Buffer | undefined) {
    const id = Buffer.from([token++ & 0xff])
    const options: Option[] = path
      .split('/')
      .filter(Boolean)
      .map((segment) => ({ name: 'Uri-Path', value: Buffer.from(segment) }))
    if (etag) options.push({ name: 'ETag', value: etag })
    if (observe) options.push({ name: 'Observe', value: Buffer.alloc(0) })
    if (echo) options.push({ name: ECHO, value: echo })
    messageId = (messageId + 1) & 0xffff
    const plain = { confirmable: true, code: 'GET', messageId, token: id, options }
    const { packet, piv } = security?.protect(plain) ?? { packet: plain, piv: undefined }
    const datagram = generate(packet)
    const started = performance.now()
    const [answer, attempts] = await sent(datagram, id)
    const ms = performance.now() - started
    if (observe) waiting.set(id.toString('hex'), (next) => observe(notified(next, piv)))
    return {
      ...read(answer, piv),
      up: attempts * datagram.length,
      down: answer.length,
      datagrams: attempts + 1,
      ms,
    }
  }

  /** The answer, and how often the request was sent for it. */
  async function sent(datagram: Buffer, id: Buffer): Promise<[Buffer, number]> {
    const name = id.toString('hex')
    const answered = new Promise<Buffer>((resolve, reject) => {
      waiting.set(name, resolve)
      unreachable = reject
    })
    try {
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        socket.send(datagram)
        const waits = new AbortController()
        const timeout = setTimeout(ACK_TIMEOUT_MS * 2 ** attempt, undefined, waits).catch(() => undefined)
        const answer = await Promise.race([answered, timeout]).finally(() => waits.abort())
        if (answer) return [answer, attempt + 1]
      }
      throw new Error('no answer')
    } finally {
      waiting.delete(name)
      unreachable = () => {}
    }
  }

  function notified(datagram: Buffer, piv: Buffer | undefined): Answer {
    const { confirmable, messageId: theirs } = parse(datagram)
    const acknowledgement = generate({ ack: true, code: '0.00', messageId: theirs })
    if (confirmable) socket.send(acknowledgement)
    const up = confirmable ? acknowledgement.length : 0
    return { ...read(datagram, piv), up, down: datagram.length, datagrams: confirmable ? 2 : 1, ms: 0 }
  }

  function read(datagram: Buffer, piv: Buffer | undefined) {
    const outer = parse(datagram)
    const answer = security && piv ? security.open(outer, piv) : outer
    return {
      code: answer.code,
      payload: answer.payload,
      etag: bytesOf(answer, 'ETag'),
      maxAgeS: numberOf(bytesOf(answer, 'Max-Age')) ?? 60,
      echo: bytesOf(answer, ECHO),
    }
  }
}

/** Named as the codec names it: by a word, or by the number of an option that it does not know. */
function bytesOf({ options }: ParsedPacket, wanted: string | number): Buffer | undefined {
  const value: unknown = options.find(({ name }) => String(name) === String(wanted))?.value
  return Buffer.isBuffer(value) ? value : undefined
}

const numberOf = (bytes: Buffer | undefined): number | undefined =>
  bytes && (bytes.length === 0 ? 0 : bytes.readUIntBE(0, bytes.length))
