import { UpstreamError, type UpstreamErrorCode } from '@harbor/shared-runtime/errors'
import { expect, test } from 'vitest'
import { failure, read } from '../../test/call-chain.ts'
import { request } from '../../test/upstream.ts'
import { CallChain } from './chain.ts'
import type { InternalTokens } from './internal-tokens.ts'

/** Tokens `t1`, `t2`, …: a refused one is followed by the next, if there is one. */
function tokensOf(most: number, none?: UpstreamErrorCode) {
  const asked: (string | undefined)[] = []
  let current = 1
  const tokens: InternalTokens = async (_, __, ___, refused) => {
    asked.push(refused)
    if (refused === `t${current}` && none) throw new UpstreamError('identity', none, 'of the test')
    if (refused === `t${current}` && current < most) current++
    return `t${current}`
  }
  return { tokens, asked }
}

/** Calls an upstream that takes a token, or refuses it with a code. */
function call(
  tokens: InternalTokens,
  taken: string,
  code: UpstreamErrorCode = 'unauthorized',
  differing = {},
) {
  const chain = new CallChain('catalog', { timeoutMs: 1_000 }, tokens)
  const operation = read<string>((attempt) => {
    if (attempt.token === taken) attempt.succeed('answer')
    else attempt.fail(failure(code))
  }, differing)
  return { answer: chain.call(request(), operation), operation, chain }
}
const sentWith = (operation: { sent: { token: string }[] }) => operation.sent.map(({ token }) => token)

test.each([
  ['a read', {}],
  ['a write that is never repeated: nothing was done', { isRead: false, repeatable: false }],
])('%s whose token is refused is sent once more, with another', async (_, differing) => {
  const { tokens, asked } = tokensOf(9)
  const { answer, operation } = call(tokens, 't2', 'unauthorized', differing)
  expect(await answer).toBe('answer')
  expect(sentWith(operation)).toEqual(['t1', 't2'])
  expect(asked).toEqual([undefined, 't1'])
})

test('refused with the other token, too, it is an error after two calls', async () => {
  const { answer, operation } = call(tokensOf(9).tokens, 't3')
  await expect(answer).rejects.toMatchObject({ code: 'unauthorized', upstream: 'catalog' })
  expect(sentWith(operation)).toEqual(['t1', 't2'])
})

test('without another token there is no second call', async () => {
  const { answer, operation } = call(tokensOf(1).tokens, 't2')
  await expect(answer).rejects.toMatchObject({ code: 'unauthorized' })
  expect(sentWith(operation)).toEqual(['t1'])
})

test.each<UpstreamErrorCode>(['forbidden', 'not_found', 'rejected', 'conflict'])(
  'an answer %s is no reason for another token',
  async (code) => {
    const { tokens, asked } = tokensOf(9)
    const { answer, operation } = call(tokens, 't2', code)
    await expect(answer).rejects.toMatchObject({ code })
    expect(operation.sent).toHaveLength(1)
    expect(asked).toEqual([undefined])
  },
)

test('an identity that is down leaves it at the refusal, and says nothing about the upstream', async () => {
  const { tokens } = tokensOf(9, 'unavailable')
  for (let i = 0; i < 30; i++) {
    const { answer, chain } = call(tokens, 't2')
    await expect(answer).rejects.toMatchObject({ code: 'unauthorized', upstream: 'catalog' })
    expect(chain.state.breaker).toBe('closed')
  }
})

test('a user whom identity no longer knows is told so', async () => {
  const { answer } = call(tokensOf(9, 'user_refused').tokens, 't2')
  await expect(answer).rejects.toMatchObject({ code: 'user_refused', upstream: 'identity' })
})

test('retries after the other token are those that were allowed without it', async () => {
  const { tokens } = tokensOf(9)
  const chain = new CallChain('catalog', { timeoutMs: 1_000, retry: { budget: 1 } }, tokens)
  const ok = read<string>((attempt) => attempt.succeed('ok'))
  for (let n = 0; n < 10; n++) await chain.call(request(), { ...ok, key: `/warm/${n}` })
  const operation = read<string>((attempt, nth) => {
    if (attempt.token === 't1') attempt.fail(failure('unauthorized'))
    else if (nth < 3) attempt.fail(failure('unavailable'))
    else attempt.succeed('answer')
  })
  expect(await chain.call(request(), operation)).toBe('answer')
  expect(sentWith(operation)).toEqual(['t1', 't2', 't2'])
})

test('a caller who leaves while another token is sought is not kept, and nothing more is sent', async () => {
  const leaving = new AbortController()
  const tokens: InternalTokens = (_, __, ___, refused) => {
    if (refused === undefined) return Promise.resolve('t1')
    setTimeout(() => leaving.abort(), 10)
    return new Promise((resolve) => setTimeout(resolve, 60, 't2'))
  }
  const chain = new CallChain('catalog', { timeoutMs: 1_000 }, tokens)
  const operation = read<string>((attempt) => attempt.fail(failure('unauthorized')))
  const answer = chain.call(request({ consumer: leaving.signal }), operation)
  await expect(answer).rejects.toMatchObject({ code: 'cancelled' })
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(operation.sent).toHaveLength(1)
})
