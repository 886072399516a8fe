import { UpstreamError } from '@harbor/shared-runtime/errors'

/** Decoded bytes of one answer; the largest legitimate one, a hundred products, is about 900 KB. */
export const MAX_BYTES = 4 * 1024 * 1024

/**
 * Reads a body of at most 4 MiB as JSON.
 * @throws {UpstreamError} `invalid_answer` when it is larger or is not JSON, `unavailable` when it was cut short
 */
export async function readJson(
  upstream: string,
  body: AsyncIterable<Buffer> & { destroy(): void },
): Promise<unknown> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of body) {
      size += chunk.length
      if (size > MAX_BYTES) break
      chunks.push(chunk)
    }
  } catch (cause) {
    throw new UpstreamError(upstream, 'unavailable', 'the answer was cut short', { cause })
  }
  if (size > MAX_BYTES) {
    body.destroy()
    throw new UpstreamError(upstream, 'invalid_answer', `the answer is larger than ${MAX_BYTES} bytes`)
  }
  if (size === 0) return undefined
  try {
    return JSON.parse((chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)).toString('utf8'))
  } catch (cause) {
    throw new UpstreamError(upstream, 'invalid_answer', 'the answer is not JSON', { cause })
  }
}
