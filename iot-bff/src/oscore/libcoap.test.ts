import { randomBytes } from 'node:crypto'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runTool, startTool } from '@harbor/shared-testing/tools'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { level } from '../../test/fake-feed.ts'
import { runFilledApp } from '../../test/run-app.ts'

/**
 * A `coap-client` of libcoap built with OSCORE (`cmake -DENABLE_OSCORE=ON`, `-h` then shows -E): Debian's is not.
 * Run with OSCORE_COAP_CLIENT=/path/to/coap-client.
 */
const client = process.env.OSCORE_COAP_CLIENT ?? ''
const ADMIN_TOKEN = 'an-admin-token-of-a-test'

describe.skipIf(client === '')('libcoap under OSCORE, as a client that others have written', () => {
  let app: Awaited<ReturnType<typeof runFilledApp>>
  let secured: string[] = []
  beforeAll(async () => {
    app = await runFilledApp({
      SEAL_KEYS: randomBytes(32).toString('base64'),
      ADMIN_TOKEN,
      COAP_PLAIN_DEVICE: 'd102',
    })
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}` }
    const response = await app.manage('/devices/d101/contexts', { method: 'POST', headers })
    const { context } = await response.json()
    const folder = await mkdtemp(join(tmpdir(), 'oscore-'))
    const lines = [
      ...[`master_secret,hex,"${context.masterSecret}"`, `master_salt,hex,"${context.masterSalt}"`],
      ...[`sender_id,hex,"${context.id}"`, 'recipient_id,hex,""'],
    ]
    await writeFile(join(folder, 'conf'), `${lines.join('\n')}\n`)
    secured = ['-B', '5', '-E', `${join(folder, 'conf')},${join(folder, 'sequence')}`]
  })
  afterAll(() => app?.stop())

  const read = async (path: string, ...options: string[]) => {
    const printed = await runTool(client, [...secured, ...options, `${app.addresses.coap}${path}`])
    return Buffer.from(printed.replace(/\n$/, ''), 'latin1').toString('hex')
  }

  // It answers the Echo challenge of its first request by itself, and continues its numbers from run to run.
  test.each([
    ['/s/HB-1001', [], '31'],
    ['/s/HB-1002', [], '30'],
    ['/s/HB-1001', ['-N'], '31'],
    ['/s/HB-1001', ['-A', '60'], 'f5'],
    ['/b', [], '01aaaaa0'],
    ['/s/HB-1001', ['-l', '1'], '31'],
  ])('reads %s with %o as %s', async (path, options, expected) => {
    expect(await read(path, ...options)).toBe(expected)
  })

  test('reads a state in blocks', async () => {
    expect(Buffer.from(await read('/.well-known/core', '-b', '16'), 'hex').toString()).toContain('</b>;obs')
  })

  test('is told why there is no answer', async () => {
    const tool = startTool(client, [...secured, `${app.addresses.coap}/b/cellar`])
    await tool.ended
    expect(tool.errors()).toBe('4.03\n')
  })

  test('observes', async () => {
    const tool = startTool(client, [...secured, '-s', '3', `${app.addresses.coap}/s/HB-1003`])
    await expect.poll(tool.output).toBe('1')
    app.feed.send(level('ber', 'HB-1003', 0, '11'))
    await expect.poll(tool.output).toBe('10')
    await tool.ended
  })
})
