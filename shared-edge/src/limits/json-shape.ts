/** Limits on the structure of a JSON text. */
export type JsonShape = {
  /** Maximum nesting of objects and arrays. */
  readonly maxDepth: number
  /** Maximum members of one object, or items of one array. */
  readonly maxMembers: number
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const OPEN_ARRAY = 0x5b
const CLOSE_ARRAY = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

/**
 * Whether a JSON text stays within these limits, checked on its bytes before parsing: `JSON.parse` accepts a million
 * nested arrays, on which later recursive code overflows its stack. Invalid JSON is left to the parser.
 */
export function keepsWithin(bytes: Uint8Array, { maxDepth, maxMembers }: JsonShape): boolean {
  const commas = new Uint32Array(maxDepth + 1)
  let depth = 0
  for (let i = 0; i < bytes.length; i++) {
    switch (bytes[i]) {
      case QUOTE:
        i = endOfString(bytes, i + 1)
        break
      case OPEN_ARRAY:
      case OPEN_OBJECT:
        if (++depth > maxDepth) return false
        commas[depth] = 0
        break
      case CLOSE_ARRAY:
      case CLOSE_OBJECT:
        if (depth > 0) depth--
        break
      case COMMA:
        commas[depth] = (commas[depth] ?? 0) + 1
        if ((commas[depth] ?? 0) >= maxMembers) return false
    }
  }
  return true
}

/** The index of the closing quotation mark of a string; the length of the text when there is none. */
function endOfString(bytes: Uint8Array, start: number): number {
  let i = start
  while (i < bytes.length && bytes[i] !== QUOTE) i += bytes[i] === BACKSLASH ? 2 : 1
  return i
}
