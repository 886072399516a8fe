import { type CoapContent, encodeContent, NO_BYTES, parseContent } from '../codecs/coap-message.ts'
import { Ccm } from './ccm.ts'
import { additionalData, deriveKeys, encodePiv, type KeyMaterial, type Keys, nonceOf } from './keys.ts'
import type { OscoreOption } from './option.ts'
import { ReplayWindow } from './replay-window.ts'

/** What stands in the datagram: the value of the OSCORE option and the ciphertext, which is the payload. */
export type Protected = { readonly option: Partial<OscoreOption>; readonly ciphertext: Buffer }

/** A request that was verified; its answers are bound to its partial IV (RFC 8613 §5.4). */
export type Opened = {
  readonly content: CoapContent
  readonly piv: Buffer
  /** `true` if the message was certainly not received before; `false` if it may have been. */
  readonly isFresh: boolean
}

/** Why a request was not verified; each has a code of its own (§8.2). */
export type Failure = 'decryption' | 'replay'

/**
 * The server's side of a security context (RFC 8613 §3): keys, ids and the window of what was received. Keys are derived
 * and ciphers opened when the first message comes: most contexts of a table are silent for most of the time.
 */
export class SecurityContext {
  readonly material: KeyMaterial
  /**
   * The numbers that were received. There is none until a request has proved to be fresh: what was received before
   * this process started is not known (appendix B.1.2).
   */
  #window: ReplayWindow | undefined
  #open: { readonly keys: Keys; readonly sender: Ccm; readonly recipient: Ccm } | undefined

  constructor(material: KeyMaterial) {
    this.material = material
  }

  /**
   * Verifies a request, and takes its number. While nothing is known of the numbers before it, a repeated request
   * is verified too, and is not fresh.
   */
  openRequest(piv: Buffer, ciphertext: Buffer): Opened | Failure {
    const sequence = piv.readUIntBE(0, piv.length)
    if (this.#window !== undefined && !this.#window.isNew(sequence)) return 'replay'
    const { keys, recipient } = this.#ciphers()
    const { recipientId } = this.material
    const nonce = nonceOf(keys.commonIv, recipientId, piv)
    const plaintext = recipient.open(nonce, additionalData(recipientId, piv), ciphertext)
    const content = plaintext && parseContent(plaintext)
    if (content === undefined) return 'decryption'
    this.#window?.accept(sequence)
    // A copy: what lives as long as an observation must not keep its datagram.
    return { content, piv: Buffer.from(piv), isFresh: this.#window !== undefined }
  }

  /** The request with this partial IV was made after this process started: from now on it is known what is new. */
  startWindow(piv: Buffer): void {
    this.#window ??= new ReplayWindow(piv.readUIntBE(0, piv.length))
  }

  /**
   * Protects an answer.
   * @param sequence a number of this side that was never used; without one the request's nonce serves, which may
   * happen once for a request
   */
  sealAnswer(content: CoapContent, requestPiv: Buffer, sequence?: number): Protected {
    const { keys, sender } = this.#ciphers()
    const { senderId, recipientId } = this.material
    const piv = sequence === undefined ? undefined : encodePiv(sequence)
    const nonce = piv
      ? nonceOf(keys.commonIv, senderId, piv)
      : nonceOf(keys.commonIv, recipientId, requestPiv)
    const additional = additionalData(recipientId, requestPiv)
    return { option: { piv }, ciphertext: sender.seal(nonce, additional, encodeContent(content)) }
  }

  #ciphers() {
    this.#open ??= opened(deriveKeys(this.material))
    return this.#open
  }
}

const opened = (keys: Keys) => ({
  keys,
  sender: new Ccm(keys.sender),
  recipient: new Ccm(keys.recipient),
})

/** The server's own id: it is never sent, and no device has it, as theirs are not empty. */
export const SERVER_ID: Buffer = NO_BYTES
