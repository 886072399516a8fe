import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { withRetries } from './retries.ts'
import type { Send } from './send.ts'

const problem = (retryable: boolean, retryAfter?: string) =>
  Response.json(
    { code: 'ANY', retryable },
    {
      status: 503,
      headers: {
        'content-type': 'application/problem+json',
        ...(retryAfter !== undefined && { 'retry-after': retryAfter }),
      },
    },
  )

const run = async (send: Send, method = 'GET', headers = {}, patience = {}) => {
  const waits: number[] = []
  let tries = 0
  const counted: Send = (url, init) => {
    tries++
    return send(url, init)
  }
  const retrying = withRetries(counted, { sleep: async (ms) => void waits.push(ms), ...patience })
  const answer = await retrying('http://bff/', { method, headers: new Headers(headers) }).catch(
    () => undefined,
  )
  return { answer, waits, tries: () => tries }
}

describe('a retry', () => {
  it('waits as long as it is told and a random while longer, which doubles, and ends', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(10),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        async (seconds, random) => {
          const { waits, tries } = await run(
            async () => problem(true, String(seconds)),
            'GET',
            {},
            {
              tries: 4,
              firstMs: 100,
              random: () => random,
            },
          )
          expect(tries()).toBe(4)
          for (const [i, wait] of waits.entries()) {
            expect(wait).toBeGreaterThanOrEqual(seconds * 1000)
            expect(wait - seconds * 1000).toBeLessThanOrEqual(100 * 2 ** i)
          }
        },
      ),
    )
  })

  it('takes a date for when, too', async () => {
    const at = new Date(Date.now() + 5_000).toUTCString()
    const { waits } = await run(async () => problem(true, at), 'GET', {}, { tries: 2, random: () => 0 })
    expect(waits[0]).toBeGreaterThan(3_000)
    expect(waits[0]).toBeLessThanOrEqual(5_000)
  })

  it.each([
    ['that would be too far off', () => problem(true, '3600'), 'GET', {}],
    ['of what is not retryable', () => problem(false), 'GET', {}],
    ['of an error that is no problem', () => new Response('Bad gateway', { status: 502 }), 'GET', {}],
    ['of a write without a key', () => problem(true), 'POST', {}],
  ])('is not made %s', async (_, answer, method, headers) => {
    const { tries } = await run(async () => answer(), method, headers)
    expect(tries()).toBe(1)
  })

  it('is made of a write with a key, and of what got no answer', async () => {
    expect((await run(async () => problem(true), 'POST', { 'idempotency-key': 'k' })).tries()).toBe(3)
    const lost = await run(() => Promise.reject(new TypeError('lost')))
    expect(lost.tries()).toBe(3)
    expect(lost.answer).toBeUndefined()
  })

  it('is not made without a network at all', async () => {
    const lost = await run(() => Promise.reject(new TypeError('lost')), 'GET', {}, { online: () => false })
    expect(lost.tries()).toBe(1)
    expect(lost.waits).toEqual([])
  })
})
