import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'
import { capped } from './body-cap.ts'
import { startMockServices } from './index.ts'

const MIB = 1024 * 1024

/** Sends up to 100 MiB in chunks; how many bytes were taken of it. */
async function flood(url: string, method: string): Promise<number> {
  const block = new Uint8Array(MIB).fill(97)
  let sent = 0
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (sent === 100 * MIB) return controller.close()
      sent += MIB
      controller.enqueue(block)
    },
  })
  const init: RequestInit & { duplex: 'half' } = { method, body, duplex: 'half' }
  await fetch(url, init).then(
    (answer) => answer.arrayBuffer(),
    () => undefined,
  )
  return sent
}

test('a handler that reads without a limit is not fed above the cap', async () => {
  const naive: RequestListener = (req, res) =>
    void text(req).then(
      (body) => res.end(`${body.length}`),
      () => {},
    )
  const server = createServer(capped(naive)).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await new Promise((resolve) => server.once('listening', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  expect(await flood(url, 'POST')).toBeLessThan(20 * MIB)
  expect(await (await fetch(url, { method: 'POST', body: 'x'.repeat(MIB) })).text()).toBe(`${MIB}`)
  expect((await fetch(url, { method: 'POST', body: 'x'.repeat(MIB + 1) })).status).toBe(413)
})

test('the services and the control port are capped', async () => {
  const mocks = await startMockServices()
  onTestFinished(() => mocks.close())
  const body = 'x'.repeat(MIB + 1)
  for (const url of [`${mocks.controlUrl}/faults/catalog`, `${mocks.services.identity}/interaction/abc`])
    expect((await fetch(url, { method: 'PUT', body })).status).toBe(413)
})
