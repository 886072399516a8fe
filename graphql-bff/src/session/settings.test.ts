import { parseConfig } from '@harbor/shared-runtime/config'
import { describe, expect, it } from 'vitest'
import { Config } from '../config.ts'
import { sessionLimits } from './settings.ts'

const parse = (env: Record<string, string>) => parseConfig(Config, env)

describe('PUBLIC_URL', () => {
  it.each([
    'https://shop.example',
    'https://shop.example:8443/',
    'http://localhost:4000',
    'http://127.0.0.1:1',
    'http://[::1]:80',
  ])('takes %s', (address) => expect(parse({ PUBLIC_URL: address }).PUBLIC_URL).toBe(new URL(address).origin))
  it.each([
    'http://shop.example',
    'http://10.0.0.1',
    'http://localhost.evil.example',
    'ftp://localhost',
    'https://shop.example/a',
    'https://u:p@shop.example',
    'shop.example',
    'https://shop.example?x',
  ])('refuses %s, and says what is allowed', (address) =>
    expect(() => parse({ PUBLIC_URL: address })).toThrow(
      /PUBLIC_URL: given ".*"; allowed: https:\/\/host\[:port\] without a path; http:\/\/ for localhost/,
    ),
  )
})

it('SEAL_KEYS are required with Redis', () => {
  const REDIS_URL = 'redis://127.0.0.1:1'
  expect(() => parse({ REDIS_URL })).toThrow(/SEAL_KEYS: given nothing; needed with REDIS_URL/)
  const SEAL_KEYS = Buffer.alloc(32, 1).toString('base64')
  expect(parse({ REDIS_URL, SEAL_KEYS }).SEAL_KEYS).toHaveLength(1)
})

it('the lengths are minutes and hours', () => {
  expect(sessionLimits(parse({ SESSION_IDLE: '5', SESSION_MAX: '2' }))).toEqual({
    idleMs: 300_000,
    maxMs: 7_200_000,
    refreshTokenMs: 336 * 3_600_000,
  })
  expect(() => parse({ SESSION_IDLE: '0' })).toThrow('SESSION_IDLE')
})
