/** Control packets by type (MQTT 3.1.1 §2.2.1), as far as a rule asks for them. */
export const PACKET = { PUBACK: 4 } as const

/** The length of the rest takes four bytes at most (§2.2.3). */
const MAX_LENGTH_BYTES = 4

/**
 * Finds where packets begin in the bytes of a connection, chunk by chunk, before anybody keeps or parses them.
 * @param begun told the type and the length, in bytes, that a packet announces; ends it all by `false`
 * @returns takes a chunk; `false` once it is over, also for what cannot be MQTT
 */
export function createFrameReader(begun: (type: number, bytes: number) => boolean) {
  let type = 0
  let length = 0
  let lengthBytes = 0
  /** Bytes of the present packet that are still to come. */
  let rest = 0
  let inHead = false

  return (chunk: Uint8Array): boolean => {
    for (let at = 0; at < chunk.length; ) {
      if (rest > 0) {
        const step = Math.min(rest, chunk.length - at)
        rest -= step
        at += step
        continue
      }
      const byte = chunk[at++] ?? 0
      if (!inHead) {
        inHead = true
        type = byte >> 4
        length = lengthBytes = 0
        continue
      }
      length += (byte & 0x7f) * 128 ** lengthBytes++
      if ((byte & 0x80) === 0) {
        inHead = false
        rest = length
        if (!begun(type, 1 + lengthBytes + length)) return false
      } else if (lengthBytes === MAX_LENGTH_BYTES) return false
    }
    return true
  }
}
