import { httpPart } from '@harbor/shared-runtime/http-server'
import { connect } from '@harbor/shared-testing/raw-connection'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SCREENS } from '../../src/screens/index.ts'
import { sampleOf, useMobile } from '../mobile.ts'

const KB = 1024
const mobile = useMobile({ cached: true })

describe('the bytes of', () => {
  it.each([
    ['a product', '/v1/products/p1001', 300, 250],
    ['home', '/v1/home', 6 * KB, 2 * KB],
    ['checkout-summary', '/v2/checkout-summary?cartId=k1001', 6.8 * KB, 2.5 * KB],
    ['a page of twenty products', '/v1/products', 5 * KB, 1 * KB],
  ])('%s at %s: at most %i, and %i in br', async (_, path, plain, compressed) => {
    const bytes = async (coding: string) => {
      const authorization = `Bearer ${mobile.demo.mobileAccessToken}`
      const answer = await mobile.app.request(path, { headers: { authorization, 'accept-encoding': coding } })
      return (await answer.arrayBuffer()).byteLength
    }
    const found = [await bytes('identity'), await bytes('br')] as const
    expect(found[0]).toBeGreaterThan(100)
    expect(found[0]).toBeLessThanOrEqual(plain)
    expect(found[1]).toBeLessThanOrEqual(compressed)
  })
})

describe('a second look, with nothing changed', () => {
  const state = { port: 0 }
  let stop = async () => {}
  beforeAll(async () => {
    const part = httpPart({
      name: 'http',
      fetch: mobile.app.fetch,
      host: '127.0.0.1',
      port: 0,
      portSetting: 'PORT',
    })
    state.port = Number(new URL((await part.start()) ?? '').port)
    stop = () => part.stop()
  })
  afterAll(() => stop())

  /** All that comes over the connection in answer. */
  async function heard(path: string, headers: Record<string, string>): Promise<string> {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
    const request = `GET ${path} HTTP/1.1\r\nHost: mobile\r\n${lines.join('')}\r\n`
    const { socket, heard } = connect(state.port, request)
    await expect.poll(heard, { timeout: 10_000 }).toContain('\r\n\r\n')
    socket.destroy()
    return heard()
  }

  // As docs/http-caching.md says.
  it.each(SCREENS.map((screen) => [sampleOf(screen), screen.deprecated ? 550 : 450] as const))(
    '%s is a 304 of less than %i bytes, headers and all',
    async (path, most) => {
      const asked = { authorization: `Bearer ${mobile.demo.mobileAccessToken}`, 'accept-encoding': 'br' }
      const answer = await mobile.app.request(path, { headers: asked })
      const bytes = await heard(path, { ...asked, 'if-none-match': answer.headers.get('etag') ?? '' })
      expect(bytes).toMatch(/^HTTP\/1.1 304 /)
      expect(bytes.length, bytes).toBeLessThan(most)
    },
  )
})
