import { CODE, type CoapOption, NO_BYTES, OPTION } from '../codecs/coap-message.ts'
import type { DeviceContext } from '../oscore/contexts.ts'
import { writeOscoreOption } from '../oscore/option.ts'
import type { SenderNumbers } from '../oscore/sender-numbers.ts'
import type { CoapAnswer } from './coap-answers.ts'

/** A request under OSCORE that was verified: its context, and its partial IV, to which its answers are bound. */
export type Exchange = { readonly context: DeviceContext; readonly piv: Buffer }

/**
 * Protects answers under OSCORE (RFC 8613 §4, §8.3): outside stay a code that says nothing, Observe, and the option.
 * `undefined` while there is no number for an answer that needs one.
 */
export type Protect = (
  answer: CoapAnswer,
  exchange: Exchange,
  nonce: 'request' | 'own',
) => CoapAnswer | undefined

/** @param ownNumbers whether other replicas may answer the same request: its nonce then serves for none of them */
export const createProtection =
  (numbers: SenderNumbers, ownNumbers: boolean): Protect =>
  (answer, { context, piv }, nonce) => {
    const observe = answer.options.find(({ number }) => number === OPTION.OBSERVE)
    const needsNumber = ownNumbers || nonce === 'own' || observe !== undefined
    const sequence = needsNumber ? numbers.next(context) : undefined
    if (needsNumber && sequence === undefined) return undefined
    const inner = observe ? { ...answer, options: answer.options.map(withoutSequence) } : answer
    const { option, ciphertext } = context.sealAnswer(inner, piv, sequence)
    const oscore = { number: OPTION.OSCORE, value: writeOscoreOption(option) }
    return {
      code: observe ? CODE.CONTENT : CODE.CHANGED,
      options: observe ? [observe, oscore] : [oscore],
      payload: ciphertext,
    }
  }

/** Under OSCORE the partial IV gives notifications their order (§4.1.3.5.2). */
const withoutSequence = (option: CoapOption): CoapOption =>
  option.number === OPTION.OBSERVE ? { number: OPTION.OBSERVE, value: NO_BYTES } : option
