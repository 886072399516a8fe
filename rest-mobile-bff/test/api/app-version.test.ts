import { labelOf, minimumVersions, parseAppVersion } from '@harbor/shared-edge/rest/app-version'
import { ConfigError, parseConfig } from '@harbor/shared-runtime/config'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { useMobile } from '../mobile.ts'

const mobile = useMobile({
  minimumVersions: { ios: [3, 1, 0], android: [3, 0, 4] },
  updateUrl: 'https://harbor.example/update',
})
const PATH = '/v1/products/p1001'
const asked = (version: string) => mobile.get(PATH, { 'app-version': version })

describe('the version of the app', () => {
  it.each([
    'harbor/3.1.0 (ios)',
    'harbor/3.1.0-beta.2 (ios)',
    'harbor/10.0.0 (ios)',
    'harbor/3.0.4 (android)',
  ])('is served: %s', async (version) => {
    expect((await asked(version)).status).toBe(200)
  })

  it.each(['harbor/3.0.9 (ios)', 'harbor/2.99.99 (ios)', 'harbor/3.0.3+build.7 (android)'])(
    'is too old: %s, and is told where to get a newer one, at no cost to an upstream',
    async (version) => {
      const { status, json, headers } = await asked(version)
      expect(status).toBe(426)
      expect(json).toMatchObject({
        code: 'APP_TOO_OLD',
        retryable: false,
        updateUrl: 'https://harbor.example/update',
        traceId: headers.get('x-trace-id'),
      })
      expect(json.detail).toMatch(/^Given: \S+ for (ios|android)\. Allowed: \S+ or newer\.$/)
      expect(headers.get('cache-control')).toBe('no-store')
      expect(mobile.calls()).toEqual({})
    },
  )

  it.each([
    '',
    'harbor/3 (ios)',
    'harbor/0.0.1 (windows)',
    'harbor/0.0.1',
    'harbor/1.0.0-(ios)',
    '☃',
    'harbor/0.0.1 (web)',
  ])('is no reason to refuse when it says nothing, cannot be read or has no minimum: %j', async (version) => {
    expect((await asked(encodeURI(version).replaceAll('%20', ' '))).status).toBe(200)
  })

  it('holds for a write, too, which is not done', async () => {
    const body = { sku: 'HB-1001', quantity: 1 }
    const { status, json } = await mobile.send('POST', '/v1/cart/items', body, {
      'app-version': 'harbor/0.0.1 (ios)',
    })
    expect([status, json.code]).toEqual([426, 'APP_TOO_OLD'])
    expect(mobile.calls()).toEqual({})
  })

  it('is asked of screens and actions only, not of the reference', async () => {
    const headers = { 'app-version': 'harbor/0.0.1 (ios)' }
    expect((await mobile.app.request('/openapi.json', { headers })).status).toBe(200)
  })

  it('can be read from whatever comes, in little time, and is shown as it was given', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (header) => {
        expect(['unknown', header]).toContain(labelOf(parseAppVersion(header)))
      }),
    )
    const part = fc.nat(99_999)
    fc.assert(
      fc.property(part, part, part, fc.constantFrom('ios', 'android', 'web'), (a, b, c, platform) => {
        const header = `harbor/${a}.${b}.${c} (${platform})`
        expect(labelOf(parseAppVersion(header))).toBe(header)
      }),
    )
  })
})

describe('the setting of the minimum', () => {
  const parse = (text: string) =>
    parseConfig(z.object({ MIN_APP_VERSION: minimumVersions }), { MIN_APP_VERSION: text }).MIN_APP_VERSION

  it('is a version a platform, or nothing', () => {
    expect(parse('ios=3.1.0, android=3.0.4')).toEqual({ ios: [3, 1, 0], android: [3, 0, 4] })
    expect(parse('')).toBeUndefined()
  })

  it.each(['3.1.0', 'ios=3', 'ios=3.1.0;android=1.0.0', 'windows=1.0.0', 'ios=', ','])(
    'refuses %j with an example of what is allowed',
    (text) => {
      expect(() => parse(text)).toThrow(ConfigError)
      expect(() => parse(text)).toThrow('such as ios=3.1.0')
    },
  )
})
