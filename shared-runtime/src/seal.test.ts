import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { parseConfig } from './config/config.ts'
import { createSeal, SEAL_KEYS_MISSING, sealKeys, sealKeysFitRedis, sealOf } from './seal.ts'

const [key, other] = [randomBytes(32), randomBytes(32)]
const seal = createSeal([key])

it('restores any text, and does not reveal it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string(), (text, context) => {
      expect(seal.open(seal.seal(text, context), context)).toBe(text)
    }),
  )
  expect(Buffer.from(seal.seal('refresh-token', 'x'), 'base64url').toString('latin1')).not.toContain(
    'refresh',
  )
})

it('is different each time', () => {
  expect(new Set(Array.from({ length: 1_000 }, () => seal.seal('text', 'x'))).size).toBe(1_000)
})

it('opens nothing that was changed, cut, lengthened, or sealed for another context', () => {
  const sealed = Buffer.from(seal.seal('text', 'session:a'), 'base64url')
  expect(seal.open(sealed.toString('base64url'), 'session:b')).toBeUndefined()
  for (let at = 0; at < sealed.length; at++) {
    const changed = Buffer.from(sealed)
    changed[at] = (changed[at] ?? 0) ^ 1
    expect(seal.open(changed.toString('base64url'), 'session:a')).toBeUndefined()
    expect(seal.open(sealed.subarray(0, at).toString('base64url'), 'session:a')).toBeUndefined()
  }
  expect(seal.open(Buffer.concat([sealed, sealed]).toString('base64url'), 'session:a')).toBeUndefined()
})

it('opens no text that was never sealed', () => {
  fc.assert(fc.property(fc.string(), (text) => seal.open(text, 'x') === undefined))
})

it('with several keys, seals with the first and opens with any: key rotation logs nobody out', () => {
  const before = createSeal([key])
  const during = createSeal([other, key])
  const after = createSeal([other])
  const old = before.seal('text', 'x')
  expect(during.open(old, 'x')).toBe('text')
  expect(after.open(during.seal('text', 'x'), 'x')).toBe('text')
  expect(after.open(old, 'x')).toBeUndefined()
})

it('refuses a short key and an empty list of keys', () => {
  expect(() => createSeal([randomBytes(16)])).toThrow('32 bytes')
  expect(() => createSeal([])).toThrow('needs a key')
})

describe('SEAL_KEYS', () => {
  const Config = z
    .object({ SEAL_KEYS: sealKeys('seal the values of a test'), REDIS_URL: z.string().optional() })
    .refine(sealKeysFitRedis, SEAL_KEYS_MISSING)
  const parse = (env: Record<string, string>) => parseConfig(Config, env)
  const keyOf = (byte: number) => Buffer.alloc(32, byte).toString('base64')

  it('accepts one key or several, the first of which seals', () => {
    const both = sealOf(parse({ SEAL_KEYS: `${keyOf(1)}, ${keyOf(2)}` }))
    const first = sealOf(parse({ SEAL_KEYS: keyOf(1) }))
    const second = sealOf(parse({ SEAL_KEYS: keyOf(2) }))
    expect(first.open(both.seal('text', 'x'), 'x')).toBe('text')
    expect(both.open(second.seal('text', 'x'), 'x')).toBe('text')
  })

  it.each([
    ['short', 'c2hvcnQ='],
    ['no base64', '!'.repeat(44)],
    ['an empty one', `${keyOf(1)},`],
  ])('refuses %s, and does not show it', (_, keys) => {
    expect(() => parse({ SEAL_KEYS: keys })).toThrow('SEAL_KEYS: given a value that is not shown')
  })

  it('default to a random key in memory, and are required with Redis', () => {
    expect(sealOf(parse({})).open(sealOf(parse({})).seal('text', 'x'), 'x')).toBeUndefined()
    expect(() => parse({ REDIS_URL: 'redis://127.0.0.1:1' })).toThrow(
      /SEAL_KEYS: given nothing; needed with REDIS_URL/,
    )
  })
})
