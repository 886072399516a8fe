import { describe, expect, it } from 'vitest'
import { useMobile } from '../mobile.ts'

const mobile = useMobile({ cached: true })
const LONG_AGO = 'Sun, 06 Nov 1994 08:49:37 GMT'

const cartTag = async (headers: Record<string, string> = {}) => {
  const authorization = `Bearer ${mobile.demo.mobileAccessToken}`
  const answer = await mobile.app.request('/v1/cart', { headers: { authorization, ...headers } })
  return answer.headers.get('etag') ?? ''
}
const pieces = async () => (await mobile.get('/v1/cart')).json.items
const put = (headers: Record<string, string>, quantity = 2, sku = 'HB-1001') =>
  mobile.send('PATCH', `/v1/cart/items/${sku}`, { quantity }, headers)

describe('a write to the cart', () => {
  it('happens only on the cart that the app saw, in whatever language and coding that was', async () => {
    const forms = [
      {},
      { 'accept-language': 'ja' },
      { 'accept-encoding': 'br' },
      { accept: 'application/cbor' },
    ]
    const tags = await Promise.all(forms.map(cartTag))
    expect(new Set(tags).size).toBeGreaterThan(1)
    for (const form of forms) {
      const seen = await cartTag(form)
      expect([form, (await put({ 'if-match': `"other", ${seen}` })).status]).toEqual([form, 200])
      expect([form, (await put({ 'if-match': `"other", ${seen}` })).status]).toEqual([form, 412])
    }
    const stale = await put({ 'if-match': tags[0] ?? '' }, 9)
    expect([stale.status, stale.headers.get('content-type'), stale.json.code]).toEqual([
      412,
      'application/problem+json',
      'PRECONDITION_FAILED',
    ])
    expect(stale.headers.get('cache-control')).toBe('no-store')
  })

  it('answers with a tag for the next one; of two with the same tag one happens', async () => {
    const first = (await put({}, 3)).headers.get('etag') ?? ''
    expect(first).toMatch(/^"\d+"$/)
    const add = await mobile.send(
      'POST',
      '/v1/cart/items',
      { sku: 'HB-1009', quantity: 1 },
      { 'if-match': first },
    )
    expect(add.status).toBe(200)
    const next = add.headers.get('etag') ?? ''
    const statuses = await Promise.all(
      [4, 5, 6].map(async (quantity) => (await put({ 'if-match': next }, quantity)).status),
    )
    expect(statuses.toSorted()).toEqual([200, 412, 412])
    const last = await cartTag()
    expect(
      (await mobile.send('DELETE', '/v1/cart/items/HB-1009', undefined, { 'if-match': first })).status,
    ).toBe(412)
    expect(
      (await mobile.send('DELETE', '/v1/cart/items/HB-1009', undefined, { 'if-match': last })).status,
    ).toBe(200)
  })

  it('that happened is answered again under its key; one that was refused leaves its key free', async () => {
    const key = 'precondition-of-a-write-1'
    const tag = await cartTag()
    expect((await put({ key, 'if-match': '"0"' }, 7)).status).toBe(412)
    expect((await put({ key, 'if-match': tag }, 7)).status).toBe(200)
    const again = await put({ key, 'if-match': tag }, 7)
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([200, 'true'])
  })

  it('asks nothing of the service for what no cart could fulfil', async () => {
    const before = await pieces()
    const tag = await cartTag()
    mobile.mocks.resetCalls()
    for (const headers of [
      { 'if-match': `W/${tag}` },
      { 'if-match': '"made-up"' },
      { 'if-match': tag.slice(1) },
      { 'if-match': '' },
      { 'if-none-match': '*' },
      { 'if-match': tag, 'if-none-match': '*' },
    ])
      expect([headers, (await put(headers, 9)).status]).toEqual([headers, 412])
    expect(mobile.calls().cart ?? 0).toBe(0)
    expect(await pieces()).toBe(before)
  })

  it('goes by the rest of RFC 9110, 13', async () => {
    const conditions: [Record<string, string>, number][] = [
      [{ 'if-match': '*' }, 200],
      [{ 'if-unmodified-since': LONG_AGO }, 412],
      [{ 'if-unmodified-since': 'Sunday, 06-Nov-94 08:49:37 GMT' }, 412],
      [{ 'if-unmodified-since': 'Sun Nov  6 08:49:37 1994' }, 412],
      [{ 'if-unmodified-since': 'yesterday' }, 200],
      [{ 'if-unmodified-since': new Date(Date.now() + 60_000).toUTCString() }, 200],
      // A date is not asked beside If-Match.
      [{ 'if-match': '*', 'if-unmodified-since': LONG_AGO }, 200],
      [{ 'if-none-match': '"0"' }, 200],
    ]
    for (const [headers, status] of conditions)
      expect([headers, (await put(headers)).status]).toEqual([headers, status])
    expect((await put({ 'if-none-match': `W/${await cartTag()}` })).status).toBe(412)
    // What is not there is not there, whatever is asked of it.
    expect((await put({ 'if-match': '"1"' }, 2, 'HB-1888')).status).toBe(404)
    expect((await put({ 'if-match': '"1"' }, 0)).status).toBe(400)
  })
})

describe('a write to what has no validator', () => {
  const preferences = {
    channels: { email: true, push: true, sms: false },
    topics: { orders: true, offers: true, stock: true },
  }
  it.each([
    [{ 'if-match': '"a"' }, 412, 412],
    [{ 'if-match': '*' }, 200, 412],
    [{ 'if-none-match': '*' }, 412, 422],
    [{ 'if-none-match': '"a"' }, 200, 422],
    [{ 'if-unmodified-since': LONG_AGO }, 200, 422],
  ])('with %o is %i where something is replaced, %i where something is made', async (headers, put, post) => {
    expect((await mobile.send('PUT', '/v1/notification-preferences', preferences, headers)).status).toBe(put)
    const order = { cartId: mobile.demo.cartId, paymentMethod: 'tok_declined' }
    expect((await mobile.send('POST', '/v1/checkout', order, headers)).status).toBe(post)
  })
})

describe.each(['/v1/products/p1001', '/v1/cart', '/v1/home', '/v2/checkout-summary?cartId=k1001'])(
  'a read of %s',
  (url) => {
    it.each(['GET', 'HEAD'])(
      'by %s is refused when its ETag is not among those of If-Match',
      async (method) => {
        const authorization = `Bearer ${mobile.demo.mobileAccessToken}`
        const ask = (headers: Record<string, string>) =>
          mobile.app.request(url, { method, headers: { authorization, ...headers } })
        const tag = (await ask({})).headers.get('etag') ?? ''
        const conditions: [Record<string, string>, number][] = [
          [{ 'if-match': tag }, 200],
          [{ 'if-match': `"x" , ${tag}` }, 200],
          [{ 'if-match': '*' }, 200],
          [{ 'if-match': '"x"' }, 412],
          [{ 'if-match': `W/${tag}` }, 412],
          [{ 'if-match': '' }, 412],
          [{ 'if-match': tag, 'if-none-match': tag }, 304],
          [{ 'if-match': '"x"', 'if-none-match': tag }, 412],
          [{ 'if-match': '"x"', 'if-none-match': '*' }, 412],
          // No answer has a modification date (RFC 9110, 13.1.3 and 13.1.4).
          [{ 'if-unmodified-since': LONG_AGO }, 200],
          [{ 'if-modified-since': new Date().toUTCString() }, 200],
        ]
        for (const [headers, status] of conditions) {
          const answer = await ask(headers)
          expect([headers, answer.status]).toEqual([headers, status])
          if (status === 412) {
            expect(answer.headers.get('content-type')).toBe('application/problem+json')
            expect((await answer.text()) === '').toBe(method === 'HEAD')
          }
        }
      },
    )
  },
)
