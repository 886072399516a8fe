import { createServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import { inventoryAt } from '../../test/grpc-upstream.ts'
import { timed } from '../../test/upstream.ts'
import { MAX_BYTES } from './read-json.ts'

/** 200 KB that become 200 MB. */
const BOMB = gzipSync(Buffer.alloc(200 * 1024 * 1024), { level: 9 })

/** The most bytes of buffers that there were meanwhile, beyond those before. */
async function buffersOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.memoryUsage().arrayBuffers
  let most = before
  const look = setInterval(() => {
    most = Math.max(most, process.memoryUsage().arrayBuffers)
  }, 1)
  await work()
  clearInterval(look)
  return Math.max(most, process.memoryUsage().arrayBuffers) - before
}

test('a compressed answer grows to what an answer may have, and no further', async () => {
  const server = createServer((_, response) => {
    response.on('wantTrailers', () => response.stream.sendTrailers({ 'grpc-status': '0' }))
    const head = Buffer.alloc(5)
    head.writeUInt8(1, 0) // compressed
    head.writeUInt32BE(BOMB.length, 1)
    response.stream.respond(
      { ':status': 200, 'content-type': 'application/grpc', 'grpc-encoding': 'gzip' },
      { waitForTrailers: true },
    )
    response.stream.end(Buffer.concat([head, BOMB]))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const bytes = await buffersOf(async () => {
    // The call has a fraction of a second, which a busy machine may not have.
    await expect
      .poll(async () => (await timed(inventoryAt(address).stock(['HB-1']))).error)
      .toMatchObject({ name: 'UpstreamError', code: 'overloaded', upstream: 'inventory' })
  })
  expect(bytes).toBeLessThan(4 * MAX_BYTES)
})
