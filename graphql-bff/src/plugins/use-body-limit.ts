import { ProblemError } from '@harbor/shared-runtime/problems'
import type { Plugin } from 'graphql-yoga'

const MAX_BYTES = 64 * 1024

/**
 * Refuses bodies above 64 KiB: by their declared length, which the HTTP server enforces, or while they are
 * read when they have none. Yoga's own limit copies every body through a stream, a third of a small request.
 */
export const useBodyLimit = (): Plugin => ({
  onRequestParse({ request, requestParser, setRequestParser }) {
    const length = request.headers.get('content-length')
    if (length !== null) {
      if (!(Number(length) <= MAX_BYTES)) throw new ProblemError('TOO_LARGE')
    } else if (request.body && requestParser) {
      setRequestParser(async (parsed) => requestParser(await bounded(parsed)))
    }
  },
})

async function bounded(request: Request): Promise<Request> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request.body ?? []) {
    size += chunk.length
    if (size > MAX_BYTES) throw new ProblemError('TOO_LARGE')
    chunks.push(chunk)
  }
  return new Request(request.url, {
    method: request.method,
    headers: request.headers,
    body: Buffer.concat(chunks),
  })
}
