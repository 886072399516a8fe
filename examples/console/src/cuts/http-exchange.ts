import { request } from 'node:http'
import type { Exchange } from './cut.ts'

const TIMEOUT_MS = 5_000

/** A GET on a connection of its own, so that the bytes of the socket are those of this exchange. */
export function exchangeOverHttp(
  url: URL,
  headers: Readonly<Record<string, string>>,
): Promise<{ exchange: Exchange; etag: string; body: string }> {
  return new Promise((resolve, reject) => {
    const started = performance.now()
    const sent = request(url, { headers, agent: false, timeout: TIMEOUT_MS }, (answer) => {
      const chunks: Buffer[] = []
      const { socket } = answer
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('error', reject)
      answer.on('end', () =>
        resolve({
          exchange: {
            request: `GET ${url.pathname}${'if-none-match' in headers ? ' If-None-Match' : ''}`,
            status: String(answer.statusCode),
            ms: performance.now() - started,
            up: socket.bytesWritten,
            down: socket.bytesRead,
            cache: [answer.headers['cache-status']].flat().join() || undefined,
          },
          etag: answer.headers.etag ?? '',
          body: Buffer.concat(chunks).toString(),
        }),
      )
    })
    sent.on('timeout', () => sent.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)))
    sent.on('error', reject)
    sent.end()
  })
}
