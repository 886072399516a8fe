import { connect } from 'node:net'
import { httpPart } from '@harbor/shared-runtime/http-server'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { useMobile } from '../mobile.ts'

const mobile = useMobile({ cached: true })

/** What shared caches may have of a URL: nothing, or its answer. */
async function shared(url: string): Promise<'refused' | 'private' | 'public'> {
  const answer = await mobile.app.request(url)
  if (answer.status >= 400) {
    expect(answer.headers.get('cache-control'), url).toBe('no-store')
    return 'refused'
  }
  return /^(private|no-store)\b/.test(answer.headers.get('cache-control') ?? '') ? 'private' : 'public'
}

const allowed = async (url: string) => (await mobile.get(url)).json.detail

describe('a public answer has one URL', () => {
  it.each([
    '/v1/products',
    '/v1/products?limit=5',
    '/v1/products?category=cat-01&limit=5&locale=de&format=json',
    '/v1/search?q=garden+table&limit=3',
    '/v1/products/p1001?locale=fr',
  ])('%s', async (url) => expect(await shared(url)).toBe('public'))

  it.each([
    // Parameters that are not known, be they inherited names of objects.
    '/v1/products?toString=1',
    '/v1/products?constructor=1',
    '/v1/products?__proto__=1',
    '/v1/products/p1001?utm_source=mail',
    '/v1/products?limit=5&hasOwnProperty=',
    // Another order, a default that is named, another spelling of the same.
    '/v1/products?limit=5&category=cat-01',
    '/v1/products/p1001?format=json&locale=de',
    '/v1/products?limit=20',
    '/v1/products?',
    '/v1/products?&limit=5',
    '/v1/products?limit=5&',
    '/v1/products?limit=%35',
    '/v1/products?%6Cimit=5',
    '/v1/search?q=garden%20table',
    '/v1/search?q=garden++table',
    '/v1/search?q=+table',
    '/v1/search?q=%74able',
    '/v1/search?q=caf%65%CC%81',
    '/v1/products/%701001',
    '/v1/%70roducts/p1001',
  ])('not %s', async (url) => expect(await shared(url)).toBe('private'))

  it.each([
    ['/v1/products?limit=1.0', 'an integer from 1 to 50'],
    ['/v1/products?limit=01', 'an integer from 1 to 50'],
    ['/v1/products?limit=0x10', 'an integer from 1 to 50'],
    ['/v1/products?limit=1e1', 'an integer from 1 to 50'],
    ['/v1/products?limit=%2B5', 'an integer from 1 to 50'],
    ['/v1/products?limit=+5', 'an integer from 1 to 50'],
    ['/v1/products?limit=', 'an integer from 1 to 50'],
    ['/v1/products?limit=5&limit=5', 'once'],
    ['/v1/products?locale=en&locale=a1', 'once'],
    ['/v1/products?locale=', 'en, de, fr, ja'],
    ['/v1/products?locale=EN', 'en, de, fr, ja'],
    ['/v1/products?format=constructor', 'json, cbor'],
    ['/v1/home?limit=5&locale=de&locale=de', 'once'],
  ])('%s is refused, and told what is allowed', async (url, words) => {
    expect(await shared(url)).toBe('refused')
    expect(await allowed(url)).toContain(`Allowed: ${words}`)
  })

  it.each(['/v1/products/', '/v1//products', '//v1/products', '/V1/products', '/v1/Products/p1001'])(
    '%s is none of ours',
    async (url) => expect(await shared(url)).toBe('refused'),
  )

  it('a place in a list has one name', async () => {
    const { nextCursor } = (await mobile.get('/v1/products?limit=3')).json
    expect(await shared(`/v1/products?cursor=${nextCursor}`)).toBe('public')
    for (const other of [`${nextCursor}=`, `${nextCursor}%3D%3D`, nextCursor.replace(/.$/, '_')])
      expect(await shared(`/v1/products?cursor=${other}`), other).toBe('refused')
    const token = await mobile.noteChanges()
    expect(await shared(`/v1/changes?since=${token}`)).toBe('public')
    for (const text of ['1.00', '1.0.', '1. 0'])
      expect(await shared(`/v1/changes?since=${Buffer.from(text).toString('base64url')}`), text).toBe(
        'refused',
      )
  })
})

/** A query out of pieces that a client, a proxy or a stranger may send. */
const pieces = fc.constantFrom(
  ...[
    'category=cat-01',
    'category=CAT-01',
    'limit=5',
    'limit=05',
    'limit=20',
    'limit=5.0',
    'limit=٥',
    'limit',
  ],
  ...[
    'locale=de',
    'locale=DE',
    'format=json',
    'format=cbor',
    'Limit=5',
    'toString=1',
    '__proto__=x',
    'utm=1',
  ],
  ...['', '=', '%', '%zz=1', '%6cimit=5', 'limit=%35', 'category=cat%2D01', 'limit[]=5', 'limit=5;locale=de'],
)
const query = fc.oneof(
  fc.array(pieces, { maxLength: 5 }).map((parts) => parts.join('&')),
  fc.webQueryParameters(),
)
/** Written apart from the code: the only way to ask for a page of products for everybody. */
const CANONICAL =
  /^\/v1\/products(?!\?&)(\?(^|)?(category=[\w-][\w.-]{0,63})?(&?limit=(?!20\b)([1-9]|[1-4]\d|50))?(&?locale=(en|de|fr|ja))?(&?format=(json|cbor))?)?$/

it('property: any query is refused, private, or the one way to write it', async () => {
  await fc.assert(
    fc.asyncProperty(query, async (given) => {
      const url = given === '' ? '/v1/products' : `/v1/products?${given}`
      if ((await shared(url)) === 'public') expect(url).toMatch(CANONICAL)
    }),
    { numRuns: 300 },
  )
}, 60_000)

describe('on a socket', () => {
  const server = httpPart({
    name: 'http',
    host: '127.0.0.1',
    port: 0,
    portSetting: 'PORT',
    fetch: (request, env) => mobile.app.fetch(request, env),
  })
  let port = 0
  beforeAll(async () => {
    port = Number(new URL((await server.start()) ?? '').port)
  })
  afterAll(() => server.stop())

  /** Sends a target as it stands: `fetch` would take dot segments out. */
  const cacheControl = (target: string) =>
    new Promise<string | undefined>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () =>
        socket.write(`GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`),
      )
      let text = ''
      socket.on('data', (chunk) => (text += chunk))
      socket.on('end', () =>
        resolve(/^cache-control: (\S+?),?\r?$| (public|private|no-store)/im.exec(text)?.[2]),
      )
      socket.on('error', reject)
    })

  it.each([
    ['/v1/products/p1001', 'public'],
    ['/v1/x/../products/p1001', 'private'],
    ['/v1/./products/p1001', 'private'],
    ['/v1/products/%2e/p1001', 'private'],
  ])('%s is %s', async (target, scope) => expect(await cacheControl(target)).toBe(scope))
})
