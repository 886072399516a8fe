import { randomBytes } from 'node:crypto'
import { createLog } from '@harbor/shared-runtime/log'
import { createSeal } from '@harbor/shared-runtime/seal'
import {
  CODE,
  type CoapContent,
  type CoapMessage,
  encodeContent,
  encodeMessage,
  OPTION,
  parseContent,
} from '../src/codecs/coap-message.ts'
import { addContext } from '../src/devices/actions.ts'
import type { Context } from '../src/devices/record.ts'
import type { Devices } from '../src/devices/registry.ts'
import { Ccm } from '../src/oscore/ccm.ts'
import { Contexts } from '../src/oscore/contexts.ts'
import { fileEpochs } from '../src/oscore/epochs.ts'
import { additionalData, deriveKeys, encodePiv, type KeyMaterial, nonceOf } from '../src/oscore/keys.ts'
import { type OscoreOption, readOscoreOption, writeOscoreOption } from '../src/oscore/option.ts'
import { newContext } from '../src/oscore/provision.ts'
import { optionOf, parsed, request } from './coap-peer.ts'

/** The client's side of a security context (RFC 8613 §8.1, §8.4). */
export function oscoreClient(material: KeyMaterial) {
  const keys = deriveKeys(material)
  const { senderId, recipientId, idContext } = material
  const sender = new Ccm(keys.sender)
  const recipient = new Ccm(keys.recipient)
  return {
    seal(content: CoapContent, sequence: number): { option: Partial<OscoreOption>; ciphertext: Buffer } {
      const piv = encodePiv(sequence)
      const nonce = nonceOf(keys.commonIv, senderId, piv)
      const ciphertext = sender.seal(nonce, additionalData(senderId, piv), encodeContent(content))
      return { option: { piv, kid: senderId, kidContext: idContext }, ciphertext }
    },
    open(option: Partial<OscoreOption>, ciphertext: Buffer, requestPiv: Buffer): CoapContent | undefined {
      const nonce = option.piv
        ? nonceOf(keys.commonIv, recipientId, option.piv)
        : nonceOf(keys.commonIv, senderId, requestPiv)
      const plaintext = recipient.open(nonce, additionalData(senderId, requestPiv), ciphertext)
      return plaintext && parseContent(plaintext)
    },
  }
}

export const SEAL = createSeal([randomBytes(32)])

/** Makes a context for a device, as an operator would, and the device's side of it. */
export function provision(devices: Devices, id = 'd101', graceSeconds = 3600) {
  const { given, kept } = newContext(SEAL, id)
  devices.put(id, addContext(id, kept, graceSeconds)(devices.records.get(id)))
  return oscoreDevice(given)
}

/** Without a Redis, as one process. */
export const oscoreOf =
  ({ isShared = false } = {}) =>
  (devices: Devices) => ({
    contexts: new Contexts(devices, SEAL, createLog('test', 'silent')),
    epochs: fileEpochs(undefined),
    isShared,
  })

/** A device with a context: counts its requests, and reads what comes back. */
export function oscoreDevice({
  id,
  masterSecret,
  masterSalt,
}: {
  id: Context['id']
  masterSecret: string
  masterSalt: string
}) {
  const { seal, open } = oscoreClient({
    secret: Buffer.from(masterSecret, 'hex'),
    salt: Buffer.from(masterSalt, 'hex'),
    senderId: Buffer.from(id, 'hex'),
    recipientId: Buffer.alloc(0),
  })
  let sequence = 0
  return {
    id,
    skipTo(next: number) {
      sequence = next
    },
    /** The datagram of a request, and its partial IV. */
    request(path: string, options: Parameters<typeof request>[1] = {}) {
      const plain = parsed(request(path, options))
      const sealed = seal(plain, sequence++)
      const observe = plain.options.filter(({ number }) => number === OPTION.OBSERVE)
      const oscore = { number: OPTION.OSCORE, value: writeOscoreOption(sealed.option) }
      const outer = {
        ...plain,
        code: observe.length > 0 ? CODE.FETCH : CODE.POST,
        options: [...observe, oscore],
        payload: sealed.ciphertext,
      }
      return { datagram: encodeMessage(outer), piv: sealed.option.piv ?? Buffer.alloc(0) }
    },
    /** What an answer to a request says. @throws when it is not protected as an answer to it */
    read(answer: Buffer | undefined, piv: Buffer): CoapMessage & { readonly outer: CoapMessage } {
      const outer = parsed(answer)
      const option = readOscoreOption(optionOf(outer, OPTION.OSCORE) ?? Buffer.from([0]))
      const content = option && open(option, outer.payload, piv)
      if (content === undefined) throw new Error('not an answer under OSCORE to this request')
      return { ...outer, ...content, outer }
    },
  }
}

export type OscoreDevice = ReturnType<typeof oscoreDevice>
type Handle = (datagram: Buffer, peer: { address: string; port: number }) => Buffer | undefined

/** Asks, and asks again with the Echo value of a challenge, as a device does on its first request to a process. */
export function askSecured(
  handle: Handle,
  device: OscoreDevice,
  path: string,
  peer: { address: string; port: number },
  options: NonNullable<Parameters<typeof request>[1]> = {},
) {
  const first = device.request(path, options)
  const answer = device.read(handle(first.datagram, peer), first.piv)
  const echo = optionOf(answer, OPTION.ECHO)
  if (answer.code !== CODE.UNAUTHORIZED || echo === undefined) return { answer, ...first }
  const proof = { number: OPTION.ECHO, value: echo }
  const second = device.request(path, { ...options, options: [...(options.options ?? []), proof] })
  return { answer: device.read(handle(second.datagram, peer), second.piv), ...second }
}
