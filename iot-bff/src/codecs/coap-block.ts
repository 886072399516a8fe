import { encodeUint } from './coap-message.ts'

/** A block of a body (RFC 7959 §2.2). */
export type Block = {
  readonly number: number
  /** Bytes: 16, 32, … 1024. */
  readonly size: number
}

const RESERVED_SIZE = 7

/** @returns `undefined` for the reserved size; the value has at most three bytes */
export function decodeBlock(value: number): Block | undefined {
  const exponent = value & 0b111
  return exponent === RESERVED_SIZE ? undefined : { number: value >> 4, size: 16 << exponent }
}

export const encodeBlock = ({ number, size }: Block, more: boolean): Buffer =>
  encodeUint((number << 4) | (more ? 0b1000 : 0) | (Math.log2(size) - 4))

/**
 * The block of a body that was asked for; the whole body where it fits into the first one.
 * @returns `undefined` when the body ends before it
 */
export function blockOf(body: Buffer, { number, size }: Block): { bytes: Buffer; more: boolean } | undefined {
  const start = number * size
  if (number > 0 && start >= body.length) return undefined
  return { bytes: body.subarray(start, start + size), more: start + size < body.length }
}
