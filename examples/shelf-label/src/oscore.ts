import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto'
import { generate, type Packet, type ParsedPacket, parse } from 'coap-packet'

/** What an operator gives a label once: `POST /devices/{id}/contexts` of the device BFF. Hexadecimal. */
type Credential = { id: string; masterSecret: string; masterSalt: string }

const CIPHER = 'aes-128-ccm'
const TAG = { authTagLength: 8 }
const SERVER_ID = Buffer.alloc(0)

/**
 * The label's side of OSCORE (RFC 8613), written from the RFC and apart from the server, so that each tests the
 * other. A real label keeps `sequence` in its flash: no number may be used twice.
 */
export function openSecurity({ id, masterSecret, masterSalt }: Credential, sequence = 0) {
  const ownId = Buffer.from(id, 'hex')
  const derive = (whose: Buffer, type: string, bytes: number) => {
    const info = [0x85, ...byteString(whose), 0xf6, 0x0a, 0x60 | type.length, ...Buffer.from(type), bytes]
    const [secret, salt] = [Buffer.from(masterSecret, 'hex'), Buffer.from(masterSalt, 'hex')]
    return Buffer.from(hkdfSync('sha256', secret, salt, Buffer.from(info), bytes))
  }
  const senderKey = derive(ownId, 'Key', 16)
  const recipientKey = derive(SERVER_ID, 'Key', 16)
  const commonIv = derive(Buffer.alloc(0), 'IV', 13)

  return {
    /** The request as it leaves, and the partial IV that its answer is bound to. */
    protect(request: Packet): { packet: Packet; piv: Buffer } {
      const piv = partialIv(sequence++)
      const inner = generate({ ...request, token: Buffer.alloc(0), messageId: 0 })
      const plaintext = Buffer.concat([inner.subarray(1, 2), inner.subarray(4)])
      const cipher = createCipheriv(CIPHER, senderKey, nonce(ownId, piv), TAG)
      cipher.setAAD(aad(ownId, piv), { plaintextLength: plaintext.length })
      const payload = Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()])
      const oscore = { name: 'OSCORE' as const, value: Buffer.from([8 | piv.length, ...piv, ...ownId]) }
      const observe = request.options?.filter(({ name }) => name === 'Observe') ?? []
      const code = observe.length > 0 ? 'FETCH' : 'POST'
      return { packet: { ...request, code, options: [...observe, oscore], payload }, piv }
    },
    /** Decrypts an answer. @throws when it is not the server's answer to that request */
    open(answer: ParsedPacket, piv: Buffer): ParsedPacket {
      const option = answer.options.find(({ name }) => name === 'OSCORE')?.value
      if (option === undefined) throw new Error(`${answer.code}, without protection`)
      const own = option.subarray(1, 1 + ((option[0] ?? 0) & 7))
      const [sealed, tag] = [answer.payload.subarray(0, -8), answer.payload.subarray(-8)]
      const iv = own.length > 0 ? nonce(SERVER_ID, own) : nonce(ownId, piv)
      const cipher = createDecipheriv(CIPHER, recipientKey, iv, TAG)
      cipher.setAuthTag(tag).setAAD(aad(ownId, piv), { plaintextLength: sealed.length })
      const plaintext = Buffer.concat([cipher.update(sealed), cipher.final()])
      const head = Buffer.from([0x50, plaintext[0] ?? 0, 0, 0])
      return { ...answer, ...contentOf(parse(Buffer.concat([head, plaintext.subarray(1)]))) }
    },
  }

  /** RFC 8613 §5.2. */
  function nonce(whose: Buffer, piv: Buffer): Buffer {
    const parts = [Buffer.from([whose.length]), Buffer.alloc(7 - whose.length), whose]
    const own = Buffer.concat([...parts, Buffer.alloc(5 - piv.length), piv])
    return Buffer.from(own.map((byte, index) => byte ^ (commonIv[index] ?? 0)))
  }
}

export type Security = ReturnType<typeof openSecurity>

const byteString = (bytes: Buffer): number[] => [0x40 | bytes.length, ...bytes]

/** §5.4: `["Encrypt0", h'', [1, [10], kid, piv, h'']]`. */
function aad(kid: Buffer, piv: Buffer): Buffer {
  const external = [0x85, 1, 0x81, 0x0a, ...byteString(kid), ...byteString(piv), 0x40]
  return Buffer.from([0x83, 0x68, ...Buffer.from('Encrypt0'), 0x40, 0x40 | external.length, ...external])
}

function partialIv(sequence: number): Buffer {
  const bytes = Buffer.alloc(5)
  bytes.writeUIntBE(sequence, 0, 5)
  const first = bytes.findIndex((byte) => byte > 0)
  return bytes.subarray(first < 0 ? 4 : first)
}

const contentOf = ({ code, options, payload }: ParsedPacket) => ({ code, options, payload })
